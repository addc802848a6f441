//! The core over a real store, with a model provider that is played by a small real server.

mod announcements;
mod approvals;
mod attachments;
mod audit;
mod discussions;
mod fairness;
mod following_turns;
mod harness;
mod hostile_model;
mod identity;
mod info_requests;
mod leave;
mod model_providers;
mod model_trouble;
mod models;
mod nodes;
mod participants;
mod policy;
mod retention;
mod rights;
mod secrets;
mod sending;
mod stopping;
mod trials;
mod turns;
mod users;
