//! Response headers that many operations have, each a component of the document.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Response};

/// Names the client's request and the gateway's own id for it. On every answer.
const OF_ALL: [&str; 2] = ["X-Sophon-Request-Id", "X-Request-Id"];
/// On every answer of an operation that is rate limited.
const OF_LIMITED: [&str; 3] = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

/// The headers that the document describes once.
pub(super) fn components() -> BTreeMap<String, RefOr<Header>> {
    let text = Type::String;
    let number = Type::Integer;
    let all = [
        (
            "X-Sophon-Request-Id",
            text.clone(),
            json!("req_0197c6c0a4d37b2e9f6a3c5d7e8f9a0b"),
            "The id of the request, which errors and the log name too.",
        ),
        (
            "X-Request-Id",
            text.clone(),
            json!("import-17"),
            "The client's own name of the request, if it sent one: 1 to 128 visible ASCII characters.",
        ),
        ("RateLimit-Limit", number.clone(), json!(120), "Requests of this kind that fit at once."),
        ("RateLimit-Remaining", number.clone(), json!(119), "Requests of this kind that are left."),
        ("RateLimit-Reset", number.clone(), json!(1), "Seconds until all of them are left again."),
        ("Retry-After", number, json!(3), "Seconds to wait before the request is sent again."),
        (
            "WWW-Authenticate",
            text.clone(),
            json!("Bearer"),
            "How to sign in: with `Authorization: Bearer …`.",
        ),
        (
            "Location",
            text.clone(),
            json!("/api/sessions/ses_0197c6c0a4d37b2e9f6a3c5d7e8f9a0b"),
            "The address of what was made, if it has one.",
        ),
        (
            "ETag",
            text.clone(),
            json!("\"pLk3vQ0yq3jXo4mJ8s2WmA\""),
            "What the answer says, in short: for `If-Match` and `If-None-Match`.",
        ),
        (
            "Idempotency-Replayed",
            text,
            json!("true"),
            "The answer was given before, under the same `Idempotency-Key`.",
        ),
    ];
    all.into_iter()
        .map(|(name, kind, example, about)| (name.to_owned(), header(kind, example, about).into()))
        .collect()
}

fn header(kind: Type, example: Value, about: &str) -> Header {
    HeaderBuilder::new()
        .description(Some(about))
        .schema(Some(ObjectBuilder::new().schema_type(kind)))
        .example(Some(example))
        .build()
}

/// Says that an answer has this header.
pub(crate) fn add(response: &mut Response, name: &str) {
    response.headers.entry(name.to_owned()).or_insert_with(|| refer_to(name));
}

/// Says of an answer what is true of all of them.
pub(super) fn add_common(response: &mut Response, is_limited: bool) {
    let limited = if is_limited { &OF_LIMITED[..] } else { &[] };
    for name in OF_ALL.iter().chain(limited) {
        add(response, name);
    }
}

fn refer_to(name: &str) -> RefOr<Header> {
    RefOr::Ref(Ref::new(format!("#/components/headers/{name}")))
}
