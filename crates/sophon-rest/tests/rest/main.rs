//! The real router on a real port, with a real gateway on a database of its own.

mod agents;
mod api_tokens;
mod app;
mod approvals;
mod attachments;
mod bad_input;
mod chat;
mod client;
mod coverage;
mod discussions;
mod front;
mod idempotency;
mod limits;
mod listed;
mod model_providers;
mod nodes;
mod ops;
mod public;
mod requests;
mod sessions;
mod sign_in;
mod tasks;
mod tenants;
mod traces;
