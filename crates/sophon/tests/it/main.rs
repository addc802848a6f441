//! The command line and the client, against a gateway that does what the test says, and against the real one.

mod asking;
mod chat;
mod client;
mod gateway;
mod help;
mod login;
mod nodes;
mod program;
mod providers;
mod real;
mod terminal;
