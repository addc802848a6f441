//! The tenant that a request names: in a header, or in front of its address.

use axum::extract::Request;
use http::Uri;
use http::uri::PathAndQuery;
use sophon_model::Error;

use crate::error::Result;

const HEADER: &str = "x-sophon-tenant";
const PREFIX: &str = "/api/tenants/";

/// The tenant that stood in front of the address.
#[derive(Clone, Debug)]
struct Prefix(String);

/// Turns `/api/tenants/{slug}/…` into `/api/…` and remembers the slug. Happens before a route is chosen.
pub(crate) fn take_prefix(mut request: Request) -> Request {
    if let Some((slug, uri)) = split(request.uri()) {
        *request.uri_mut() = uri;
        request.extensions_mut().insert(Prefix(slug));
    }
    request
}

fn split(uri: &Uri) -> Option<(String, Uri)> {
    let (slug, rest) = uri.path_and_query()?.as_str().strip_prefix(PREFIX)?.split_once('/')?;
    if slug.is_empty() || slug.contains('?') || rest.is_empty() {
        return None;
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("/api/{rest}")).ok()?);
    Some((slug.to_owned(), Uri::from_parts(parts).ok()?))
}

/// The tenants that a request names: none, one, or the same one twice if it is in its right mind.
pub(crate) fn named(request: &Request) -> Result<Vec<String>> {
    let prefix = request.extensions().get::<Prefix>().map(|Prefix(slug)| slug.clone());
    let mut named: Vec<String> = prefix.into_iter().collect();
    for value in request.headers().get_all(HEADER) {
        let slug = value.to_str().map_err(|_| Error::invalid("X-Sophon-Tenant is not a slug."))?;
        named.push(slug.to_owned());
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(uri: &'static str) -> Option<(String, String)> {
        split(&Uri::from_static(uri)).map(|(slug, uri)| (slug, uri.to_string()))
    }

    #[test]
    fn the_slug_is_taken_out_of_the_address() {
        assert_eq!(
            taken("/api/tenants/acme/sessions/ses_1?x=/a"),
            Some(("acme".into(), "/api/sessions/ses_1?x=/a".into()))
        );
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
