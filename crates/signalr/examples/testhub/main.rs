//! The hub and the endpoints that Microsoft's TypeScript functional tests expect of a server
//! (`clients/ts/FunctionalTests` in dotnet/aspnetcore), and a little more for the tests in `clients/signalr`.
//!
//! `testhub [ADDRESS [TLS_ADDRESS]]` prints `listening on http://ADDRESS`, then `listening on https://ADDRESS`, once it
//! is ready. The certificate is made for this run.

mod hub;
mod tls;
mod tokens;

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state, map_request};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{any, get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use hub::{TestHub, Visitors};
use serde::Deserialize;
use serde_json::{Value, json};
use signalr::{
    Anyone, Broadcast, Bus, HubServer, Invocation, Limits, Options, RawConnection, RawServer, Slots,
    TransferFormat, Transports, plain_path,
};
use tls::Tls;
use tokens::Tokens;
use tokio::net::TcpListener;
use tower::Layer as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut addresses = std::env::args().skip(1);
    let mut address = || addresses.next().unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let (plain, encrypted) = (TcpListener::bind(address()).await?, TcpListener::bind(address()).await?);
    let tokens = Tokens::new()?;
    let router = router(&tokens);
    // The tests write paths as they like.
    let serve = |encrypted| {
        let answering = router.clone().layer(from_fn_with_state(Encrypted(encrypted), answer_for_browsers));
        ServiceExt::<Request>::into_make_service(map_request(lower_case_path).layer(answering))
    };
    print_line(&format!("listening on http://{}", plain.local_addr()?));
    print_line(&format!("listening on https://{}", encrypted.local_addr()?));
    let plain = plain.tap_io(|socket| drop(signalr::prepare(socket)));
    tokio::try_join!(axum::serve(plain, serve(false)), axum::serve(Tls::over(encrypted)?, serve(true)))?;
    Ok(())
}

fn router(tokens: &Tokens) -> Router {
    let bus: Bus<String, Broadcast> = Bus::new(Limits::default(), 0);
    let options = || Options { detailed_errors: true, stateful_reconnect: true, ..Options::default() };
    let server = |visitors, creatable, options| {
        HubServer::new(
            TestHub { visitors, creatable, bus: bus.clone() },
            bus.clone(),
            Slots::default(),
            options,
        )
    };
    let testhub = server(Visitors::Everyone, true, options());
    let transports = Transports { websockets: false, ..Transports::default() };
    let no_websockets = server(Visitors::Everyone, true, Options { transports, ..options() });
    let refuse = || async { (StatusCode::BAD_REQUEST, "Some response from server") };
    Router::new()
        .merge(testhub.router("/testhub"))
        .merge(no_websockets.router("/testhub-nowebsockets"))
        .merge(server(Visitors::Holders(tokens.clone()), true, options()).router("/authorizedhub"))
        .merge(server(Visitors::Everyone, false, options()).router("/uncreatable"))
        .merge(RawServer::new(Anyone, Options::default(), |connection, ()| echo(connection)).router("/echo"))
        .route("/echoredirect", any(to_echo))
        .route("/echoredirect/negotiate", any(to_echo))
        .route("/redirect/negotiate", any(redirect))
        .route("/bad-negotiate/negotiate", post(refuse))
        .route("/generatejwttoken", get(issue).with_state(tokens.clone()))
        .route("/clientresult/{id}", get(client_result).with_state(testhub))
}

async fn echo(mut connection: RawConnection) {
    while let Some(bytes) = connection.receive().await {
        if connection.send(bytes, TransferFormat::Text).await.is_err() {
            return;
        }
    }
}

async fn to_echo(uri: Uri) -> Redirect {
    Redirect::temporary(&uri.to_string().replacen("echoredirect", "echo", 1))
}

async fn issue(State(tokens): State<Tokens>) -> Result<String, StatusCode> {
    tokens.issue().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

#[expect(clippy::print_stdout, reason = "the starting program waits for this line")]
fn print_line(line: &str) {
    println!("{line}");
}

async fn lower_case_path(request: Request) -> Request {
    // A connection id is in the path only where its case matters.
    if request.uri().path().starts_with("/clientresult/") { request } else { plain_path(request, "/") }
}

/// Whether requests come over TLS.
#[derive(Clone, Copy)]
struct Encrypted(bool);

/// The cookies and the cross-origin headers that the tests look for.
async fn answer_for_browsers(
    State(Encrypted(encrypted)): State<Encrypted>,
    request: Request,
    next: Next,
) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
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
        // Pages of another origin get their cookies back only so, and only over TLS.
        let reach = if encrypted { "; SameSite=None; Secure" } else { "" };
        for cookie in cookies {
            if let Ok(cookie) = HeaderValue::from_str(&format!("{cookie}{reach}")) {
                headers.append(header::SET_COOKIE, cookie);
            }
        }
    }
    if let Some(origin) = origin {
        allow_origin(headers, origin, asked);
    }
    response
}

/// Lets pages of `origin` in, with the headers that they `asked` for.
fn allow_origin(headers: &mut HeaderMap, origin: HeaderValue, asked: Option<HeaderValue>) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    if let Some(asked) = asked {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
    }
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
