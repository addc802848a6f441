//! Requests that are applied once: `Idempotency-Key`, for every `POST` that makes or does something.
//!
//! The gate takes the key and what distinguishes the request from another one, and hands both on with the caller. The
//! core keeps the answer in the transaction of what the request does. Routes take the key unless they were registered
//! without.

use axum::extract::Request;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use sophon_core::limits::LONGEST_KEY;
use sophon_model::{Error, Kind, RequestKey};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Required};

use crate::error::Result;
use crate::extract::{media_type, read_whole};
use crate::openapi::add_header;

/// The header that bears the key.
pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of an answer that was given before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The name by which the document calls the key.
const NAME: &str = "Idempotency-Key";
/// The field that errors of a key speak of.
const FIELD: &str = "idempotency_key";

/// Takes the key of a request, with what the request asks for: method, address and body. A form is distinguished by the
/// file in it, which the core sees: each form has a boundary of its own.
pub(crate) async fn take(request: Request) -> Result<(Request, Option<RequestKey>)> {
    let Some(key) = key(request.headers())? else { return Ok((request, None)) };
    let mut asked = Sha256::new();
    asked.update(format!("{} {}\n", request.method(), request.uri()));
    let is_form = media_type(request.headers()).is_some_and(|name| name.starts_with("multipart/"));
    let request = if is_form {
        request
    } else {
        let (head, body) = request.into_parts();
        let body = read_whole(body).await?;
        asked.update(&body);
        Request::from_parts(head, body.into())
    };
    let fingerprint = URL_SAFE_NO_PAD.encode(asked.finalize());
    Ok((request, Some(RequestKey::new(key, fingerprint))))
}

fn key(headers: &HeaderMap) -> Result<Option<String>> {
    let mut keys = headers.get_all(KEY).iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        if headers.contains_key(KEY) {
            let text = "A request has one Idempotency-Key.";
            return Err(Error::new(Kind::InvalidRequest, text).with_field(FIELD).into());
        }
        return Ok(None);
    };
    let is_key = (1..=LONGEST_KEY).contains(&key.len()) && key.as_bytes().iter().all(u8::is_ascii_graphic);
    match key.to_str() {
        Ok(key) if is_key => Ok(Some(key.to_owned())),
        _ => Err(Error::validation(FIELD, format!("A key has 1 to {LONGEST_KEY} visible ASCII characters."))
            .into()),
    }
}

/// Says on a response that it was given before.
pub(crate) fn mark_replayed(response: &mut Response) {
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
}

/// Says in the document that an operation takes a key.
pub(crate) fn describe(operation: &mut Operation) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let key = ParameterBuilder::new()
        .name(NAME)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The request is applied once: sent again under this key within 24 hours, it is answered as it was. Another \
             request under the key is a conflict (`idempotency_conflict`). 1 to 255 visible ASCII characters.",
        ))
        .schema(Some(
            text().min_length(Some(1)).max_length(Some(LONGEST_KEY)).pattern(Some("^[!-~]+$")),
        ))
        .build();
    operation.parameters.get_or_insert_default().push(key.into());
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            add_header(response, "Idempotency-Replayed");
        }
    }
}
