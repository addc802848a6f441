//! The authorization matrix: every caller, every operation.
//!
//! `table` says it, one line an operation. `matrix` holds the gateway to it with every kind of credential, and fails on
//! an operation without a line or a line without an operation. `isolation` asks for what is somebody else's. `forged`
//! says things that are not for the caller to say. `audited` counts the entries of the audit log. `canaries` marks all that a
//! tenant has, and looks for the mark in what is sent to another.

mod asker;
mod audited;
mod calls;
mod canaries;
mod fixtures;
mod forged;
mod isolation;
mod matrix;
mod repeats;
mod table;
