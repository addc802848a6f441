//! The hub itself.

use futures_util::stream;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use signalr::{
    Authenticate, Binary, Broadcast, Bus, Call, Connection, Hub, HubError, Invocation, Method, Rejection,
    Reply, Start, Timestamp,
};

use crate::tokens::Tokens;

pub struct TestHub {
    pub visitors: Visitors,
    /// Nobody is let in, in the words of a server that cannot make its hub.
    pub creatable: bool,
    pub bus: Bus<String, Broadcast>,
}

/// The callers that may connect to the hub.
pub enum Visitors {
    Everyone,
    /// Callers with a credential.
    Holders(Tokens),
}

/// What the request that opened a connection said.
#[derive(Clone)]
pub struct Visitor {
    redirects: u32,
}

impl Authenticate for Visitors {
    type Caller = Visitor;

    async fn authenticate(&self, request: &Parts, token: Option<&str>) -> Result<Visitor, Rejection> {
        if let Self::Holders(tokens) = self
            && !token.is_some_and(|token| tokens.accept(token))
        {
            return Err(Rejection::Unauthorized);
        }
        let query = request.uri.query().unwrap_or_default();
        let redirects = query.split('&').find_map(|pair| pair.strip_prefix("numRedirects="));
        Ok(Visitor { redirects: redirects.and_then(|count| count.parse().ok()).unwrap_or(0) })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ComplexObject {
    string: String,
    int_array: Vec<i64>,
    byte_array: Binary,
    guid: String,
    date_time: Timestamp,
}

impl Hub for TestHub {
    type Auth = Visitors;
    type Topic = String;
    type Event = Broadcast;

    fn auth(&self) -> &Visitors {
        &self.visitors
    }

    fn project<'a>(&'a self, _seq: u64, event: &'a Broadcast) -> Option<Invocation<'a>> {
        Some(event.invocation())
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[
            Method::new("Echo"),
            Method::new("ThrowException"),
            Method::new("InvokeWithString"),
            Method::new("SendCustomObject"),
            Method::new("SendComplexObject"),
            Method::new("EchoComplexObject"),
            Method::new("GetCallerConnectionId"),
            Method::new("GetNumRedirects"),
            Method::new("GetActiveTransportName"),
            Method::new("GetHeader"),
            Method::new("GetContentTypeHeader"),
            Method::new("GetCookie"),
            Method::new("StreamingConcat").uploads(1),
            Method::stream("Stream"),
            Method::stream("EmptyStream"),
            Method::stream("InfiniteStream"),
            Method::stream("StreamThrowException"),
            Method::new("JoinGroup"),
            Method::new("SendToGroup"),
            Method::new("AskMe"),
            Method::new("Abort"),
        ];
        METHODS
    }

    async fn connected(&self, _connection: &Connection<Self>) -> Result<(), HubError> {
        let reason = "Unable to resolve service for type 'System.Object' while attempting to activate \
                      'FunctionalTests.UncreatableHub'.";
        if self.creatable { Ok(()) } else { Err(HubError::internal("InvalidOperationException", reason)) }
    }

    async fn invoke(&self, connection: &Connection<Self>, mut call: Call) -> Result<Reply, HubError> {
        match call.method() {
            "Echo" => call.arguments::<(String,)>().map(|(message,)| Reply::value(message)),
            "ThrowException" | "StreamThrowException" => {
                let (message,): (String,) = call.arguments()?;
                Err(HubError::internal("InvalidOperationException", message))
            }
            "InvokeWithString" => {
                let (message,): (String,) = call.arguments()?;
                connection.send(Invocation::new("Message").arg(message)).await?;
                Ok(Reply::Void)
            }
            "SendCustomObject" => {
                let (object,): (Value,) = call.arguments()?;
                connection.send(Invocation::new("CustomObject").arg(object)).await?;
                Ok(Reply::Void)
            }
            "EchoComplexObject" => call.arguments::<(ComplexObject,)>().map(|(object,)| Reply::value(object)),
            "SendComplexObject" => Ok(Reply::value(complex_object())),
            "GetCallerConnectionId" => Ok(Reply::value(connection.id().to_string())),
            "GetNumRedirects" => Ok(Reply::value(connection.caller().redirects)),
            "GetActiveTransportName" => Ok(Reply::value(connection.transport().name())),
            "GetHeader" => {
                let (name,): (String,) = call.arguments()?;
                Ok(Reply::value(header(connection, &name.to_ascii_lowercase())))
            }
            "GetContentTypeHeader" => Ok(Reply::value(header(connection, "content-type"))),
            "GetCookie" => {
                let (name,): (String,) = call.arguments()?;
                Ok(Reply::value(cookie(connection, &name)))
            }
            "StreamingConcat" => concat(&mut call).await,
            "Stream" => Ok(Reply::stream(stream::iter(["a", "b", "c"].map(Ok)))),
            "EmptyStream" => Ok(Reply::stream(stream::empty::<Result<i32, HubError>>())),
            "InfiniteStream" => Ok(infinite(connection.clone())),
            "JoinGroup" => {
                let (group,): (String,) = call.arguments()?;
                connection.follow(&group, Start::Now);
                Ok(Reply::Void)
            }
            "SendToGroup" => {
                let (group, message): (String, Value) = call.arguments()?;
                let event = Broadcast::new("GroupMessage").arg(message);
                self.bus.publish(&[group], event);
                Ok(Reply::Void)
            }
            "AskMe" => {
                let question = Invocation::new("Result");
                let answer: Value =
                    connection.invoke_client(question, std::time::Duration::from_secs(5)).await?;
                Ok(Reply::value(answer))
            }
            "Abort" => {
                connection.close(Some("aborted by the hub"), true);
                Ok(Reply::Void)
            }
            _ => Err(HubError::UnknownMethod),
        }
    }
}

fn header(connection: &Connection<TestHub>, name: &str) -> Option<String> {
    connection.headers().get(name).map(str::to_owned)
}

/// 2000-01-01 00:00 UTC.
const YEAR_2000: jiff::Timestamp = jiff::Timestamp::constant(946_684_800, 0);

fn complex_object() -> ComplexObject {
    ComplexObject {
        string: "hello world".to_owned(),
        int_array: vec![1, 2, 3],
        byte_array: Binary(vec![1, 2, 3]),
        guid: "00010203-0405-0607-0706-050403020100".to_owned(),
        date_time: Timestamp(YEAR_2000),
    }
}

fn cookie(connection: &Connection<TestHub>, name: &str) -> Option<String> {
    let pairs = connection.headers().get("cookie")?.split(';');
    let named = pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name);
    named.map(|(_, value)| value.to_owned())
}

async fn concat(call: &mut Call) -> Result<Reply, HubError> {
    let mut upload =
        call.take_upload().ok_or_else(|| HubError::internal("InvalidOperationException", "no stream"))?;
    let mut all = String::new();
    while let Some(part) = upload.next::<String>().await {
        all.push_str(&part?);
    }
    Ok(Reply::value(all))
}

/// Says so when it is dropped before its end.
struct Cancelled(Connection<TestHub>);

impl Drop for Cancelled {
    fn drop(&mut self) {
        let connection = self.0.clone();
        tokio::spawn(async move { drop(connection.send(Invocation::new("StreamCanceled")).await) });
    }
}

fn infinite(connection: Connection<TestHub>) -> Reply {
    let cancelled = Cancelled(connection);
    Reply::stream(stream::unfold((0, cancelled), |(number, cancelled)| async move {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        Some((Ok(number), (number + 1, cancelled)))
    }))
}
