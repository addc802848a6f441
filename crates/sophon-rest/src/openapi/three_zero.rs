//! The document as OpenAPI 3.0, for generators that read nothing newer.
//!
//! OpenAPI 3.1 took over JSON Schema; what we use of that is said in the words of 3.0 here.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

const VERSION: &str = "3.0.3";

/// Where a license is explained that is named by its SPDX identifier.
const LICENSES: &str = "https://spdx.org/licenses/";

/// The same document in OpenAPI 3.0.
pub(crate) fn of(document: &OpenApi) -> serde_json::Result<Value> {
    let mut document = serde_json::to_value(document)?;
    document["openapi"] = VERSION.into();
    if let Some(license) = document["info"]["license"].as_object_mut() {
        license.remove("identifier");
        license.insert("url".into(), LICENSES.into());
    }
    convert(&mut document);
    let kinds = kinds(&document["components"]["schemas"]);
    let mut untyped = BTreeSet::new();
    type_nullable(&mut document, &kinds, &mut untyped);
    for reference in untyped {
        if let Some(alternative) =
            document.pointer_mut(&format!("{}/oneOf/0", reference.trim_start_matches('#')))
        {
            alternative["nullable"] = true.into();
        }
    }
    Ok(document)
}

/// The types of the components that have one, by how they are referred to.
fn kinds(components: &Value) -> HashMap<String, Value> {
    let typed = components.as_object().into_iter().flatten();
    let typed = typed.filter(|(_, schema)| schema["type"].is_string());
    typed.map(|(name, schema)| (format!("#/components/schemas/{name}"), schema["type"].clone())).collect()
}

/// Says of what may be null which type it has otherwise: without one, `nullable` means nothing. What is only a choice of
/// alternatives has none: it is to take null itself, and is put into `untyped`.
fn type_nullable(part: &mut Value, kinds: &HashMap<String, Value>, untyped: &mut BTreeSet<String>) {
    match part {
        Value::Array(parts) => parts.iter_mut().for_each(|part| type_nullable(part, kinds, untyped)),
        Value::Object(part) => {
            let reference = part.get("allOf").and_then(|parts| parts[0]["$ref"].as_str());
            if let (true, Some(reference)) = (part.contains_key("nullable"), reference) {
                if let Some(kind) = kinds.get(reference) {
                    part.insert("type".into(), kind.clone());
                } else {
                    untyped.insert(reference.to_owned());
                    part.remove("nullable");
                }
            }
            part.values_mut().for_each(|part| type_nullable(part, kinds, untyped));
        }
        _ => {}
    }
}

/// Converts a part of the document and all parts of it, except for what only looks like one: examples and values.
fn convert(part: &mut Value) {
    match part {
        Value::Array(parts) => parts.iter_mut().for_each(convert),
        Value::Object(part) => {
            convert_schema(part);
            for (name, part) in part {
                match (name.as_str(), part) {
                    ("example" | "enum" | "default", _) => {}
                    // Names of fields, which may be those of keywords.
                    ("properties", Value::Object(fields)) => fields.values_mut().for_each(convert),
                    (_, part) => convert(part),
                }
            }
        }
        _ => {}
    }
}

fn convert_schema(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(kinds)) = schema.get("type").cloned() {
        let (null, others): (Vec<Value>, Vec<Value>) = kinds.into_iter().partition(|kind| kind == "null");
        if let [kind] = &others[..] {
            schema.insert("type".into(), kind.clone());
        } else {
            schema.remove("type");
        }
        if !null.is_empty() {
            schema.insert("nullable".into(), true.into());
        }
    }
    for keyword in ["oneOf", "anyOf"] {
        convert_alternatives(schema, keyword);
    }
    if let Some(constant) = schema.remove("const") {
        schema.insert("enum".into(), json!([constant]));
    }
    if let Some(Value::Array(examples)) = schema.get("examples") {
        let first = examples.first().cloned();
        schema.remove("examples");
        schema.extend(first.map(|first| ("example".to_owned(), first)));
    }
    schema.remove("contentMediaType");
    if schema.len() > 1
        && let Some(reference) = schema.remove("$ref")
    {
        // What stands beside a reference is not read in 3.0.
        schema.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
}

/// `null` is no type in 3.0, but a property of the others.
fn convert_alternatives(schema: &mut Map<String, Value>, keyword: &str) {
    let Some(Value::Array(alternatives)) = schema.get_mut(keyword) else { return };
    let before = alternatives.len();
    alternatives.retain(|alternative| alternative["type"] != "null");
    if alternatives.len() == before {
        return;
    }
    if alternatives.len() == 1
        && let Some(only) = schema.remove(keyword)
    {
        schema.insert("allOf".into(), only);
    }
    schema.insert("nullable".into(), true.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(mut schema: Value) -> Value {
        convert(&mut schema);
        schema
    }

    #[test]
    fn what_3_0_does_not_know_is_said_in_its_words() {
        let reference = json!({ "$ref": "#/components/schemas/TaskId" });
        for (newer, older) in [
            (json!({ "type": ["string", "null"] }), json!({ "type": "string", "nullable": true })),
            (json!({ "const": 1 }), json!({ "enum": [1] })),
            (
                json!({ "type": "string", "examples": ["a", "b"] }),
                json!({ "type": "string", "example": "a" }),
            ),
            (
                json!({ "oneOf": [reference, { "type": "null" }], "description": "It." }),
                json!({ "allOf": [reference], "nullable": true, "description": "It." }),
            ),
            (
                json!({ "$ref": "#/components/schemas/TaskId", "description": "It." }),
                json!({ "allOf": [reference], "description": "It." }),
            ),
            (reference.clone(), reference.clone()),
        ] {
            assert_eq!(converted(newer), older);
        }
    }

    #[test]
    fn fields_and_examples_that_look_like_keywords_stay() {
        let schema = json!({
            "type": "object",
            "properties": { "const": { "type": "string" }, "examples": { "type": "array" } },
            "example": { "const": "x", "type": ["a", "null"] },
        });
        assert_eq!(converted(schema.clone()), schema);
    }

    #[test]
    fn what_may_be_null_has_a_type_or_is_a_choice_that_takes_null_itself() {
        let mut schema = json!({ "allOf": [{ "$ref": "#/components/schemas/It" }], "nullable": true });
        let mut untyped = BTreeSet::new();
        let kinds = kinds(&json!({ "It": { "type": "object" } }));
        type_nullable(&mut schema, &kinds, &mut untyped);
        assert_eq!((&schema["type"], untyped.len()), (&json!("object"), 0));

        let document = of(&super::super::openapi()).unwrap();
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["CommandResult"]["properties"]["error"]["nullable"], Value::Null);
        assert_eq!(schemas["ReportedError"]["oneOf"][0]["nullable"], true);
    }

    #[test]
    fn nothing_of_3_1_is_left_in_the_document() {
        let document = of(&super::super::openapi()).unwrap();
        assert_eq!(document["openapi"], VERSION);
        let text = document["components"]["schemas"].to_string();
        for newer in [r#""type":["#, r#""type":"null""#, r#""const":"#, r#""contentMediaType":"#] {
            assert!(!text.contains(newer), "{newer}");
        }
    }
}
