//! The crate as its clients see it, over real sockets.

mod calls;
mod groups;
mod http2;
mod messagepack;
mod negotiate;
mod raw;
mod readme;
mod requests;
mod stateful;
mod stopped;
mod support;
mod websocket;

// What the example runs, for `stopped`.
#[path = "../../examples/stopped/client.rs"]
mod client;
#[path = "../../examples/stopped/run.rs"]
mod run;
