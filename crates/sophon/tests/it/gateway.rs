//! A gateway that plays a script: enough of the REST wire and of the chat hub to make both go wrong on purpose.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};
use tokio::time::timeout;

/// How long anything is waited for.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// The text that a time has here.
const AT: &str = "2026-11-22T12:00:00.000Z";

/// What the agent does with a message.
#[derive(Clone)]
pub enum Step {
    /// Writes a piece.
    Say(&'static str),
    /// Calls a tool, which works or not.
    Tool(&'static str, bool),
    /// Says that what it wrote is void.
    BeginAgain,
    /// Every hub connection is cut; goes on when somebody has joined again.
    HangUp,
    /// Every hub connection is cut; goes on at once.
    HangUpForGood,
    /// Something that no client knows.
    Unknown,
    /// Waits until the test lets it go on.
    AwaitTest,
    /// Waits until someone cancels.
    AwaitCancel,
    /// Goes on for ever, whoever cancels.
    Stall,
    /// What was written so far is all, for this reason.
    Cut(&'static str),
    /// Ends with an error.
    Fail(&'static str),
    /// Ends with an error of a model provider.
    FailOfProvider(&'static str),
}

/// A running gateway.
#[derive(Clone)]
pub struct Gateway {
    pub url: String,
    world: Arc<World>,
}

/// What the gateway knows, and what was done to it.
struct World {
    script: Mutex<Vec<Step>>,
    access: Mutex<Option<String>>,
    refresh: Mutex<Option<String>>,
    refreshes: Mutex<u32>,
    refused_sends: Mutex<u32>,
    keys: Mutex<Vec<String>>,
    sent: Mutex<Vec<String>>,
    sessions: Mutex<u32>,
    text: Mutex<String>,
    finish_reason: Mutex<Option<&'static str>>,
    status: Mutex<&'static str>,
    joins: watch::Sender<u32>,
    may_go_on: tokio::sync::Notify,
    cancelled: watch::Sender<bool>,
    frames: broadcast::Sender<Frame>,
}

#[derive(Clone)]
enum Frame {
    Records(String),
    HangUp,
}

impl Gateway {
    /// A gateway that lets everyone in and answers each message by `script`.
    pub async fn start(script: &[Step]) -> Self {
        let world = Arc::new(World {
            script: Mutex::new(script.to_vec()),
            access: Mutex::default(),
            refresh: Mutex::default(),
            refreshes: Mutex::default(),
            refused_sends: Mutex::default(),
            keys: Mutex::default(),
            sent: Mutex::default(),
            sessions: Mutex::default(),
            text: Mutex::default(),
            finish_reason: Mutex::default(),
            status: Mutex::new("queued"),
            joins: watch::Sender::new(0),
            may_go_on: tokio::sync::Notify::new(),
            cancelled: watch::Sender::new(false),
            frames: broadcast::Sender::new(1024),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = router(world.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, world }
    }

    /// From now on only `access` is let in, and `refresh` gives another, once.
    pub fn want(&self, access: &str, refresh: &str) {
        *self.world.access.lock() = Some(access.to_owned());
        *self.world.refresh.lock() = Some(refresh.to_owned());
    }

    /// The next `count` messages are answered with 503, after they were stored.
    pub fn refuse_sends(&self, count: u32) {
        *self.world.refused_sends.lock() = count;
    }

    /// How often a sign-in was renewed.
    pub fn refreshes(&self) -> u32 {
        *self.world.refreshes.lock()
    }

    /// The messages that were applied.
    pub fn sent(&self) -> Vec<String> {
        self.world.sent.lock().clone()
    }

    /// How many sessions were made.
    pub fn sessions(&self) -> u32 {
        *self.world.sessions.lock()
    }

    /// Lets the agent go on that waits for it, or will.
    pub fn go_on(&self) {
        self.world.may_go_on.notify_one();
    }

    /// Whether someone has cancelled.
    pub fn was_cancelled(&self) -> bool {
        *self.world.cancelled.borrow()
    }

    /// Waits until someone has cancelled.
    pub async fn cancelled(&self) {
        self.world.cancelled().await;
    }
}

fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/api/health", get(async || Json(json!({"status": "ok"}))))
        .route("/api/auth/refresh", post(refresh))
        .route("/api/auth/me", get(me))
        .route("/api/sessions", post(create_session))
        .route("/api/sessions/{id}/messages", get(messages))
        .route("/api/chat", post(send))
        .route("/api/tasks/{id}", get(task))
        .route("/hubs/chat", get(hub))
        .with_state(world)
}

fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({"error": {"code": code, "message": message, "requestId": "req_test"}});
    (status, [("X-Sophon-Request-Id", "req_test")], Json(body)).into_response()
}

impl World {
    /// The 401 for whoever shows the wrong credential.
    fn turn_away(&self, headers: &HeaderMap) -> Option<Response> {
        let wanted = format!("Bearer {}", self.access.lock().as_ref()?);
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let refusal = || refused(StatusCode::UNAUTHORIZED, "unauthenticated", "Who are you?");
        (shown != Some(&wanted)).then(refusal)
    }

    /// Tells an event; every one has a number, and those of a task say what it is.
    fn tell(&self, target: &str, payload: &Value) {
        let mut payload = payload.clone();
        payload["seq"] = json!(1);
        if target.starts_with("Task") {
            payload["kind"] = json!("chat");
            payload["description"] = json!("");
        }
        let record = json!({"type": 1, "target": target, "arguments": [payload]});
        // Nobody needs to be connected.
        let _nobody = self.frames.send(Frame::Records(format!("{record}\u{1e}")));
    }

    fn end(&self, status: &'static str, target: &str, mut payload: Value) {
        *self.status.lock() = status;
        payload["taskId"] = json!("task_1");
        payload["sessionId"] = json!("ses_1");
        payload["durationMs"] = json!(5);
        self.tell(target, &payload);
    }

    fn answer(&self) -> Value {
        json!({"id": 2, "messageId": "msg_2", "sessionId": "ses_1", "role": "agent", "content": *self.text.lock(),
            "status": "delivered", "taskId": "task_1", "msgType": "chat", "attachments": [], "toolCalls": [],
            "finishReason": *self.finish_reason.lock(), "createdAt": AT, "updatedAt": AT})
    }

    async fn joined_again(&self, before: u32) {
        let mut joins = self.joins.subscribe();
        timeout(PATIENCE, joins.wait_for(|joins| *joins > before)).await.expect("in time").expect("open");
    }

    async fn cancelled(&self) {
        let mut cancelled = self.cancelled.subscribe();
        timeout(PATIENCE, cancelled.wait_for(|it| *it)).await.expect("in time").expect("open");
    }

    /// Plays the script to its end.
    async fn play(self: Arc<Self>) {
        let ids = json!({"taskId": "task_1", "sessionId": "ses_1"});
        self.tell("TaskQueued", &ids);
        *self.status.lock() = "running";
        let steps = self.script.lock().clone();
        for step in steps {
            let joins = *self.joins.borrow();
            match step {
                Step::Say(text) => self.say(text),
                Step::Tool(name, ok) => self.tool(name, ok),
                Step::Unknown => self.tell("SomethingNew", &json!({"what": 1})),
                Step::BeginAgain => {
                    self.text.lock().clear();
                    let mut status = ids.clone();
                    status["status"] = json!("resuming");
                    self.tell("AgentStatus", &status);
                }
                Step::HangUp => {
                    let _nobody = self.frames.send(Frame::HangUp);
                    self.joined_again(joins).await;
                }
                Step::HangUpForGood => {
                    let _nobody = self.frames.send(Frame::HangUp);
                }
                Step::AwaitTest => self.may_go_on.notified().await,
                Step::AwaitCancel => {
                    self.cancelled().await;
                    return self.end("cancelled", "TaskCancelled", json!({"cancelledBy": "usr_1"}));
                }
                Step::Cut(reason) => *self.finish_reason.lock() = Some(reason),
                Step::Stall => std::future::pending().await,
                Step::Fail(error) => return self.end("failed", "TaskFailed", json!({"error": error})),
                Step::FailOfProvider(error) => {
                    let error = json!({"error": error, "code": "upstream_unavailable"});
                    return self.end("failed", "TaskFailed", error);
                }
            }
        }
        self.tell("ReceiveMessage", &self.answer());
        self.end("completed", "TaskCompleted", json!({"tokensUsed": 7}));
    }

    fn say(&self, text: &str) {
        let offset = {
            let mut all = self.text.lock();
            all.push_str(text);
            all.len() - text.len()
        };
        let chunk = json!({"taskId": "task_1", "sessionId": "ses_1", "messageId": "msg_2", "delta": text,
            "offset": offset, "isFinal": false});
        self.tell("StreamChunk", &chunk);
    }

    fn tool(&self, name: &str, ok: bool) {
        let mut call = json!({"taskId": "task_1", "sessionId": "ses_1", "toolCallId": "call_1", "toolName": name, "argsHash": "00", "textOffset": 0});
        self.tell("ToolCallStarted", &call);
        call["durationMs"] = json!(3);
        call["ok"] = json!(ok);
        self.tell("ToolCallCompleted", &call);
    }
}

type Shared = State<Arc<World>>;

async fn refresh(State(world): Shared, Json(body): Json<Value>) -> Response {
    let mut refresh = world.refresh.lock();
    if refresh.is_none() || body["refreshToken"].as_str() != refresh.as_deref() {
        return refused(StatusCode::UNAUTHORIZED, "unauthenticated", "The sign-in has ended.");
    }
    *refresh = Some("refresh-next".to_owned());
    *world.refreshes.lock() += 1;
    let access = world.access.lock().clone();
    let body =
        json!({"accessToken": access, "refreshToken": "refresh-next", "expiresAt": AT, "user": user()});
    Json(body).into_response()
}

fn user() -> Value {
    json!({"id": "usr_1", "email": "a@example.com", "name": "A", "role": "Admin", "roleName": "Admin", "createdAt": AT,
        "tenant": {"id": "tenant_1", "slug": "default", "name": "Default"}, "permissions": []})
}

async fn me(State(world): Shared, headers: HeaderMap) -> Response {
    world.turn_away(&headers).unwrap_or_else(|| Json(user()).into_response())
}

async fn create_session(State(world): Shared, headers: HeaderMap) -> Response {
    if let Some(refusal) = world.turn_away(&headers) {
        return refusal;
    }
    *world.sessions.lock() += 1;
    let session = json!({"id": "ses_1", "title": "", "agentId": "agent_1", "ownerId": "usr_1", "visibility": "private",
        "status": "active", "mode": "async", "whileBusy": "queue", "messageCount": 0, "lastOutcome": null, "createdAt": AT, "updatedAt": AT});
    (StatusCode::CREATED, Json(session)).into_response()
}

async fn messages(State(world): Shared) -> Response {
    Json(json!({"items": [world.answer()], "nextCursor": null, "hasMore": false})).into_response()
}

async fn task(State(world): Shared, Path(id): Path<String>) -> Response {
    let status = *world.status.lock();
    Json(json!({"id": id, "sessionId": "ses_1", "agentId": "agent_1", "userId": "usr_1", "kind": "chat",
        "description": "", "status": status, "isStreaming": true, "tokensUsed": 0, "attempt": 1,
        "requestMessageId": "msg_1", "replyMessageId": "msg_2", "createdAt": AT, "durationMs": 1, "toolCalls": [], "children": []}))
    .into_response()
}

async fn send(State(world): Shared, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refusal) = world.turn_away(&headers) {
        return refusal;
    }
    let key = headers["Idempotency-Key"].to_str().expect("a key").to_owned();
    if !world.keys.lock().contains(&key) {
        world.keys.lock().push(key);
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        world.sent.lock().push(body["content"].as_str().expect("content").to_owned());
        world.text.lock().clear();
        tokio::spawn(world.clone().play());
    }
    let mut refused_sends = world.refused_sends.lock();
    if *refused_sends > 0 {
        *refused_sends -= 1;
        return refused(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable", "Not now.");
    }
    let accepted = json!({"taskId": "task_1", "sessionId": "ses_1", "messageId": "msg_1"});
    (StatusCode::ACCEPTED, Json(accepted)).into_response()
}

async fn hub(State(world): Shared, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    // Hubs refuse with a bare status.
    if world.turn_away(&headers).is_some() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    upgrade.on_upgrade(move |socket| serve_hub(world, socket))
}

async fn serve_hub(world: Arc<World>, mut socket: WebSocket) {
    let mut frames = world.frames.subscribe();
    loop {
        let answer = tokio::select! {
            frame = frames.recv() => match frame {
                Ok(Frame::Records(records)) => records,
                Ok(Frame::HangUp) | Err(_) => return,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => text.split_terminator('\u{1e}').map(|record| world.answer_to(record)).collect(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                _ => return,
            },
        };
        if socket.send(Message::text(answer)).await.is_err() {
            return;
        }
    }
}

impl World {
    /// What a record is answered with: nothing to a ping.
    fn answer_to(&self, record: &str) -> String {
        let record: Value = serde_json::from_str(record).expect("JSON");
        if record["protocol"] == "json" {
            // Records that follow the handshake share its message.
            return "{}\u{1e}{\"type\":6}\u{1e}".to_owned();
        }
        if record["type"] != 1 {
            return String::new();
        }
        let mut completion = json!({"type": 3, "invocationId": record["invocationId"]});
        match record["target"].as_str() {
            Some("JoinSession") if record["arguments"][0]["sessionId"] == "ses_close" => {
                return "{\"type\":7,\"error\":\"The gateway is restarting.\"}\u{1e}".to_owned();
            }
            Some("JoinSession") if record["arguments"][0]["sessionId"] != "ses_1" => {
                completion["error"] = json!(
                    "An unexpected error occurred invoking 'JoinSession' on the server. HubException: not_found: There is no such session."
                );
            }
            Some("JoinSession") => {
                let text = self.text.lock().clone();
                let pending = json!([{"taskId": "task_1", "messageId": "msg_2", "offset": text.len(), "content": text}]);
                let is_running = *self.status.lock() == "running";
                let pending = if is_running { pending } else { json!([]) };
                completion["result"] =
                    json!({"sessionId": "ses_1", "seq": 1, "complete": true, "pending": pending});
                self.joins.send_modify(|joins| *joins += 1);
            }
            Some("CancelTask") => {
                self.cancelled.send_replace(true);
            }
            other => panic!("{other:?} is not played"),
        }
        // An event may come in the same message before the answer.
        format!("{{\"type\":1,\"target\":\"SomethingNew\",\"arguments\":[]}}\u{1e}{completion}\u{1e}")
    }
}
