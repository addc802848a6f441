//! A chat server. `cargo run --example chat`, then point a SignalR client at `http://127.0.0.1:5000/chat`.

use axum::serve::ListenerExt as _;
use signalr::{
    Anyone, Broadcast, Bus, Call, Connection, Hub, HubError, HubServer, Invocation, Limits, Method, Options,
    Reply, Slots, Start,
};

struct Chat(Bus<String, Broadcast>);

impl Hub for Chat {
    type Auth = Anyone;
    type Topic = String;
    type Event = Broadcast;

    fn auth(&self) -> &Anyone {
        &Anyone
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
                let (room, name, text): (String, String, String) = call.arguments()?;
                self.0.publish(&[room], Broadcast::new("Said").arg(name).arg(text));
            }
            _ => return Err(HubError::UnknownMethod),
        }
        Ok(Reply::Void)
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let bus = Bus::new(Limits::default(), 0);
    let hub = HubServer::new(Chat(bus.clone()), bus, Slots::default(), Options::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:5000").await?;
    let listener = listener.tap_io(|socket| drop(signalr::prepare(socket)));
    axum::serve(listener, hub.router("/chat")).await
}
