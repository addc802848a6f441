//! The core over a real store, with a model provider that is played by a small real server.

mod harness;
mod identity;
mod sending;
mod turns;
