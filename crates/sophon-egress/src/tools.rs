//! The door for URLs that nobody vouches for.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Request};
use sophon_model::Result;
use sophon_model::ports::{Fetch, Fetched};
use tokio::time::timeout;
use url::Url;

use crate::address::Filter;
use crate::{EgressError, EgressOptions, Phase, Reply, target};

const READABLE: HeaderValue = HeaderValue::from_static(
    "text/html, text/*;q=0.9, application/json;q=0.9, application/xml;q=0.8, application/xhtml+xml;q=0.8",
);

/// The door for URLs that nobody vouches for: it reads text from public addresses, and from what the operator has opened
/// in [`EgressOptions`].
#[derive(Clone)]
pub struct ToolDoor {
    guarded: Client,
    owned: Client,
    filter: Filter,
    options: Arc<EgressOptions>,
}

impl ToolDoor {
    pub(crate) fn new(guarded: Client, owned: Client, options: Arc<EgressOptions>) -> Self {
        Self { guarded, owned, filter: Filter::guarded(&options), options }
    }

    /// The client that may dial where `url` leads.
    fn client_for(&self, url: &Url) -> Result<&Client, EgressError> {
        let opened = self.options.allowed_private.iter().any(|place| place.is_target_of(url));
        let (client, filter) =
            if opened { (&self.owned, &Filter::Owned) } else { (&self.guarded, &self.filter) };
        target::check_literal(url, filter)?;
        Ok(client)
    }

    /// Sends a request that a program makes, to a place that another one named. Waits for the head of the answer, whatever its
    /// status is.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<Reply, EgressError> {
        let (parts, body) = request.into_parts();
        let url = target::parse(&parts.uri.to_string())?;
        let client = self.client_for(&url)?;
        let host = target::host_of(&url).to_owned();
        let mut request = Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(body.into());
        Reply::to(client, request, &host, &self.options.limits).await
    }

    async fn page(&self, url: Url, host: &str, most_bytes: usize) -> Result<Fetched, EgressError> {
        let client = self.client_for(&url)?;
        let mut request = Request::new(Method::GET, url);
        request.headers_mut().insert(ACCEPT, READABLE);
        let reply = Reply::to(client, request, host, &self.options.limits).await?;

        let status = reply.status;
        let content_type = media_type(&reply.headers);
        check_readable(&reply.headers, &content_type)?;
        let (body, truncated) = reply.read_up_to(most_bytes.min(self.options.limits.page_bytes)).await?;
        // Without a media type, a zero byte is what tells a binary from a text.
        if content_type.is_empty() && body.contains(&0) {
            return Err(EgressError::NotText("data of an unnamed type".into()));
        }
        let text = text_of(&body, truncated);
        Ok(Fetched { status: status.as_u16(), content_type, text, truncated })
    }
}

#[async_trait]
impl Fetch for ToolDoor {
    async fn get(&self, url: &str, most_bytes: usize) -> Result<Fetched> {
        let url = target::parse(url)?;
        let host = target::host_of(&url).to_owned();
        let page = timeout(self.options.limits.whole, self.page(url, &host, most_bytes)).await;
        Ok(page.map_err(|_| EgressError::TimedOut { host, phase: Phase::Whole })??)
    }
}

/// The media type, lower case, without parameters; empty if there is none.
fn media_type(headers: &HeaderMap) -> String {
    let whole = header(headers, &CONTENT_TYPE);
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Text, JSON and XML can be read; nothing is decompressed, for no encoding was offered.
fn check_readable(headers: &HeaderMap, media_type: &str) -> Result<(), EgressError> {
    let encoding = header(headers, &CONTENT_ENCODING);
    if !matches!(encoding, "" | "identity") {
        return Err(EgressError::NotText(format!("compressed ({encoding})")));
    }
    let subtype = media_type.strip_prefix("application/").unwrap_or_default();
    let readable = media_type.is_empty()
        || media_type.starts_with("text/")
        || matches!(subtype, "json" | "xml" | "javascript" | "x-ndjson" | "yaml")
        || subtype.ends_with("+json")
        || subtype.ends_with("+xml");
    if readable { Ok(()) } else { Err(EgressError::NotText(media_type.to_owned())) }
}

/// The body as text, without the half of a character that a cut may leave at its end.
fn text_of(body: &[u8], truncated: bool) -> String {
    match std::str::from_utf8(body) {
        Err(error) if truncated && error.error_len().is_none() => {
            String::from_utf8_lossy(&body[..error.valid_up_to()]).into_owned()
        }
        _ => String::from_utf8_lossy(body).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_inside_a_character_leaves_no_half_of_it() {
        assert_eq!(text_of("grün".as_bytes(), false), "grün");
        assert_eq!(text_of(&"grün".as_bytes()[..3], true), "gr");
        assert_eq!(text_of(b"gr\xffn", false), "gr\u{fffd}n");
    }

    #[test]
    fn text_json_and_xml_are_readable_and_nothing_else_is() {
        let readable = |media_type: &str| check_readable(&HeaderMap::new(), media_type).is_ok();
        for yes in
            ["", "text/html", "text/csv", "application/json", "application/ld+json", "application/rss+xml"]
        {
            assert!(readable(yes), "{yes}");
        }
        for no in
            ["image/png", "application/octet-stream", "application/pdf", "image/svg+xml", "application/zip"]
        {
            assert!(!readable(no), "{no}");
        }
    }
}
