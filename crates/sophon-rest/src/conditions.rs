//! Requests that count if a thing is as they say: `ETag`, `If-Match` and `If-None-Match`.
//!
//! The tag of a thing is a digest of its JSON as it is answered: what looks the same has the same tag, and nobody has to
//! count versions. Answers get theirs in the gate. What a change depends on is judged by the core, in the transaction of
//! the change, on the thing as it is then.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sophon_core::only_if::OnlyIf;
use sophon_model::{Error, Kind};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Required, ResponseBuilder};

use crate::compression;
use crate::error::{ApiError, Result};
use crate::extract::media_type;
use crate::openapi::add_header;

/// Bytes of the digest in a tag.
const TAG_LENGTH: usize = 16;
/// A tag as it looks.
const EXAMPLE: &str = "\"pLk3vQ0yq3jXo4mJ8s2WmA\"";
/// Tags that one request may name.
const MOST_TAGS: usize = 32;

/// The strong entity tag of a representation.
fn tag(representation: &[u8]) -> String {
    let digest = Sha256::digest(representation);
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..TAG_LENGTH]))
}

/// Which representations a condition names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags {
    Any,
    These(Vec<String>),
}

impl Tags {
    fn of(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Self>> {
        let mut tags = Vec::new();
        for value in headers.get_all(name) {
            let value = value.to_str().map_err(|_| not_tags(name))?.trim();
            if value == "*" {
                return Ok(Some(Self::Any));
            }
            tags.extend(value.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()));
        }
        let is_tag = |tag: &String| {
            let opaque = tag.strip_prefix("W/").unwrap_or(tag);
            opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"')
        };
        if tags.len() > MOST_TAGS || !tags.iter().all(is_tag) {
            return Err(not_tags(name));
        }
        Ok(headers.contains_key(name).then_some(Self::These(tags)))
    }

    /// Compares as RFC 9110 has it for changes: a weak tag is nobody's.
    fn name_strongly(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|named| named == tag),
        }
    }

    /// Compares as RFC 9110 has it for reading.
    fn name_weakly(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|named| named.strip_prefix("W/").unwrap_or(named) == tag),
        }
    }
}

fn not_tags(name: &HeaderName) -> ApiError {
    let text = "Name entity tags as they were answered, in quotation marks, or *.";
    let field = if *name == header::IF_MATCH { "if_match" } else { "if_none_match" };
    Error::new(Kind::InvalidRequest, text).with_field(field).into()
}

/// Refuses a condition where none is looked at, rather than acting as if it held.
pub(crate) fn require_known(method: &Method, headers: &HeaderMap) -> Result<()> {
    let is_change = matches!(*method, Method::PUT | Method::PATCH);
    let is_known = |name: &HeaderName| is_change || (is_read(method) && name == header::IF_NONE_MATCH);
    let unknown = [header::IF_MATCH, header::IF_NONE_MATCH]
        .into_iter()
        .find(|name| headers.contains_key(name) && !is_known(name));
    let Some(name) = unknown else { return Ok(()) };
    let text = format!(
        "{method} takes no {name} here. Conditions are for PUT and PATCH, and If-None-Match for GET."
    );
    Err(Error::invalid(text).into())
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// What a change depends on.
pub(crate) struct Conditions {
    matches: Option<Tags>,
    none_matches: Option<Tags>,
}

impl<S: Sync> FromRequestParts<S> for Conditions {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self {
            matches: Tags::of(&parts.headers, &header::IF_MATCH)?,
            none_matches: Tags::of(&parts.headers, &header::IF_NONE_MATCH)?,
        })
    }
}

impl Conditions {
    /// The condition for the core to judge. `shape` is how the thing is answered.
    pub(crate) fn on<E, T>(self, shape: impl Fn(E) -> T + Send + Sync + 'static) -> OnlyIf<E>
    where
        E: Clone + 'static,
        T: Serialize,
    {
        let Self { matches, none_matches } = self;
        if matches.is_none() && none_matches.is_none() {
            return OnlyIf::default();
        }
        OnlyIf::new(Arc::new(move |thing: &E| {
            let Ok(json) = serde_json::to_vec(&shape(thing.clone())) else { return false };
            let tag = tag(&json);
            matches.as_ref().is_none_or(|tags| tags.name_strongly(&tag))
                && !none_matches.as_ref().is_some_and(|tags| tags.name_weakly(&tag))
        }))
    }
}

/// What was asked, as far as the answer's tag depends on it.
pub(crate) struct Asked {
    is_tagged: bool,
    none_matches: Option<Tags>,
}

impl Asked {
    pub(crate) fn of(request: &Request) -> Self {
        let method = request.method();
        let reads = is_read(method);
        let known = || Tags::of(request.headers(), &header::IF_NONE_MATCH).ok().flatten();
        Self {
            is_tagged: reads || matches!(*method, Method::PUT | Method::PATCH),
            none_matches: if reads { known() } else { None },
        }
    }

    /// The answer with its tag, if it has one already or is JSON that says how something is; 304 if the client has it.
    pub(crate) async fn tagged(self, response: Response) -> Response {
        if !self.is_tagged || response.status() != StatusCode::OK {
            return response;
        }
        let response = with_tag(response).await;
        let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let is_known = self.none_matches.zip(tag).is_some_and(|(tags, tag)| tags.name_weakly(tag));
        if is_known { unchanged(response) } else { response }
    }
}

async fn with_tag(response: Response) -> Response {
    let is_json = media_type(response.headers()).as_deref() == Some("application/json");
    if !is_json || response.headers().contains_key(header::ETAG) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // Made by a handler, whole: there is nothing to wait for, and nothing that can fail.
    let Ok(json) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return Response::from_parts(head, Body::empty());
    };
    if let Ok(tag) = HeaderValue::try_from(tag(&json)) {
        head.headers.insert(header::ETAG, tag);
    }
    let mut response = Response::from_parts(head, json.into());
    compression::mark(&mut response);
    response
}

fn unchanged(response: Response) -> Response {
    let (mut head, _) = response.into_parts();
    head.status = StatusCode::NOT_MODIFIED;
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.remove(header::CONTENT_TYPE);
    Response::from_parts(head, Body::empty())
}

/// Says in the document what the operations of a path do with tags.
pub(crate) fn describe(item: &mut PathItem) {
    if let Some(operation) = &mut item.get
        && answers_json(operation)
    {
        describe_tag(operation);
        describe_header(
            operation,
            "If-None-Match",
            "The `ETag` that the client has: 304 if it is the same still.",
        );
        let mut unchanged = ResponseBuilder::new().description("It is as `If-None-Match` says.").build();
        add_header(&mut unchanged, "ETag");
        operation.responses.responses.insert("304".into(), unchanged.into());
    }
    for operation in [&mut item.put, &mut item.patch].into_iter().flatten() {
        describe_tag(operation);
        let text = "The `ETag` that the change is made for. 412 (`precondition_failed`) if it was changed meanwhile.";
        describe_header(operation, "If-Match", text);
        let text = "`*`: 412 if it is there already.";
        describe_header(operation, "If-None-Match", text);
    }
}

fn answers_json(operation: &Operation) -> bool {
    let answer = operation.responses.responses.get("200");
    matches!(answer, Some(RefOr::T(answer)) if answer.content.contains_key("application/json"))
}

fn describe_header(operation: &mut Operation, name: &str, text: &str) {
    let header = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(text))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .example(Some(EXAMPLE.into()))
        .build();
    operation.parameters.get_or_insert_default().push(header.into());
}

fn describe_tag(operation: &mut Operation) {
    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") {
        add_header(answer, "ETag");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(value: &str) -> Option<Tags> {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, value.parse().unwrap());
        Tags::of(&headers, &header::IF_MATCH).ok().flatten()
    }

    #[test]
    fn a_condition_names_tags_or_whatever_there_is() {
        assert_eq!(named("*"), Some(Tags::Any));
        assert_eq!(named(r#""a", W/"b""#), Some(Tags::These(vec![r#""a""#.into(), r#"W/"b""#.into()])));
        for broken in ["0", "a", "\"", "\"a\" b"] {
            assert_eq!(named(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_weak_tag_is_good_for_reading_only() {
        let tags = named(r#"W/"b""#).unwrap();
        assert!(tags.name_weakly(r#""b""#) && !tags.name_strongly(r#""b""#));
    }
}
