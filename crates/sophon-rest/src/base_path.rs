//! The path under which a proxy shows the gateway, for example `/sophon`.

use std::future::{Ready, ready};

use axum::extract::Request;
use axum::response::Response;
use http::header::LOCATION;
use http::uri::PathAndQuery;
use http::{HeaderValue, Uri};

/// Takes `base` away from the addresses of requests, before a route is chosen. A proxy that has taken it away already is
/// served as well. `base` is empty or begins with a slash, and has none at its end.
pub(crate) fn take(base: &str) -> impl Fn(Request) -> Request + Clone + Send + 'static {
    let base = base.to_owned();
    move |mut request| {
        if let Some(uri) = below(&base, request.uri()) {
            *request.uri_mut() = uri;
        }
        request
    }
}

/// Puts `base` in front of the addresses that answers lead to.
pub(crate) fn put(base: &str) -> impl Fn(Response) -> Ready<Response> + Clone + Send + 'static {
    let base = base.to_owned();
    move |mut response| {
        let place = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
        let place = place.filter(|place| place.starts_with('/'));
        if let Some(below) = place.and_then(|place| HeaderValue::try_from(format!("{base}{place}")).ok()) {
            response.headers_mut().insert(LOCATION, below);
        }
        ready(response)
    }
}

fn below(base: &str, uri: &Uri) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(base)?;
    let rest = match rest.chars().next() {
        Some('/') => rest.to_owned(),
        Some('?') | None => format!("/{rest}"),
        Some(_) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_taken_away_where_it_is_a_whole_segment() {
        let taken = |uri: &'static str| below("/sophon", &Uri::from_static(uri)).map(|uri| uri.to_string());
        assert_eq!(taken("/sophon/api/chat?x=1").as_deref(), Some("/api/chat?x=1"));
        assert_eq!(taken("/sophon").as_deref(), Some("/"));
        assert_eq!(taken("/sophon?x=1").as_deref(), Some("/?x=1"));
        for other in ["/sophonist/api", "/api/chat", "/"] {
            assert_eq!(taken(other), None, "{other}");
        }
    }
}
