//! What **happens** in Sophon. One folder a subject: its service, its rules, its events.
//!
//! The caller is an argument, never ambient: wires authenticate, [`policy`] authorizes. A unit of work
//! ([`database::Unit`]) carries state and events to storage in one transaction; the events are shown on the bus when
//! it is durable. No wire is known here, and no SQL.

pub mod agents;
pub mod announcements;
pub mod approvals;
pub mod attachments;
pub mod audit;
mod buckets;
pub mod chat;
pub mod connections;
pub mod cursors;
pub mod database;
pub mod discussions;
pub mod following;
mod gateway;
pub mod identity;
pub mod info_requests;
pub mod jobs;
pub mod lifecycle;
pub mod limits;
pub mod live;
pub mod maintenance;
mod memory;
pub mod models;
pub mod network;
pub mod nodes;
pub mod once;
pub mod only_if;
pub mod peers;
pub mod policy;
mod prompts;
pub mod rates;
mod registry;
pub mod roles;
pub mod saved_prompts;
pub mod secrets;
pub mod sessions;
mod setup;
pub mod tasks;
pub mod tenants;
pub mod tools;
pub mod turn;
mod untrusted;
pub mod users;
mod wakers;
#[cfg(test)]
mod widgets;

pub use gateway::{Gateway, Parts, Settings};
pub use setup::FirstAdministrator;
