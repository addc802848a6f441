//! The ASP.NET Core SignalR *server* protocol for [axum]: clients in JavaScript, .NET, Java, Swift and Python
//! connect to a Rust server as if it were Microsoft's.
//!
//! A [`Hub`] says which methods clients may call and how an event is sent to them; its [`Authenticate`] says who may
//! connect. A [`HubServer`] speaks the protocol and gives an axum router. Events travel over a [`fanout::Bus`] that
//! the program owns: a connection *follows* topics of the bus, and whatever is published there is encoded once,
//! however many connections receive it. A connection that cannot keep up is closed with a reason, alone.
//! A [`RawServer`] gives the transports without the hub protocol.
//!
//! The owner of the listener hands its connections to [`prepare`] (with axum: `ListenerExt::tap_io`).

mod authenticate;
mod connection;
mod endpoint;
mod error;
mod hub;
mod ident;
mod link;
mod negotiate;
mod options;
mod path;
mod payload;
mod protocol;
mod raw;
mod server;
mod session;
mod socket;
mod sweep;
mod transport;
mod value;

pub use authenticate::{Anyone, Authenticate, Caller};
pub use connection::Connection;
pub use error::{ClientError, HubError, Rejection, SendError};
pub use fanout::{Bus, Limits, Slot, Start};
pub use hub::{Call, Hub, Items, Method, Reply, Upload};
pub use ident::{ConnectionId, InvalidConnectionId};
pub use link::{Headers, TransportKind};
pub use options::{Options, Transports};
pub use path::plain_path;
pub use payload::{Broadcast, FromArguments, Invocation, Payload, Raw};
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use protocol::fuzzing;
pub use protocol::{Format, TransferFormat};
pub use raw::{RawConnection, RawServer};
pub use server::{Figures, HubServer, Slots};
pub use socket::prepare;
pub use value::{Binary, Timestamp};
