//! Generates the client from the gateway's document in OpenAPI 3.0, which `OPENAPI_3_0` names.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use progenitor_impl::Generator;
use serde_json::{Map, Value};

const JSON: &str = "application/json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=OPENAPI_3_0");
    let path = env::var("OPENAPI_3_0")?;
    println!("cargo::rerun-if-changed={path}");
    let mut document: Value = serde_json::from_slice(&fs::read(path)?)?;
    for item in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        fit(item.as_object_mut().ok_or("a path is no object")?);
    }
    let code = Generator::default().generate_tokens(&serde_json::from_value(document)?)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("client.rs"), code.to_string())?;
    Ok(())
}

/// Leaves of the operations of a path what Progenitor can express: one kind of body and of answer each, and no forms.
fn fit(operations: &mut Map<String, Value>) {
    operations.retain(|_, operation| operation["requestBody"]["content"]["multipart/form-data"].is_null());
    for operation in operations.values_mut() {
        if let Some(body) = operation.get_mut("requestBody") {
            keep_json(body);
        }
        let Some(answers) = operation["responses"].as_object_mut() else { continue };
        answers.values_mut().for_each(keep_json);
        // Of several kinds of answers the last is the one that is not asked for: `/api/chat` has 200 for those who wait.
        let successes = answers.iter().filter(|(status, _)| status.starts_with('2'));
        let usual = successes.map(|(_, answer)| answer["content"].clone()).next_back();
        answers.retain(|status, answer| {
            status == "default" || status.starts_with('2') && Some(&answer["content"]) == usual.as_ref()
        });
        // It takes `default` for an answer of success as well.
        if let Some(failure) = answers.remove("default") {
            answers.extend(["4XX", "5XX"].map(|status| (status.to_owned(), failure.clone())));
        }
    }
}

fn keep_json(body: &mut Value) {
    if let Some(Value::Object(content)) = body.get_mut("content")
        && content.contains_key(JSON)
    {
        content.retain(|kind, _| kind == JSON);
    }
}
