//! What the OpenAPI document says of the hubs, against which all that tests receive from them is held.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Map, Value, json};

/// Where the schemas are taken to be.
const DOCUMENT: &str = "http://gateway/openapi.json";

static SCHEMAS: LazyLock<HubSchemas> = LazyLock::new(HubSchemas::read);

struct HubSchemas {
    schemas: Schemas,
    /// By the address of the hub and the name of the event.
    payloads: BTreeMap<(String, String), SchemaIndex>,
    /// By the address of the hub and the name of the method in lower case, if it answers with something.
    results: BTreeMap<(String, String), SchemaIndex>,
}

/// The names of the events that the document says a hub sends.
pub fn described_events(hub: &str) -> BTreeSet<String> {
    let path = format!("/hubs/{hub}");
    let of_hub = SCHEMAS.payloads.keys().filter(|(of, _)| *of == path);
    of_hub.map(|(_, name)| name.clone()).collect()
}

/// Fails unless the document describes such an event, with all that is in it.
pub fn assert_event(hub: &str, name: &str, payload: &Value) {
    let described = SCHEMAS.payloads.get(&(format!("/hubs/{hub}"), name.to_owned()));
    let schema = described.unwrap_or_else(|| panic!("the document knows no {name} of /hubs/{hub}"));
    assert_fits(&format!("{name} of /hubs/{hub}"), payload, *schema);
}

/// Fails unless the document describes such an answer to a call, with all that is in it.
pub fn assert_result(hub: &str, method: &str, result: &Value) {
    match SCHEMAS.results.get(&(format!("/hubs/{hub}"), method.to_lowercase())) {
        Some(schema) => assert_fits(&format!("the answer to {method} of /hubs/{hub}"), result, *schema),
        None => assert!(result.is_null(), "{method} of /hubs/{hub} answers with nothing: {result}"),
    }
}

fn assert_fits(what: &str, value: &Value, schema: SchemaIndex) {
    if let Err(error) = SCHEMAS.schemas.validate(value, schema) {
        panic!("{what} is not as the document has it:\n{error}\n{value:#}");
    }
}

impl HubSchemas {
    fn read() -> Self {
        let document = serde_json::to_value(sophon_rest::openapi()).unwrap();
        let hubs = document["x-hubs"].as_object().unwrap();
        let payloads = references(hubs, "events", "payload");
        // Clients may write the names of methods in any case.
        let results = references(hubs, "methods", "result").into_iter();
        let results: BTreeMap<_, _> =
            results.map(|((hub, method), of)| ((hub, method.to_lowercase()), of)).collect();
        // Nothing may be there that is not described.
        let exactly =
            |reference: &Value| json!({ "$ref": reference["$ref"], "unevaluatedProperties": false });
        let wanted: Vec<Value> = payloads.values().chain(results.values()).map(exactly).collect();
        let mut compiler = Compiler::new();
        let whole = json!({ "components": document["components"], "wanted": wanted });
        compiler.add_resource(DOCUMENT, whole).unwrap();
        let mut schemas = Schemas::new();
        let mut compiled = (0..).map(|at| {
            let compiled = compiler.compile(&format!("{DOCUMENT}#/wanted/{at}"), &mut schemas);
            compiled.unwrap_or_else(|error| panic!("{error:#}"))
        });
        let mut compile = |references: BTreeMap<(String, String), Value>| {
            references.into_keys().zip(&mut compiled).collect::<BTreeMap<_, _>>()
        };
        let (payloads, results) = (compile(payloads), compile(results));
        drop(compiled);
        Self { schemas, payloads, results }
    }
}

/// What the hubs' events or methods refer to as `part`, by the hub's address and the name.
fn references(hubs: &Map<String, Value>, kind: &str, part: &str) -> BTreeMap<(String, String), Value> {
    let of_hub = |(path, hub): (&String, &Value)| -> Vec<((String, String), Value)> {
        let named = hub[kind].as_object().unwrap().iter();
        let referring = named.filter_map(|(name, about)| Some((name, about.get(part)?)));
        referring.map(|(name, reference)| ((path.clone(), name.clone()), reference.clone())).collect()
    };
    hubs.iter().flat_map(of_hub).collect()
}
