//! A typed client of the gateway's REST wire (seed 001) and of its chat hub (seed 000).
//!
//! A [`Client`] is one gateway, seen with one credential, which it renews by itself. [`Client::chat_hub`] opens a live
//! connection; reconnecting is the caller's business, because only the caller knows what it has shown already.
//!
//! Proxy variables are not read: the client reaches the gateway it is told, or says that it cannot.

mod api;
mod credential;
mod error;
mod http_client;
mod live;
mod paging;
mod time;

pub use api::agents::{Agent, Model};
pub use api::announcements::Announcement;
pub use api::approvals::Approval;
pub use api::chat::{Accepted, Attachment, NewMessage};
pub use api::identity::{AuthConfig, SignedIn, TenantRef, User};
pub use api::info_requests::InfoRequest;
pub use api::jobs::{Job, JobCounts};
pub use api::nodes::{Node, NodeCommand, NodeError, RegisteredNode};
pub use api::secrets::{MasterKeyState, SecretsState};
pub use api::sessions::{Fork, Message, MessageRange, NewSession, Session, SessionFilter};
pub use api::system::{Health, HealthStatus, Version};
pub use api::tasks::{Task, TaskDetail, TaskFilter, ToolCall, Usage};
pub use credential::{Credential, CredentialLock, CredentialStore, InMemory, Login, Secret};
pub use error::{ClientError, Refusal};
pub use http_client::Client;
pub use live::event::{
    AgentStatus, ChatEvent, SessionUpdated, StreamChunk, TaskCancelled, TaskCompleted, TaskFailed,
    TaskQueued, TaskStarted, ToolCallCompleted, ToolCallStarted,
};
pub use live::{ChatHub, Joined, PendingMessage};
pub use paging::{List, collect};
