//! The hub and the endpoints that Microsoft's TypeScript functional tests expect of a server
//! (`clients/ts/FunctionalTests` in dotnet/aspnetcore), and a little more for the tests in `clients/signalr`.
//!
//! `testhub [ADDRESS]` prints `listening on http://ADDRESS` once it is ready.

mod hub;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, map_request};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use hub::{TOKEN, TestHub, Visitors};
use serde::Deserialize;
use serde_json::{Value, json};
use signalr::{Broadcast, Bus, HubServer, Invocation, Limits, Options, Slots, Transports};
use tokio::net::TcpListener;
use tower::Layer as _;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(address).await?;
    print_address(&format!("listening on http://{}", listener.local_addr()?));
    let bus: Bus<String, Broadcast> = Bus::new(Limits::default(), 1..u64::MAX);
    let options = || Options { detailed_errors: true, stateful_reconnect: true, ..Options::default() };
    let server = |authorized, options| {
        HubServer::new(
            TestHub { visitors: Visitors { authorized }, bus: bus.clone() },
            bus.clone(),
            Slots::default(),
            options,
        )
    };
    let testhub = server(false, options());
    let transports = Transports { websockets: false, ..Transports::default() };
    let router = Router::new()
        .merge(testhub.router("/testhub"))
        .merge(server(false, Options { transports, ..options() }).router("/testhub-nowebsockets"))
        .merge(server(true, options()).router("/authorizedhub"))
        .route("/redirect/negotiate", any(redirect))
        .route(
            "/bad-negotiate/negotiate",
            post(|| async { (StatusCode::BAD_REQUEST, "Some response from server") }),
        )
        .route("/generatejwttoken", get(|| async { TOKEN }))
        .route("/clientresult/{id}", get(client_result).with_state(testhub))
        .layer(from_fn(answer_for_browsers))
        .with_state(());
    // The tests write paths as they like.
    let service = map_request(lower_case_path).layer(router);
    let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
    axum::serve(listener, ServiceExt::<Request>::into_make_service(service)).await
}

#[expect(clippy::print_stdout, reason = "whoever started the program waits for this line")]
fn print_address(line: &str) {
    println!("{line}");
}

async fn lower_case_path(mut request: Request) -> Request {
    let uri = request.uri();
    // A connection id is in the path only where its case matters.
    if !uri.path().starts_with("/clientresult/") {
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        if let Ok(lower) = format!("{}{query}", uri.path().to_ascii_lowercase()).parse::<Uri>() {
            *request.uri_mut() = lower;
        }
    }
    request
}

/// The cookies and the cross-origin headers that the tests look for.
async fn answer_for_browsers(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let negotiates = request.uri().path().ends_with("/negotiate");
    let mut response = if request.method() == http::Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    if negotiates {
        let cookies = [
            "testCookie=testValue",
            "testCookie2=testValue2",
            "expiredCookie=doesntmatter; expires=Thu, 01 Jan 1970 00:00:00 GMT",
        ];
        for cookie in cookies {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
    }
    if let Some(origin) = origin {
        allow_origin(headers, origin);
    }
    response
}

fn allow_origin(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    let allowed = "authorization,content-type,x-requested-with,x-signalr-user-agent";
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(allowed));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET,POST,DELETE"));
}

#[derive(Deserialize)]
struct Base {
    #[serde(rename = "baseUrl")]
    base_url: String,
}

/// Sends a client on to the hub and counts how often it did so.
async fn redirect(Query(base): Query<Base>) -> Json<Value> {
    static REDIRECTS: AtomicU64 = AtomicU64::new(0);
    let count = REDIRECTS.fetch_add(1, Ordering::Relaxed) + 1;
    Json(json!({ "url": format!("{}/testHub?numRedirects={count}", base.base_url) }))
}

/// Asks one client for a result and gives it back.
async fn client_result(State(hub): State<HubServer<TestHub>>, Path(id): Path<String>) -> Response {
    let Some(connection) = id.parse().ok().and_then(|id| hub.connection(id)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match connection.invoke_client::<i64>(Invocation::new("Result"), Duration::from_secs(10)).await {
        Ok(result) => result.to_string().into_response(),
        Err(error) => error.to_string().into_response(),
    }
}
