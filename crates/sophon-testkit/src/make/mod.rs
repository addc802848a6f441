//! Entities to store: `make::task("t").running()`, or `Task { kind, ..make::task("t") }`. A new field of an entity needs
//! a value here, and in the tests that are about it.
//!
//! All of them belong together: the tenant [`TENANT`], its user [`USER`], her agent [`AGENT`] and her session
//! [`SESSION`]. Where they belong elsewhere, `of` says so. Every time is [`NOW`] until it is set.

mod attachments;
mod chat;
mod discussions;
mod identity;
mod nodes;
mod requests;

use sophon_model::Timestamp;

pub use attachments::{attachment, blob_of};
pub use chat::{MakeMessage, MakeSession, MakeTask, memory, message, session, task, tool_call};
pub use discussions::{discussion, discussion_run, persona};
pub use identity::{
    agent, api_token, auth_session, custom_role, membership, register, saved_prompt, second_factor, tenant,
    user,
};
pub use nodes::{node, node_command, node_secrets};
pub use requests::{approval, info_request};

/// The tenant of everything.
pub const TENANT: &str = "home";
/// The user who owns everything.
pub const USER: &str = "ann";
/// The agent of everything.
pub const AGENT: &str = "sophon";
/// The session of everything.
pub const SESSION: &str = "s";
/// The task of everything.
pub const TASK: &str = "t";
/// When everything was made: 1 second after the epoch.
pub const NOW: Timestamp = Timestamp::from_millis(1_000);
/// When what has an end expires: an hour later.
pub const LATER: Timestamp = Timestamp::from_millis(3_601_000);
