//! What every response bears and every request leaves behind: an id, a body if it failed, one line in the log, and
//! two figures.

use std::error::Error as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use sophon_api::{ErrorBody, Failure};
use sophon_core::database::Database;
use sophon_model::{Error, Id};
use tracing::Instrument;

use crate::error::ApiError;

/// The header that bears the request's id.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-sophon-request-id");
/// The header in which a client names its request itself. It is answered as it came, and logged.
pub(crate) const OWN: HeaderName = HeaderName::from_static("x-request-id");
/// The longest such name, in bytes.
const LONGEST_OWN: usize = 128;
/// What stands for the route of a request that no route matched. The path itself would make the set of metric labels
/// as large as strangers like.
const UNMATCHED: &str = "unmatched";

/// The id of a request. Ours alone: clients cannot choose it.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) String);

impl From<String> for RequestId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Id for RequestId {
    const PREFIX: &'static str = "req_";
}

/// Runs the request under its id. A panic below is answered like any error of ours.
pub(crate) async fn observe(State(db): State<Arc<Database>>, mut request: Request, next: Next) -> Response {
    let RequestId(id) = db.new_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = known(request.method());
    let own = own(request.headers());
    let named = own.as_ref().and_then(|own| own.to_str().ok());
    let span = tracing::info_span!("request", request.id = %id, client.request.id = named, method, route = tracing::field::Empty);
    let started = Instant::now();
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let mut response = answered.unwrap_or_else(|panic| panicked(&*panic));
    let route = response.extensions_mut().remove::<MatchedPath>();
    let route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    span.record("route", route);
    let failure = response.extensions_mut().remove::<Failure>();
    let elapsed = started.elapsed();
    count(method, route, response.status().as_u16(), elapsed);
    span.in_scope(|| log(&response, failure.as_ref(), elapsed));
    if let Some(Failure(error)) = failure {
        response = with_body(response, &error, &id);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, id);
    }
    if let Some(own) = own {
        response.headers_mut().insert(OWN, own);
    }
    response
}

/// How the client names its request, if it does so once and in a form that is fit for logs.
fn own(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut names = headers.get_all(OWN).iter();
    let (Some(name), None) = (names.next(), names.next()) else { return None };
    let is_fit = (1..=LONGEST_OWN).contains(&name.len()) && name.as_bytes().iter().all(u8::is_ascii_graphic);
    is_fit.then(|| name.clone())
}

/// Leaves the route of a request on its response: it is chosen further in than where requests are counted.
pub async fn leave_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let cause = format!("panicked: {}", text.unwrap_or("without words"));
    ApiError::from(Error::internal(cause)).into_response()
}

/// The failed response with its envelope, under the status and headers it has.
fn with_body(response: Response, error: &Error, id: &str) -> Response {
    let (mut head, _) = response.into_parts();
    let (json, body) = Json(ErrorBody::new(error, id)).into_response().into_parts();
    head.headers.remove(http::header::CONTENT_LENGTH);
    head.headers.extend(json.headers);
    Response::from_parts(head, body)
}

fn log(response: &Response, failure: Option<&Failure>, elapsed: Duration) {
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    match failure {
        // Refused on purpose: too much to do, or the gateway drains.
        Some(Failure(error)) if status == 503 && error.source().is_none() => {
            tracing::warn!(status, duration_ms, code = error.code(), "request refused");
        }
        Some(Failure(error)) if status >= 500 => {
            let cause = error.source().map(ToString::to_string);
            tracing::error!(status, duration_ms, code = error.code(), cause, "request failed");
        }
        Some(Failure(error)) => tracing::info!(status, duration_ms, code = error.code(), "request"),
        None => tracing::info!(status, duration_ms, "request"),
    }
}

fn count(method: &'static str, route: &str, status: u16, elapsed: Duration) {
    let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
    metrics::counter!("sophon_http_requests_total", &labels).increment(1);
    metrics::histogram!("sophon_http_request_duration_seconds", &labels[..2]).record(elapsed.as_secs_f64());
}

/// The method as a label: one of a fixed set, whatever the client sends.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
