//! A room for measuring how fast events are sent to many: `fanout [ADDRESS]` prints the address that it listens on.
//! One thread, so that it is one core's work.

use axum::serve::ListenerExt as _;
use serde_json::Value;
use signalr::{
    Anyone, Broadcast, Bus, Call, Connection, Hub, HubError, HubServer, Invocation, Limits, Method, Options,
    Reply, Slots, Start,
};

struct Room(Bus<(), Broadcast>);

impl Hub for Room {
    type Auth = Anyone;
    type Topic = ();
    type Event = Broadcast;

    fn auth(&self) -> &Anyone {
        &Anyone
    }

    fn project<'a>(&'a self, _seq: u64, event: &'a Broadcast) -> Option<Invocation<'a>> {
        Some(event.invocation())
    }

    fn methods(&self) -> &'static [Method] {
        const { &[Method::new("Join"), Method::new("Publish")] }
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        match call.method() {
            "Join" => {
                connection.follow(&(), Start::Now);
            }
            "Publish" => {
                let (event,): (Value,) = call.arguments()?;
                self.0.publish(&[()], Broadcast::new("event").arg(event));
            }
            _ => return Err(HubError::UnknownMethod),
        }
        Ok(Reply::Void)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    say(&listener.local_addr()?.to_string());
    let bus = Bus::new(Limits::default(), 0);
    let hub = HubServer::new(Room(bus.clone()), bus, Slots::default(), Options::default());
    let listener = listener.tap_io(|socket| drop(signalr::prepare(socket)));
    axum::serve(listener, hub.router("/hub")).await
}

#[expect(clippy::print_stdout, reason = "the starting program waits for this line")]
fn say(line: &str) {
    println!("{line}");
}
