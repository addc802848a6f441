//! The OpenAPI document: what the handlers say of themselves, and what is true of all of them.

use http::StatusCode;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{Array, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder, Server,
};
use utoipa::{PartialSchema, ToSchema};

use sophon_api::{ErrorBody, ErrorInfo, hubs};

const BEARER: &str = "bearer";

/// The document of this wire, OpenAPI 3.1.
pub fn openapi() -> OpenApi {
    let mut document = crate::subjects().split().0.into_openapi();
    hubs::describe(&mut document);
    for item in document.paths.paths.values_mut() {
        operations(item).for_each(complete);
    }
    for (name, schema) in document.components.iter_mut().flat_map(|components| &mut components.schemas) {
        refer_to_items(name, schema);
    }
    document
}

/// The document before the handlers have said anything.
pub(crate) fn about() -> OpenApi {
    let mut components = Components::new();
    components.schemas.insert(ErrorBody::name().into(), ErrorBody::schema());
    components.schemas.insert(ErrorInfo::name().into(), ErrorInfo::schema());
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token from `POST /api/auth/login`, or an API token (`sk_…`)."))
        .build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    let info = InfoBuilder::new()
        .title("Sophon")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Every response bears `X-Sophon-Request-Id`. Errors have the shape of `ErrorBody`. Every request may \
             name its tenant, in the header `X-Sophon-Tenant` or with `/api/tenants/{slug}/…` in front of its path.",
        ));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([Server::new("/")]))
        .components(Some(components))
        .security(Some([SecurityRequirement::new(BEARER, Vec::<String>::new())]))
        .build()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// What is true of every operation.
fn complete(operation: &mut Operation) {
    operation.operation_id = operation.operation_id.take().map(|name| camel_case(&name));
    for (status, response) in &mut operation.responses.responses {
        let reason = status.parse::<StatusCode>().ok().and_then(|status| status.canonical_reason());
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            reason.unwrap_or_default().clone_into(&mut response.description);
        }
        if let ("201", RefOr::T(response)) = (status.as_str(), response) {
            response.headers.insert("Location".into(), location().into());
        }
    }
    let error = ContentBuilder::new().schema(Some(Ref::from_schema_name(ErrorBody::name()))).build();
    let response = ResponseBuilder::new()
        .description("An error; `error.code` says which.")
        .content("application/json", error)
        .build();
    operation.responses.responses.insert("default".into(), response.into());
}

/// A list's schema contains that of its items; it is to name it instead, so that generated types do too.
fn refer_to_items(name: &str, schema: &mut RefOr<Schema>) {
    if let (Some(item), RefOr::T(Schema::Object(list))) = (name.strip_prefix("List_"), schema) {
        list.properties.insert("items".into(), Array::new(Ref::from_schema_name(item)).into());
    }
}

fn location() -> Header {
    HeaderBuilder::new()
        .description(Some("The address of what was made, if it has one."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
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
            "Public",
            "Sophon Node",
            "Tasks",
        ];
        assert_eq!(groups, BTreeSet::from(of_the_seed));
    }

    #[test]
    fn every_operation_says_what_it_does_and_how_it_fails() {
        for operation in all_operations(&document()) {
            let name = &operation["operationId"];
            assert!(operation["summary"].is_string(), "{name} has no summary");
            let error = &operation["responses"]["default"]["content"]["application/json"]["schema"]["$ref"];
            assert_eq!(error, "#/components/schemas/ErrorBody", "{name}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(response["description"].is_string(), "{name} does not describe {status}");
            }
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
        let items = &schema("List_Session")["properties"]["items"]["items"];
        assert_eq!(items["$ref"], "#/components/schemas/Session");
        assert_eq!(schema("SendMessage")["required"], serde_json::json!(["content"]));
        assert!(schema("SessionPatch")["required"].is_null());
    }
}
