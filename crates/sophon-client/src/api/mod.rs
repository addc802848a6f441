//! The groups of the REST page, each with its shapes and calls.

pub(crate) mod agents;
pub(crate) mod announcements;
pub(crate) mod approvals;
pub(crate) mod audit;
pub(crate) mod chat;
pub(crate) mod discussions;
pub(crate) mod gateways;
pub(crate) mod identity;
pub(crate) mod info_requests;
pub(crate) mod jobs;
pub(crate) mod models;
pub(crate) mod nodes;
pub(crate) mod secrets;
pub(crate) mod sessions;
pub(crate) mod system;
pub(crate) mod tasks;
pub(crate) mod tenants;
pub(crate) mod users;
