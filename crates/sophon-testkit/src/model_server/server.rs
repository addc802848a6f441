//! The server itself.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::rules::Gates;
use super::script::Head;
use super::{RecordedRequest, Script, Wire, lists, playback};
use crate::gate::until;
use crate::strict_roles::check_request;

/// The longest request, in bytes.
const LONGEST_REQUEST: usize = 16 * 1024 * 1024;

/// A running server. It ends when this is dropped.
pub struct ModelServer {
    address: SocketAddr,
    state: Arc<Shared>,
    serving: AbortHandle,
}

struct Shared {
    rule: Box<dyn Fn(&RecordedRequest) -> Script + Send + Sync>,
    requests: watch::Sender<Vec<RecordedRequest>>,
    list: Mutex<Script>,
    lists: watch::Sender<usize>,
    answering: watch::Sender<usize>,
    gates: Gates,
}

impl ModelServer {
    /// A server that does what `rule` says for each request.
    pub async fn start(rule: impl Fn(&RecordedRequest) -> Script + Send + Sync + 'static) -> Self {
        Self::start_on(0, Gates::default(), rule).await.expect("a port on loopback")
    }

    /// A server that plays `scripts`, one a request, in order, and refuses with 500 once they are played.
    pub async fn playing(scripts: impl IntoIterator<Item = Script>) -> Self {
        let scripts: Mutex<VecDeque<Script>> = Mutex::new(scripts.into_iter().collect());
        Self::start(move |_| {
            let next = scripts.lock().pop_front();
            next.unwrap_or_else(|| Script::refuse(500, "All scripts have been played."))
        })
        .await
    }

    /// A server on `port` of loopback (any free one if 0) whose named gates are `gates`.
    pub async fn start_on(
        port: u16,
        gates: Gates,
        rule: impl Fn(&RecordedRequest) -> Script + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Shared {
            rule: Box::new(rule),
            requests: watch::Sender::default(),
            list: Mutex::new(Script::refuse(404, "There is no list.")),
            lists: watch::Sender::default(),
            answering: watch::Sender::default(),
            gates,
        });
        let app = Router::new()
            .route("/_control/requests", get(requests))
            .route("/_control/gates/{name}", post(open_gate))
            .fallback(answer)
            .layer(DefaultBodyLimit::max(LONGEST_REQUEST))
            .with_state(state.clone());
        // A chunk must not wait for the next one.
        let listener = listener.tap_io(|connection| {
            let _ = connection.set_nodelay(true);
        });
        let serving = tokio::spawn(async move { axum::serve(listener, app).await }).abort_handle();
        Ok(Self { address, state, serving })
    }

    /// The URL of the server, without a path: the base URL for all but OpenAI.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The base URL for chat completions and responses.
    pub fn openai_url(&self) -> String {
        format!("{}/v1", self.url())
    }

    /// Says what becomes of requests for the list of models from now on. They are not among [`Self::requests`].
    pub fn list(&self, script: Script) {
        *self.state.list.lock() = script;
    }

    /// How often the list of models was asked for.
    pub fn lists(&self) -> usize {
        *self.state.lists.borrow()
    }

    /// What was asked so far, in order.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.requests.borrow().clone()
    }

    /// Waits until `count` requests have come. Panics after 20 seconds.
    pub async fn wait_for_requests(&self, count: usize) {
        until(&self.state.requests, "the requests did not come", |requests| requests.len() >= count).await;
    }

    /// Waits until no answer is being given, because all were finished or their clients have gone. Panics after 20
    /// seconds.
    pub async fn wait_until_idle(&self) {
        until(&self.state.answering, "an answer is still being given", |answering| *answering == 0).await;
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn requests(State(state): State<Arc<Shared>>) -> Json<Value> {
    Json(serde_json::to_value(&*state.requests.borrow()).unwrap_or_default())
}

async fn open_gate(State(state): State<Arc<Shared>>, Path(name): Path<String>) -> StatusCode {
    state.gates.named(&name).open();
    StatusCode::NO_CONTENT
}

async fn answer(State(state): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if parts.method == Method::GET
        && let Some(wire) = lists::wire_of(&parts.uri, &parts.headers)
    {
        state.lists.send_modify(|lists| *lists += 1);
        let script = state.list.lock().clone();
        return respond(script, wire, state).await;
    }
    let Some(wire) = Wire::of_path(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let body = axum::body::to_bytes(body, LONGEST_REQUEST).await.ok();
    let Some(body) = body.and_then(|body| serde_json::from_slice(&body).ok()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let request = RecordedRequest { path, wire, headers: parts.headers, body };
    // As servers with strict templates do: a gateway whose conversations are refused must not pass a test.
    let script = match check_request(wire, &request.body) {
        Ok(()) => (state.rule)(&request),
        Err(problem) => Script::refuse(400, &problem),
    };
    state.requests.send_modify(|requests| requests.push(request));
    respond(script, wire, state).await
}

async fn respond(script: Script, wire: Wire, state: Arc<Shared>) -> Response {
    let busy = Busy::new(state);
    match &script.head {
        Head::Answer => {
            let body = Body::from_stream(playback::play(script, wire, busy));
            ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
        }
        Head::Refusal { status, message, retry_after } => {
            refused(wire, *status, message, retry_after.as_deref())
        }
        Head::Recorded { status, headers } => {
            let mut head = Response::builder().status(*status);
            for (name, value) in headers {
                head = head.header(name, value);
            }
            let body = Body::from_stream(playback::play(script, wire, busy));
            head.body(body).expect("a status and headers that HTTP knows")
        }
        Head::Silence => std::future::pending().await,
        Head::Models(names) => Json(lists::list(wire, names)).into_response(),
    }
}

fn refused(wire: Wire, status: u16, message: &str, retry_after: Option<&str>) -> Response {
    let mut response = Json(playback::refusal(wire, status, message)).into_response();
    *response.status_mut() = StatusCode::from_u16(status).expect("a status that HTTP knows");
    if let Some(value) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, value.parse().expect("a header value"));
    }
    response
}

/// Counts an answer for as long as it is being given.
struct Busy(Arc<Shared>);

impl Busy {
    fn new(state: Arc<Shared>) -> Self {
        state.answering.send_modify(|answering| *answering += 1);
        Self(state)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.answering.send_modify(|answering| *answering -= 1);
    }
}
