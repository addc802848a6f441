//! The dashboard, inside the binary.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use sophon_model::{Error, Kind};
use tower_http::compression::CompressionLayer;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../dashboard/dist"]
#[allow_missing = true]
struct Files;

/// The page.
const PAGE: &str = "index.html";

/// What the page may do: nothing from elsewhere, and no script or style that is not a file of ours.
const POLICY: &str = "default-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self'; \
                      script-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// The frame that draws diagrams, which models write: its scripts and styles stand in the page, and it can do nothing else.
/// It is in no origin, so that it reaches neither the page around it nor the gateway. The page says which scripts may run.
const DIAGRAM: &str = "diagram.html";
const DIAGRAM_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                              base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts";

const MISSING: &str = "This build has no dashboard inside. Build it with: make dashboard\n\
                       The API is at /api, its description at /swagger.\n";

/// A file to be answered.
#[derive(Clone)]
struct Served {
    path: String,
    kind: String,
    data: Bytes,
    tag: String,
}

impl Served {
    fn of(path: &str) -> Option<Self> {
        let file = Files::get(path)?;
        let tag = tag(&file.metadata.sha256_hash());
        let data = match file.data {
            Cow::Borrowed(data) => Bytes::from_static(data),
            Cow::Owned(data) => data.into(),
        };
        Some(Self { path: path.to_owned(), kind: file.metadata.mimetype().to_owned(), data, tag })
    }

    /// The page, which names the path that it is served under: all its addresses are relative to that one.
    fn page(base_path: &str) -> Option<Self> {
        let file = Self::of(PAGE)?;
        let page = String::from_utf8_lossy(&file.data);
        let page = page.replacen("<head>", &format!("<head>\n    <base href=\"{base_path}/\" />"), 1);
        Some(Self { tag: tag(&Sha256::digest(&page)), data: page.into(), ..file })
    }
}

fn tag(hash: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&hash[..16]))
}

/// Files by their path, and the page itself for every other path at which a browser asks for a page. Whatever else is at no
/// address of a wire is answered as the API answers, also if it is nearly one.
pub(crate) fn router(base_path: &str) -> Router {
    let page = Arc::new(Served::page(base_path));
    Router::new().fallback(file).layer(CompressionLayer::new()).with_state(page)
}

async fn file(
    State(page): State<Arc<Option<Served>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let path = uri.path().trim_start_matches('/');
    let reads = method == Method::GET || method == Method::HEAD;
    if reads
        && path != PAGE
        && let Some(found) = Served::of(path)
    {
        return respond(found, &headers);
    }
    let is_page = path.is_empty() || path == PAGE || (may_be_page(path) && accepts_pages(&headers));
    if !reads || !is_page {
        return sophon_rest::error_response(Error::new(Kind::NotFound, "There is nothing at this address."));
    }
    match &*page {
        Some(page) => respond(page.clone(), &headers),
        None => (StatusCode::NOT_FOUND, MISSING).into_response(),
    }
}

/// A page's address is the page's own business. A missing file is missing, and what begins like the address of a wire is
/// meant for that.
fn may_be_page(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    !is_file && !sophon_rest::WIRES.iter().any(|wire| first.eq_ignore_ascii_case(wire))
}

/// Whether the client asks for pages by name: `*/*` is what programs send that want data.
fn accepts_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|value| value.split(',')).filter_map(|part| part.split(';').next());
    kinds.any(|kind| ["text/html", "application/xhtml+xml"].contains(&kind.trim()))
}

fn policy(path: &str) -> &'static str {
    if path == DIAGRAM { DIAGRAM_POLICY } else { POLICY }
}

fn respond(file: Served, headers: &HeaderMap) -> Response {
    let Served { path, kind, data, tag } = file;
    // Names under assets/ change with their content.
    let caching =
        if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response =
        if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Response::new(Body::from(data))
        };
    for (name, value) in [
        (header::CONTENT_TYPE, kind.as_str()),
        (header::CACHE_CONTROL, caching),
        (header::ETAG, &tag),
        (header::CONTENT_SECURITY_POLICY, policy(&path)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "accept"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directives(path: &str) -> Vec<&'static str> {
        policy(path).split(';').map(str::trim).collect()
    }

    #[test]
    fn the_frame_of_a_diagram_runs_scripts_but_has_no_origin_and_no_network() {
        let frame = directives("diagram.html");
        // Without `allow-same-origin`, which would give it the origin of the page.
        assert!(frame.contains(&"sandbox allow-scripts"), "{frame:?}");
        assert!(frame.contains(&"default-src 'none'"), "{frame:?}");
        assert!(frame.contains(&"frame-ancestors 'self'"), "{frame:?}");
        for fetching in ["connect-src", "img-src", "font-src", "frame-src", "worker-src"] {
            assert!(!frame.iter().any(|directive| directive.starts_with(fetching)), "{frame:?}");
        }
    }

    #[test]
    fn every_other_file_runs_only_scripts_of_ours_and_is_in_no_frame() {
        for path in ["index.html", "assets/index.js", "assets/diagram.html"] {
            let page = directives(path);
            assert!(page.contains(&"script-src 'self'"), "{path}: {page:?}");
            assert!(page.contains(&"frame-ancestors 'none'"), "{path}: {page:?}");
            assert!(!page.iter().any(|directive| directive.contains("unsafe")), "{path}: {page:?}");
        }
    }
}
