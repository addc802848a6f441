//! The hub and the sign-in that the own integration tests of `pysignalr` expect of a server, written anew: see
//! `clients/signalr/python/pysignalr_suite.py`. `weatherhub` prints `listening on http://ADDRESS` once it is ready.

use std::time::Duration;

use axum::Json;
use axum::routing::post;
use axum::serve::ListenerExt as _;
use futures_util::stream;
use serde_json::{Value, json};
use signalr::{
    Anyone, Broadcast, Bus, Call, Connection, Hub, HubError, HubServer, Invocation, Limits, Method, Options,
    Reply, Slots, Start,
};

/// How long a client has for its result.
const TO_ANSWER: Duration = Duration::from_secs(10);

/// Whom an event is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Topic {
    Everyone,
    Group(String),
}

struct WeatherHub(Bus<Topic, Broadcast>);

impl WeatherHub {
    fn say(&self, to: Topic, user: String, message: String) {
        self.0.publish(&[to], Broadcast::new("ReceiveMessage").arg(user).arg(message));
    }
}

impl Hub for WeatherHub {
    type Auth = Anyone;
    type Topic = Topic;
    type Event = Broadcast;

    fn auth(&self) -> &Anyone {
        &Anyone
    }

    fn project<'a>(&'a self, _seq: u64, event: &'a Broadcast) -> Option<Invocation<'a>> {
        Some(event.invocation())
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[
            Method::new("SendMessage"),
            Method::new("AddToGroup"),
            Method::new("SendMessageToGroup"),
            Method::new("TriggerResultRequired"),
            Method::new("Echo"),
            Method::new("Fail"),
            Method::new("UploadStream").uploads(1),
            Method::stream("Countdown"),
        ];
        METHODS
    }

    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        connection.follow(&Topic::Everyone, Start::Now);
        Ok(())
    }

    async fn invoke(&self, connection: &Connection<Self>, mut call: Call) -> Result<Reply, HubError> {
        match call.method() {
            "SendMessage" => {
                let (user, message): (String, String) = call.arguments()?;
                self.say(Topic::Everyone, user, message);
            }
            "AddToGroup" => {
                let (name,): (String,) = call.arguments()?;
                let group = Topic::Group(name);
                connection.follow(&group, Start::Now);
                self.say(group, "System".into(), format!("{} has joined.", connection.id()));
            }
            "SendMessageToGroup" => {
                let (group, user, message): (String, String, String) = call.arguments()?;
                self.say(Topic::Group(group), user, message);
            }
            "TriggerResultRequired" => {
                let (user, message): (String, String) = call.arguments()?;
                let question = Invocation::new("ResultRequired").arg(message.clone());
                connection.invoke_client::<String>(question, TO_ANSWER).await?;
                connection.send(Invocation::new("SuccessReceivedMessage").arg(user).arg(message)).await?;
            }
            "Echo" => return call.arguments::<(String,)>().map(|(message,)| Reply::value(message)),
            "Fail" => {
                let (reason,): (String,) = call.arguments()?;
                return Err(HubError::internal("HubException", reason));
            }
            "UploadStream" => {
                let sum = sum(&mut call).await?;
                connection.send(Invocation::new("UploadComplete").arg(sum)).await?;
            }
            "Countdown" => {
                let (from,): (i64,) = call.arguments()?;
                return Ok(Reply::stream(stream::iter((1..=from).rev().map(Ok))));
            }
            _ => return Err(HubError::UnknownMethod),
        }
        Ok(Reply::Void)
    }
}

async fn sum(call: &mut Call) -> Result<i64, HubError> {
    let mut upload =
        call.take_upload().ok_or_else(|| HubError::internal("InvalidOperationException", "no stream"))?;
    let mut sum = 0;
    while let Some(number) = upload.next::<i64>().await {
        sum += number?;
    }
    Ok(sum)
}

/// Any account gets a token. The hub asks for none.
async fn sign_in() -> Json<Value> {
    Json(json!({ "token": "a token" }))
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the starting program waits for this line")]
async fn main() -> std::io::Result<()> {
    let bus = Bus::new(Limits::default(), 0);
    let options = Options { detailed_errors: true, ..Options::default() };
    let hub = HubServer::new(WeatherHub(bus.clone()), bus, Slots::default(), options);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|socket| drop(signalr::prepare(socket)));
    axum::serve(listener, hub.router("/weatherHub").route("/api/auth/login", post(sign_in))).await
}
