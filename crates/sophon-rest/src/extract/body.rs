//! Request bodies: of the declared type, of bounded size, arriving in bounded time, and with known fields only.

use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_objects::{Keys, Objects, Unfit};
use serde_path_to_error::Path;
use sophon_model::{Error, Kind};

use tokio::time::error::Elapsed;

use crate::error::{ApiError, Result};

/// The largest body, in bytes.
pub(crate) const LARGEST: usize = 1024 * 1024;
/// How much more is read and thrown away, so that a client that is still sending gets to read the answer.
const DISCARDED: usize = 4 * LARGEST;
/// The longest that a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest pause before more of it arrives.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A JSON body. 400 for what is not JSON, 415 for what does not say that it is, 413 for what is too large, 422 for what
/// has another shape than `T`.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        if !media_type(request.headers()).is_some_and(|name| is_json(&name)) {
            return Err(unsupported("Send the body as application/json, and say so in Content-Type."));
        }
        parse(&read(request).await?).map(Self)
    }
}

/// A JSON body that may be left out.
pub(crate) struct OptionalBody<T>(pub(crate) T);

impl<T: DeserializeOwned + Default, S: Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let (head, body) = request.into_parts();
        // Also a body that is there and has nothing in it, which a chunked one shows at its end only.
        let content = read_whole(body).await?;
        if content.is_empty() {
            return Ok(Self(T::default()));
        }
        let Body(body) = Body::from_request(Request::from_parts(head, content.into()), state).await?;
        Ok(Self(body))
    }
}

/// A body that is nothing but text.
pub(crate) async fn read_text(request: Request) -> Result<String> {
    let text = String::from_utf8(read(request).await?.into());
    text.map_err(|_| Error::invalid("The body is not UTF-8 text.").into())
}

/// The declared media type, lower case, without parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let declared = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(declared.split(';').next()?.trim().to_ascii_lowercase())
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// 415, with what to send instead.
pub(crate) fn unsupported(text: &'static str) -> ApiError {
    let error = Error::invalid(text).with_code("unsupported_media_type");
    ApiError::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, error)
}

/// Refuses a body that is compressed.
pub(crate) fn require_identity(headers: &HeaderMap) -> Result<()> {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    if encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(unsupported("Send the body as it is, without Content-Encoding."))
}

async fn read(request: Request) -> Result<Bytes> {
    require_identity(request.headers())?;
    read_whole(request.into_body()).await
}

/// All of a body, of bounded size and within bounded time.
pub(crate) async fn read_whole(body: axum::body::Body) -> Result<Bytes> {
    tokio::time::timeout(PATIENCE, collect(body)).await.map_err(late)?
}

fn late(_: Elapsed) -> ApiError {
    Error::invalid("The body did not arrive in time.").into()
}

async fn collect(mut body: axum::body::Body) -> Result<Bytes> {
    let too_large = || {
        let text = format!("The body has more than {LARGEST} bytes.");
        ApiError::from(Error::new(Kind::PayloadTooLarge, text))
    };
    if body.size_hint().lower() > (LARGEST + DISCARDED) as u64 {
        return Err(too_large());
    }
    let (mut kept, mut length) = (BytesMut::new(), 0);
    while let Some(frame) = tokio::time::timeout(LONGEST_PAUSE, body.frame()).await.map_err(late)? {
        let broke_off = |error| Error::invalid("The body broke off.").with_cause(error);
        let Ok(data) = frame.map_err(broke_off)?.into_data() else { continue };
        length += data.len();
        if length > LARGEST + DISCARDED {
            break;
        }
        if length <= LARGEST {
            kept.extend_from_slice(&data);
        }
    }
    if length > LARGEST { Err(too_large()) } else { Ok(kept.freeze()) }
}

/// serde_json refuses what is nested more than 128 deep.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(Objects::new(&mut json, Keys::Exact)).map_err(|error| {
        let path = error.path().clone();
        refusal(&path, &error.into_inner())
    })?;
    json.end().map_err(|error| broken(&error))?;
    Ok(parsed)
}

fn refusal(path: &Path, error: &serde_json::Error) -> ApiError {
    if error.classify() != Category::Data {
        return broken(error);
    }
    let text = error.to_string();
    let at = format!(" at line {} column {}", error.line(), error.column());
    let unfit = Unfit::new(path, text.strip_suffix(&at).unwrap_or(&text), "The body");
    refused(Kind::ValidationFailed, unfit).into()
}

/// The error for what does not fit. Fields have the client's own spelling in it, not the model's.
pub(crate) fn refused(kind: Kind, unfit: Unfit) -> Error {
    let details = serde_json::json!({ "field": unfit.field, "reason": unfit.reason });
    Error::new(kind, unfit.reason).with_details(details)
}

fn broken(error: &serde_json::Error) -> ApiError {
    let (line, column) = (error.line(), error.column());
    let text = format!("The body is not valid JSON: see line {line}, column {column}.");
    Error::invalid(text).with_cause(error.to_string()).into()
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use serde::Deserialize;

    use super::*;
    use sophon_api::Failure;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: String,
        inner: Option<Vec<Inner>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        size: i64,
    }

    /// The status, and the field that is reported.
    fn refusal_of(json: &str) -> (u16, Option<String>) {
        let response = parse::<Outer>(json.as_bytes()).unwrap_err().into_response();
        let Failure(error) = response.extensions().get::<Failure>().unwrap();
        let field = error.details().and_then(|details| details["field"].as_str()).map(ToOwned::to_owned);
        (response.status().as_u16(), field)
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_arrive_is_given_up() {
        let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let request = Request::new(axum::body::Body::from_stream(never));
        let refused = read(request).await.unwrap_err().into_response();
        assert_eq!(refused.status(), 400);
    }

    #[test]
    fn what_fits_is_taken() {
        let outer: Outer = parse(br#" {"name": "a", "inner": [{"size": 3}]} "#).unwrap();
        assert_eq!((outer.name.as_str(), outer.inner.unwrap()[0].size), ("a", 3));
    }

    #[test]
    fn broken_json_is_an_invalid_request() {
        for json in ["", "{", r#"{"name":}"#, r#"{"name":"a"} x"#, "\u{0}", r#"{"name":"\ud800"}"#] {
            assert_eq!(refusal_of(json), (400, None), "{json:?}");
        }
        let deep = format!(r#"{{"name":"a","inner":{}"#, "[".repeat(200_000));
        assert!(parse::<Outer>(deep.as_bytes()).is_err());
        assert!(parse::<serde_json::Value>("[".repeat(200_000).as_bytes()).is_err());
    }

    #[test]
    fn another_shape_is_a_validation_error_that_names_the_field() {
        for (json, field) in [
            (r#"{"name":5}"#, "name"),
            ("{}", "name"),
            (r#"{"name":"a","nmae":"b"}"#, "nmae"),
            (r#"{"name":"a","name":"b"}"#, "name"),
            (r#"{"name":"a","inner":[{"size":1,"size":2}]}"#, "inner[0].size"),
            (r#"{"name":"a","inner":[{"size":"x"}]}"#, "inner[0].size"),
            (r#"{"name":"a","inner":[{"size":1},{"size":1,"x":1}]}"#, "inner[1].x"),
            (r#"{"name":"a","inner":[{}]}"#, "inner[0].size"),
            (r#"{"name":"a","inner":[[3]]}"#, "inner[0]"),
            (r#"["a",[]]"#, ""),
            ("[]", ""),
            ("null", ""),
        ] {
            assert_eq!(refusal_of(json), (422, Some(field.into())), "{json}");
        }
    }

    #[test]
    fn an_error_repeats_little_of_the_request() {
        let long = "x".repeat(100_000);
        for json in [
            format!(r#"{{"name":"a","{long}":1}}"#),
            format!(r#"{{"name":"a","inner":[{{"size":"{long}"}}]}}"#),
        ] {
            let response = parse::<Outer>(json.as_bytes()).unwrap_err().into_response();
            let Failure(error) = response.extensions().get::<Failure>().unwrap();
            let details = error.details().unwrap().to_string();
            assert!(error.message().len() < 200 && details.len() < 400, "{}", error.message());
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_names_of_types() {
        for (json, told) in [
            (r#"{"name":5}"#, "`name` must be a string, not 5."),
            ("{}", "`name` is required."),
            (r#"{"name":"a","nmae":"b"}"#, "`nmae` is not a known field. Known fields: name, inner."),
            (r#"{"name":"a","name":"b"}"#, "`name` appears twice."),
            (r#"{"name":"a","inner":{}}"#, "`inner` must be an array, not an object."),
            (r#"{"name":"a","inner":[[3]]}"#, "`inner[0]` must be an object, not an array."),
            (r#"{"name":"a","inner":[{"size":1.5}]}"#, "`inner[0].size` must be a whole number, not 1.5."),
            ("[]", "The body must be an object, not an array."),
            ("{", "The body is not valid JSON: see line 1, column 1."),
        ] {
            let response = parse::<Outer>(json.as_bytes()).unwrap_err().into_response();
            let Failure(error) = response.extensions().get::<Failure>().unwrap();
            assert_eq!(error.message(), told, "{json}");
        }
    }
}
