//! A chat server. `cargo run --example chat`, then point a SignalR client at `http://127.0.0.1:5000/chat`.

use axum::serve::ListenerExt as _;
use http::request::Parts;
use signalr::{
    Broadcast, Bus, Call, Connection, Hub, HubError, HubServer, Invocation, Limits, Method, Options,
    Rejection, Reply, Slots, Start,
};

struct Chat(Bus<String, Broadcast>);

impl Hub for Chat {
    type Caller = String;
    type Topic = String;
    type Event = Broadcast;

    async fn authenticate(&self, _request: &Parts, token: Option<&str>) -> Result<String, Rejection> {
        Ok(token.unwrap_or("guest").to_owned())
    }

    fn project<'a>(&'a self, _seq: u64, event: &'a Broadcast) -> Option<Invocation<'a>> {
        Some(event.invocation())
    }

    fn methods(&self) -> &'static [Method] {
        const { &[Method::new("Join"), Method::new("Say")] }
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        match call.method() {
            "Join" => {
                connection.follow(&call.argument(0)?, Start::Now);
            }
            "Say" => {
                let (room, text): (String, String) = call.arguments()?;
                let said = Broadcast::new("Said").arg(connection.caller().clone()).arg(text);
                self.0.publish(&[room], said)?;
            }
            _ => return Err(HubError::UnknownMethod),
        }
        Ok(Reply::Void)
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let bus = Bus::new(Limits::default(), 1..u64::MAX);
    let hub = HubServer::new(Chat(bus.clone()), bus, Slots::default(), Options::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:5000").await?;
    let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
    axum::serve(listener, hub.router("/chat")).await
}
