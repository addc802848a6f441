//! The way out, against listeners on loopback.

mod addresses;
mod answers;
mod support;
