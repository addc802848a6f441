//! The tenant that a request names in front of its address, put into the header that names it otherwise.

use axum::extract::Request;
use http::uri::PathAndQuery;
use http::{HeaderValue, Uri};
use sophon_core::identity::TENANT_HEADER;

const PREFIX: &str = "/api/tenants/";
const HUBS: &str = "hubs/";

/// Turns `/api/tenants/{slug}/…` into `/api/…`, and `/api/tenants/{slug}/hubs/…` into `/hubs/…`, with the slug in one more
/// header, for every wire to look at in one place. Happens before a route is chosen.
pub(crate) fn take_prefix(mut request: Request) -> Request {
    if let Some((slug, uri)) = split(request.uri()) {
        *request.uri_mut() = uri;
        request.headers_mut().append(TENANT_HEADER, slug);
    }
    request
}

fn split(uri: &Uri) -> Option<(HeaderValue, Uri)> {
    let (slug, rest) = uri.path_and_query()?.as_str().strip_prefix(PREFIX)?.split_once('/')?;
    if slug.is_empty() || slug.contains('?') || rest.is_empty() {
        return None;
    }
    let mut parts = uri.clone().into_parts();
    // A browser's WebSocket bears no headers of ours: a client of a hub names its tenant in the address.
    let is_hub = rest.get(..HUBS.len()).is_some_and(|start| start.eq_ignore_ascii_case(HUBS));
    let path = if is_hub { format!("/{rest}") } else { format!("/api/{rest}") };
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Some((HeaderValue::from_str(slug).ok()?, Uri::from_parts(parts).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(uri: &'static str) -> Option<(HeaderValue, String)> {
        split(&Uri::from_static(uri)).map(|(slug, uri)| (slug, uri.to_string()))
    }

    #[test]
    fn the_slug_is_taken_out_of_the_address() {
        assert_eq!(
            taken("/api/tenants/acme/sessions/ses_1?x=/a"),
            Some((HeaderValue::from_static("acme"), "/api/sessions/ses_1?x=/a".into()))
        );
        assert_eq!(
            taken("/api/tenants/acme/hubs/chat/negotiate?negotiateVersion=1"),
            Some((HeaderValue::from_static("acme"), "/hubs/chat/negotiate?negotiateVersion=1".into()))
        );
        assert_eq!(taken("/api/tenants/a/hubsx").unwrap().1, "/api/hubsx");
        for other in [
            "/api/tenants/acme",
            "/api/tenants/",
            "/api/tenants//x",
            "/api/tenantsx/a/b",
            "/api/tenants/a?b/c",
        ] {
            assert_eq!(taken(other), None, "{other}");
        }
    }
}
