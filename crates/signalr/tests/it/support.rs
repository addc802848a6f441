//! A hub for the tests, a server for it, and a client that speaks the protocol by hand.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::serve::ListenerExt as _;
use futures_util::{SinkExt as _, StreamExt as _};
use http::request::Parts;
use serde_json::{Value, json};
use signalr::{
    Authenticate, Broadcast, Bus, Call, Connection, Hub, HubError, HubServer, Invocation, Limits, Method,
    Options, Rejection, Reply, Slots, Start,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tower::ServiceExt as _;

/// How long a test waits for anything.
pub const LIMIT: Duration = Duration::from_secs(10);

#[derive(Default)]
pub struct TestHub {
    /// Ends the method `Wait`, once a notification.
    pub gate: Arc<Notify>,
    pub gone: Arc<AtomicUsize>,
    pub doorman: Doorman,
}

#[derive(Default)]
pub struct Doorman {
    pub token: Option<&'static str>,
    pub expires_after: Option<Duration>,
}

impl Authenticate for Doorman {
    type Caller = String;

    async fn authenticate(&self, _request: &Parts, token: Option<&str>) -> Result<String, Rejection> {
        match self.token {
            Some(wanted) if token != Some(wanted) => Err(Rejection::Unauthorized),
            _ => Ok(token.unwrap_or("anyone").to_owned()),
        }
    }

    fn same_caller(&self, first: &String, now: &String) -> bool {
        first == now
    }

    fn expires(&self, _caller: &String) -> Option<tokio::time::Instant> {
        Some(tokio::time::Instant::now() + self.expires_after?)
    }
}

impl Hub for TestHub {
    type Auth = Doorman;
    type Topic = String;
    type Event = Broadcast;

    fn auth(&self) -> &Doorman {
        &self.doorman
    }

    fn project<'a>(&'a self, _seq: u64, event: &'a Broadcast) -> Option<Invocation<'a>> {
        Some(event.invocation())
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[
            Method::new("Echo"),
            Method::new("Join"),
            Method::new("Leave"),
            Method::new("Tell"),
            Method::new("Nothing"),
            Method::new("Fail"),
            Method::new("Panic"),
            Method::new("Wait"),
            Method::new("Ask"),
            Method::new("AskLater"),
            Method::new("Bye"),
            Method::stream("Count"),
            Method::stream("Forever"),
            Method::stream("Break"),
            Method::new("Sum").uploads(1),
        ];
        METHODS
    }

    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        connection.follow(&"all".to_owned(), Start::Now);
        if connection.headers().get("x-refuse").is_some() {
            return Err(HubError::message("not you"));
        }
        if connection.headers().get("x-ponder").is_some() {
            connection.send(Invocation::new("Told").arg("wait")).await?;
            connection.closed().await;
        }
        Ok(())
    }

    async fn invoke(&self, connection: &Connection<Self>, mut call: Call) -> Result<Reply, HubError> {
        match call.method() {
            "Echo" => {
                let (value,): (Value,) = call.arguments()?;
                Ok(Reply::value(value))
            }
            "Join" => {
                let (room,): (String,) = call.arguments()?;
                connection.follow(&room, Start::Now);
                Ok(Reply::Void)
            }
            "Leave" => {
                let (room,): (String,) = call.arguments()?;
                connection.unfollow(&room);
                Ok(Reply::Void)
            }
            "Tell" => {
                let text: String = call.argument(0)?;
                connection.send(Invocation::new("Told").arg(&text)).await?;
                Ok(Reply::Void)
            }
            "Nothing" => Ok(Reply::Void),
            "Fail" => match call.argument::<String>(0)?.as_str() {
                "deliberate" => Err(HubError::message("as you wish")),
                "unauthorized" => Err(HubError::Unauthorized),
                _ => Err(HubError::internal("IoError", "the disk is full")),
            },
            "Panic" => panic!("a panic in a hub method"),
            "Wait" => {
                self.gate.notified().await;
                Ok(Reply::value("waited"))
            }
            "Ask" => {
                let limit: u64 = call.argument(0)?;
                let question = Invocation::new("Question").arg("what?");
                let answer: Value = connection.invoke_client(question, Duration::from_millis(limit)).await?;
                Ok(Reply::value(answer))
            }
            "AskLater" => {
                let (connection, gate) = (connection.clone(), self.gate.clone());
                tokio::spawn(async move {
                    gate.notified().await;
                    let answer: Value =
                        connection.invoke_client(Invocation::new("Question"), LIMIT).await.unwrap();
                    connection.send(Invocation::new("Told").arg(answer)).await.unwrap();
                });
                Ok(Reply::Void)
            }
            "Bye" => {
                connection.close(Some("you asked for it"), false);
                Ok(Reply::Void)
            }
            "Count" => {
                let (to,): (u32,) = call.arguments()?;
                Ok(Reply::stream(futures_util::stream::iter((0..to).map(Ok))))
            }
            "Forever" => Ok(Reply::stream(async_stream::stream! {
                yield Ok("first");
                std::future::pending::<()>().await;
            })),
            "Break" => {
                Ok(Reply::stream(futures_util::stream::iter([Ok(1), Err(HubError::message("broken"))])))
            }
            "Sum" => {
                let mut upload = call.take_upload().expect("the method takes one");
                let mut sum = 0;
                while let Some(item) = upload.next::<i64>().await {
                    sum += item?;
                }
                Ok(Reply::value(sum))
            }
            _ => Err(HubError::UnknownMethod),
        }
    }

    async fn disconnected(&self, _connection: &Connection<Self>) {
        self.gone.fetch_add(1, Ordering::SeqCst);
    }
}

/// A hub at `/hub` on a port of its own.
pub struct TestServer {
    pub hub: HubServer<TestHub>,
    pub address: SocketAddr,
}

pub async fn serve(hub: TestHub, options: Options) -> TestServer {
    let bus = Bus::new(Limits::default(), 0);
    let hub = HubServer::new(hub, bus, Slots::default(), options);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let listener = listener.tap_io(|socket| signalr::prepare(socket).unwrap());
    let router = hub.router("/hub");
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    TestServer { hub, address }
}

pub async fn start() -> TestServer {
    serve(TestHub::default(), Options::default()).await
}

impl TestServer {
    /// Opens a WebSocket and shakes hands for JSON, without negotiation.
    pub async fn connect(&self) -> Client {
        let mut client = self.open("").await;
        client.shake_hands().await;
        client
    }

    /// Opens a WebSocket without a handshake.
    pub async fn open(&self, query: &str) -> Client {
        let url = format!("ws://{}/hub{query}", self.address);
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        Client::of(socket)
    }

    /// A request to the hub's routes, without a network.
    pub async fn request(&self, request: http::Request<Body>) -> http::Response<Body> {
        let router: Router = self.hub.router("/hub");
        router.oneshot(request).await.unwrap()
    }

    pub fn publish(&self, topic: &str, target: &'static str, argument: impl signalr::Payload + 'static) {
        self.hub.bus().publish(&[topic.to_owned()], Broadcast::new(target).arg(argument));
    }

    /// Waits until `done`, looking again and again.
    pub async fn until(&self, done: impl Fn(&HubServer<TestHub>) -> bool) {
        let waiting = async {
            while !done(&self.hub) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(LIMIT, waiting).await.expect("the condition comes true in time");
    }
}

pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    records: VecDeque<Value>,
}

impl Client {
    pub fn of(socket: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Self {
        Self { socket, records: VecDeque::new() }
    }

    pub async fn shake_hands(&mut self) {
        self.say(&json!({ "protocol": "json", "version": 1 })).await;
        assert_eq!(self.hear().await, json!({}));
    }

    pub async fn say(&mut self, record: &Value) {
        self.say_text(format!("{record}\u{1e}")).await;
    }

    pub async fn say_text(&mut self, text: impl Into<String>) {
        self.socket.send(Message::Text(text.into().into())).await.unwrap();
    }

    pub async fn call(&mut self, id: &str, target: &str, arguments: Value) {
        self.say(&json!({ "type": 1, "invocationId": id, "target": target, "arguments": arguments })).await;
    }

    /// The next record other than a ping.
    pub async fn hear(&mut self) -> Value {
        self.hear_or_end().await.expect("a record before the end")
    }

    pub async fn hear_or_end(&mut self) -> Option<Value> {
        loop {
            if let Some(record) = self.records.pop_front() {
                if record["type"] == 6 {
                    continue;
                }
                return Some(record);
            }
            match self.frame().await? {
                Message::Text(text) => {
                    let records =
                        text.split_terminator('\u{1e}').map(|one| serde_json::from_str(one).unwrap());
                    self.records.extend(records);
                }
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// The next frame as it comes.
    pub async fn frame(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(LIMIT, self.socket.next()).await.expect("a frame in time");
        next.and_then(Result::ok)
    }
}
