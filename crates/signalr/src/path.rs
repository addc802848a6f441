//! Addresses of hubs as clients write them.

use http::uri::PathAndQuery;
use http::{Request, Uri};

/// Writes the address of a request as the routes of hubs have it, if it is `under` this path: in lower case and without a
/// slash at its end. Clients may write it in any case, as with ASP.NET Core.
///
/// To be called before a route is chosen, with `tower::ServiceExt::map_request` around the router. The hubs' own paths
/// are in lower case then.
#[must_use]
pub fn plain_path<B>(mut request: Request<B>, under: &str) -> Request<B> {
    if let Some(uri) = plain(request.uri(), under) {
        *request.uri_mut() = uri;
    }
    request
}

fn plain(uri: &Uri, under: &str) -> Option<Uri> {
    let path = uri.path();
    let begin = path.get(..under.len())?;
    let plain = path.to_ascii_lowercase();
    let plain = plain.trim_end_matches('/');
    if !begin.eq_ignore_ascii_case(under) || plain == path || plain.len() < under.len() {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{plain}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_a_slash_at_the_end_make_no_difference_and_the_query_stays() {
        for (written, meant) in [
            ("/hubs/Chat/?id=AbC", "/hubs/chat?id=AbC"),
            ("/HUBS/chat/Negotiate?negotiateVersion=1", "/hubs/chat/negotiate?negotiateVersion=1"),
            ("/hubs/chat", "/hubs/chat"),
            ("/hubs/", "/hubs/"),
            ("/API/x", "/API/x"),
            ("/hubsX", "/hubsX"),
            ("/", "/"),
        ] {
            let request = plain_path(Request::get(written).body(()).unwrap(), "/hubs/");
            assert_eq!(request.uri(), meant, "{written}");
        }
    }
}
