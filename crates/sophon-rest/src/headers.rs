//! Headers that restrict what browsers do with an answer. What a handler has set itself stays.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// For data: nothing in it is ever to be run or shown as a page.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// For pages that set no policy of their own.
const PAGE_POLICY: &str = "frame-ancestors 'none'; base-uri 'self'; object-src 'none'";
/// For the Swagger page, which styles itself in place and draws its icons from data addresses.
const SWAGGER_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                              frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/// Adds them.
pub(crate) async fn security_headers(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (policy, is_data) = if path == "/api" || path.starts_with("/api/") {
        (DATA_POLICY, true)
    } else if path == "/swagger" || path.starts_with("/swagger/") {
        (SWAGGER_POLICY, false)
    } else {
        (PAGE_POLICY, false)
    };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    unless_set(headers, header::CONTENT_SECURITY_POLICY, policy);
    unless_set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    unless_set(headers, header::REFERRER_POLICY, "no-referrer");
    if is_data {
        // No page of another site embeds it, whatever it takes it for.
        unless_set(headers, CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
        unless_set(headers, header::CACHE_CONTROL, "no-store");
    }
    response
}

fn unless_set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
