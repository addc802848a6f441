//! The OpenAPI document: what the handlers say of themselves, and what is true of all of them.

mod about;
mod answers;
mod examples;
mod failures;
mod headers;
mod schemas;
pub(crate) mod three_zero;

use sophon_api::hubs;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::schema::{Object, Schema, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{OpenApi, RefOr};

pub(crate) use about::about;
pub(crate) use answers::describe as describe_answers;
pub(crate) use headers::add as add_header;

/// The document of this wire, OpenAPI 3.1.
pub fn openapi() -> OpenApi {
    let mut document = crate::subjects().split().0.into_openapi();
    hubs::describe(&mut document);
    for item in document.paths.paths.values_mut() {
        operations(item).for_each(complete);
    }
    if let Some(components) = &mut document.components {
        schemas::complete(&mut components.schemas);
    }
    examples::complete(&mut document);
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// What is true of every operation, whatever its route is.
fn complete(operation: &mut Operation) {
    operation.operation_id = operation.operation_id.take().map(|name| camel_case(&name));
    if let (None, Some(summary)) = (&operation.description, &operation.summary) {
        operation.description = Some(format!("{summary}."));
    }
    if let Some(requirements) = &mut operation.security
        && requirements.iter().all(|requirement| *requirement == SecurityRequirement::default())
    {
        // What needs no credential at all: generators take an empty list for that, and not always an empty alternative.
        requirements.clear();
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(Parameter { schema: Some(RefOr::T(Schema::Object(schema))), .. }) = parameter {
            drop_null(schema);
        }
    }
}

/// A parameter is there or left out; there is no way to say that it is null.
fn drop_null(schema: &mut Object) {
    if let SchemaType::Array(kinds) = &mut schema.schema_type {
        kinds.retain(|kind| *kind != Type::Null);
        if let [kind] = &kinds[..] {
            schema.schema_type = kind.clone().into();
        }
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name.push_str(&initial.to_uppercase());
        name.push_str(rest);
        name
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn document() -> Value {
        serde_json::to_value(openapi()).unwrap()
    }

    fn all_operations(document: &Value) -> impl Iterator<Item = &Value> {
        let paths = document["paths"].as_object().unwrap();
        paths.values().flat_map(|item| item.as_object().unwrap().values())
    }

    #[test]
    fn operations_have_names_and_groups_of_their_own() {
        let document = document();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let names: Vec<&str> =
            all_operations(&document).map(|operation| operation["operationId"].as_str().unwrap()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        assert!(names.contains(&"sendMessage") && names.contains(&"putAgentSoul"), "{names:?}");
        let groups: BTreeSet<&str> =
            all_operations(&document).map(|operation| operation["tags"][0].as_str().unwrap()).collect();
        let of_the_seed = [
            "Admin",
            "Agents",
            "Approvals",
            "Chat + sessions",
            "Discussions",
            "Identity & auth",
            "Models",
            "Operations",
            "Prompts",
            "Public",
            "Sophon Node",
            "Tasks",
            "Tenants",
        ];
        assert_eq!(groups, BTreeSet::from(of_the_seed));
    }

    #[test]
    fn every_operation_says_what_it_does_and_how_it_fails() {
        let document = document();
        for operation in all_operations(&document) {
            let name = &operation["operationId"];
            assert!(operation["summary"].is_string() && operation["description"].is_string(), "{name}");
            assert_eq!(operation["responses"]["default"]["$ref"], "#/components/responses/Failure", "{name}");
            assert_eq!(
                operation["responses"]["401"]["$ref"], "#/components/responses/Unauthenticated",
                "{name}"
            );
            for (status, response) in operation["responses"].as_object().unwrap() {
                let said = response["description"].as_str().is_some_and(|text| !text.is_empty());
                assert!(said || response["$ref"].is_string(), "{name} does not describe {status}");
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(parameter["description"].is_string(), "{name}: {parameter}");
                assert!(!parameter["schema"].to_string().contains("null"), "{name}: {parameter}");
            }
        }
        let failures = document["components"]["responses"].as_object().unwrap();
        assert!(
            failures.values().all(|failure| failure["content"]["application/json"]["example"].is_object())
        );
    }

    #[test]
    fn what_needs_no_credential_says_so_by_an_empty_list() {
        let document = document();
        let security = |path: &str, method: &str| document["paths"][path][method]["security"].clone();
        assert_eq!(security("/api/auth/login", "post"), serde_json::json!([]));
        assert_eq!(security("/api/sessions/{id}", "get"), serde_json::json!([{}, { "bearer": [] }]));
        assert_eq!(security("/api/sessions", "get"), Value::Null, "as for all of the document");
    }

    #[test]
    fn every_request_and_every_answer_has_an_example() {
        let document = document();
        let mut examples = 0;
        for operation in all_operations(&document) {
            let answers = operation["responses"].as_object().unwrap().values();
            for content in answers.chain([&operation["requestBody"]]).map(|body| &body["content"]) {
                for (kind, content) in content.as_object().into_iter().flatten() {
                    let is_text = kind != "application/octet-stream";
                    assert_eq!(content["example"].is_null(), !is_text, "{} {kind}", operation["operationId"]);
                    examples += usize::from(is_text);
                }
            }
        }
        assert!(examples >= 100, "{examples}");
    }

    #[test]
    fn every_property_is_described_and_every_component_is_used() {
        let document = document();
        let text = document.to_string();
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            assert!(text.contains(&format!("\"#/components/schemas/{name}\"")), "{name} is an orphan");
            for (field, property) in schema["properties"].as_object().into_iter().flatten() {
                assert!(property["description"].is_string(), "{name}.{field}");
            }
        }
    }

    /// openapi-python-client calls a value like its type, and a field of it like the field: what is no text must not meet
    /// itself there.
    #[test]
    fn no_component_has_a_list_or_component_of_its_own_name() {
        for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
            let as_field = name[..1].to_lowercase() + &name[1..];
            let is_text = |field: &Value| field["type"] == "string";
            assert!(schema["properties"].get(&as_field).is_none_or(is_text), "{name}");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for reference in text.split(r##""$ref":"#"##).skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn what_is_answered_is_always_there_and_what_is_asked_may_be_left_out() {
        let document = document();
        let schema = |name: &str| document["components"]["schemas"][name].clone();
        let session = schema("Session");
        let all: BTreeSet<&String> = session["properties"].as_object().unwrap().keys().collect();
        let required: BTreeSet<String> = serde_json::from_value(session["required"].clone()).unwrap();
        assert_eq!(all, required.iter().collect());
        assert_eq!(session["properties"]["model"]["type"], serde_json::json!(["string", "null"]));
        let items = &schema("List_ListedSession")["properties"]["items"]["items"];
        assert_eq!(items["$ref"], "#/components/schemas/ListedSession");
        assert_eq!(schema("SendMessage")["required"], serde_json::json!(["content"]));
        assert!(schema("SessionPatch")["required"].is_null());
    }
}
