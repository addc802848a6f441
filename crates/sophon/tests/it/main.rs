//! The command line and the client, against a gateway that does what the test says, and against the real one.

mod addresses;
mod asking;
mod chat;
mod chat_terminal;
mod client;
mod discussions;
mod gateway;
mod help;
mod login;
mod models;
mod nodes;
mod program;
mod providers;
mod real;
mod second_factor;
mod service;
mod tenants;
mod terminal;
mod tokens;
mod users;
