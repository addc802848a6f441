//! The crate as its clients see it, over real sockets.

mod groups;
mod negotiate;
mod support;
mod websocket;
