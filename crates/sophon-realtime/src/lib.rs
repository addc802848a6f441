//! The streaming wires. Each is a pure projection of the core's events: it decides what its clients read, not what
//! happens. No wire knows another one.

pub mod hubs;
pub mod session_sse;
mod slots;
