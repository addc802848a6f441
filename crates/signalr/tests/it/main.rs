//! The crate as its clients see it, over real sockets.

mod groups;
mod messagepack;
mod negotiate;
mod readme;
mod requests;
mod support;
mod websocket;
