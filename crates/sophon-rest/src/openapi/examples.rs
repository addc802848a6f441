//! An example for each request and each answer, put together from those of the fields.
//!
//! A type says what its fields look like (`#[schema(example = …)]`), and nothing else has to be written: the example of
//! an object is that of its properties. A field that has none is left out or null where that is allowed.

use serde_json::{Map, Value};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, RefOr};

/// How deep types are followed: further than any is nested that does not contain itself.
const DEEPEST: usize = 16;

/// Gives an example to every content that has none of its own.
pub(super) fn complete(document: &mut OpenApi) {
    let components = serde_json::to_value(&document.components).unwrap_or_default();
    let examples = Examples { schemas: &components["schemas"] };
    let operations = document.paths.paths.values_mut().flat_map(super::operations);
    for content in operations.flat_map(contents) {
        if content.example.is_none()
            && let Some(schema) = &content.schema
            && let Ok(schema) = serde_json::to_value(schema)
        {
            content.example = examples.of(&schema, DEEPEST);
        }
    }
}

/// What an operation takes and answers.
fn contents(operation: &mut Operation) -> impl Iterator<Item = &mut Content> {
    let request = operation.request_body.iter_mut().filter_map(inline);
    let answers = operation.responses.responses.values_mut().filter_map(inline);
    let taken = request.flat_map(|body| body.content.values_mut());
    let answered = answers.flat_map(|answer| answer.content.values_mut());
    taken.chain(answered).filter_map(inline)
}

/// What is described here; what is only referred to is described once, elsewhere.
fn inline<T>(described: &mut RefOr<T>) -> Option<&mut T> {
    match described {
        RefOr::T(here) => Some(here),
        RefOr::Ref(_) => None,
    }
}

struct Examples<'a> {
    schemas: &'a Value,
}

impl Examples<'_> {
    /// Nothing if the schema does not say enough.
    fn of(&self, schema: &Value, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        let own = schema.get("example").or_else(|| schema["examples"].get(0));
        if let Some(own) = own.or_else(|| schema["enum"].get(0)).or_else(|| schema.get("const")) {
            return Some(own.clone());
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next()?;
            return self.of(&self.schemas[name], depth);
        }
        if let Some(first) = schema["oneOf"].get(0).or_else(|| schema["anyOf"].get(0)) {
            return self.of(first, depth);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return self.merged(parts, depth);
        }
        match kind(schema) {
            Some("object") => self.object(schema, depth),
            Some("array") => self.array(schema, depth),
            Some("boolean") => Some(Value::Bool(false)),
            // Any JSON will do.
            None => Some(Value::Object(Map::new())),
            Some(_) => is_nullable(schema).then_some(Value::Null),
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Option<Value> {
        let required = schema["required"].as_array();
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            match self.of(property, depth) {
                Some(Value::Null) | None
                    if !required.is_some_and(|all| all.contains(&name.as_str().into())) => {}
                Some(value) => drop(object.insert(name.clone(), value)),
                None => return None,
            }
        }
        Some(Value::Object(object))
    }

    /// As many items as there must be, and one at least.
    fn array(&self, schema: &Value, depth: usize) -> Option<Value> {
        let item = self.of(&schema["items"], depth)?;
        let fewest = schema["minItems"].as_u64().and_then(|fewest| fewest.try_into().ok()).unwrap_or(1);
        Some(Value::Array(vec![item; fewest.max(1)]))
    }

    fn merged(&self, parts: &[Value], depth: usize) -> Option<Value> {
        let mut whole = Map::new();
        for part in parts {
            let Value::Object(fields) = self.of(part, depth)? else { return None };
            whole.extend(fields);
        }
        Some(Value::Object(whole))
    }
}

/// The type of a schema, apart from null.
fn kind(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    }
}

fn is_nullable(schema: &Value) -> bool {
    schema["type"].as_array().is_some_and(|kinds| kinds.contains(&"null".into()))
}
