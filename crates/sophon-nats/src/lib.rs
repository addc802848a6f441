//! Messages between the gateways of one deployment, over one core subject of NATS: the port
//! [`Backplane`](sophon_model::ports::Backplane). Nothing is kept there: NATS may be lost with all that it knows.
//!
//! A gateway starts while NATS is down, and connects when it is there. What it sends meanwhile is dropped.

mod connection;
mod frames;
mod sending;

pub use connection::{ConnectError, NatsBackplane, NatsOptions};
