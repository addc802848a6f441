//! `GET /api/attachments/{id}`.
//!
//! A file of somebody else's is never shown as a page of the gateway: it is saved, its type is not guessed, and if it
//! is opened all the same, nothing in it runs.

use std::ops::Range;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use sophon_model::ports::ByteStream;
use sophon_model::{AttachmentId, Error, StoredAttachment};
use utoipa::ToSchema;

use crate::Api;
use crate::error::{ApiError, Result};
use crate::extract::{Id, MaybeCaller};
use crate::save_as::disposition;

/// Nothing in a file runs, even where a browser opens it.
const FILE_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it describes the answer, which is streamed")]
struct Content(Vec<u8>);

/// Download an attachment
///
/// Everybody who may read the session may. `Range` asks for a part of it. The digest of all that is sent is checked: a
/// file that was damaged breaks off.
#[utoipa::path(
    get, path = "/api/attachments/{id}", tag = "Chat + sessions", security((), ("bearer" = [])),
    params(
        ("id" = AttachmentId, Path, description = "The key of the attachment."),
        ("Range" = Option<String>, Header, description = "One range of bytes.", example = "bytes=0-1023"),
    ),
    responses(
        (status = 200, content_type = "application/octet-stream", body = Content),
        (status = 206, description = "The range that was asked for.", content_type = "application/octet-stream", body = Content),
        (status = 416),
    ),
)]
pub(super) async fn download_attachment(
    State(gateway): Api,
    MaybeCaller(caller): MaybeCaller,
    Id(id): Id<AttachmentId>,
    headers: HeaderMap,
) -> Result<Response> {
    let attachment = gateway.attachments.get(caller.as_ref(), &id).await?;
    let size = attachment.size.unsigned_abs();
    let etag = format!("\"{}\"", attachment.digest);
    let asked = headers.get(header::RANGE).filter(|_| is_current(&headers, &etag));
    let Ok(range) = range(asked, size) else { return Ok(no_such_range(size)) };
    let content = gateway.attachments.read(&attachment, range.clone().unwrap_or(0..size)).await?;
    let mut response = Body::from_stream(begun(content).await?).into_response();
    describe(response.headers_mut(), &attachment, &etag, range.as_ref())?;
    if range.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// The same bytes, unless the first piece of them cannot be given: the status still tells that.
async fn begun(mut content: ByteStream) -> Result<ByteStream> {
    let Some(first) = content.next().await else { return Ok(content) };
    let first = stream::iter([Ok(first?)]);
    Ok(first.chain(content).boxed())
}

/// Whether a range is asked for of what the file is now (`If-Range`).
fn is_current(headers: &HeaderMap, etag: &str) -> bool {
    headers.get(header::IF_RANGE).is_none_or(|condition| condition == etag)
}

/// The range that is asked for. Nothing for all of it: also if several are asked for, or something that is no range, as
/// RFC 9110 has it. An error if the file has no such range.
fn range(asked: Option<&HeaderValue>, size: u64) -> Result<Option<Range<u64>>, ()> {
    let Some(asked) = asked.and_then(|asked| asked.to_str().ok()) else { return Ok(None) };
    let Ok(parsed) = http_range_header::parse_range_header(asked) else { return Ok(None) };
    let ranges = parsed.validate(size).map_err(drop)?;
    match &ranges[..] {
        [range] => Ok(Some(*range.start()..*range.end() + 1)),
        _ => Ok(None),
    }
}

fn no_such_range(size: u64) -> Response {
    let text = format!("The file has {size} bytes, and no such range.");
    let error = Error::invalid(text).with_code("range_not_satisfiable");
    let mut response = ApiError::with_status(StatusCode::RANGE_NOT_SATISFIABLE, error).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{size}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

fn describe(
    headers: &mut HeaderMap,
    attachment: &StoredAttachment,
    etag: &str,
    range: Option<&Range<u64>>,
) -> Result<()> {
    let mut set = |name: HeaderName, value: &str| -> Result<()> {
        headers.insert(name, HeaderValue::from_str(value).map_err(Error::internal)?);
        Ok(())
    };
    let size = attachment.size.unsigned_abs();
    let length = range.map_or(size, |range| range.end - range.start);
    set(header::CONTENT_TYPE, &attachment.mime)?;
    set(header::CONTENT_LENGTH, &length.to_string())?;
    set(header::CONTENT_DISPOSITION, &disposition(&attachment.name))?;
    set(header::CONTENT_SECURITY_POLICY, FILE_POLICY)?;
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff")?;
    set(header::ACCEPT_RANGES, "bytes")?;
    set(header::ETAG, etag)?;
    if let Some(range) = range {
        set(header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", range.start, range.end - 1))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_given_and_anything_else_is_all_of_it() {
        let asked = |text: &'static str| range(Some(&HeaderValue::from_static(text)), 10);
        for (text, given) in [
            ("bytes=0-3", Ok(Some(0..4))),
            ("bytes=4-", Ok(Some(4..10))),
            ("bytes=-3", Ok(Some(7..10))),
            ("bytes=0-1,4-5", Ok(None)),
            ("lines=0-1", Ok(None)),
            ("nonsense", Ok(None)),
            ("bytes=10-", Err(())),
        ] {
            assert_eq!(asked(text), given, "{text}");
        }
        assert_eq!(range(None, 10), Ok(None));
    }
}
