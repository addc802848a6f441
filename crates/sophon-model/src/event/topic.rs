//! The topics of an event.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{DiscussionRunId, NodeId, Permission, SessionId, TaskId, TenantId, UserInTenant};

/// A topic that events are published under: what SignalR calls a group. Each topic has one log; a connection follows
/// some.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// What every connection of a user in a tenant is sent: its sessions' comings, goings and titles.
    User(UserInTenant),
    /// The user's ledger of tasks in a tenant, all sessions together.
    Tasks(UserInTenant),
    /// Everything that happens in a session.
    Session(SessionId),
    /// Everything that happens in all of a user's sessions in a tenant.
    Feed(UserInTenant),
    /// One task's life.
    Task(TaskId),
    /// What everybody in a tenant is sent.
    Tenant(TenantId),
    /// What a user's agents in a tenant ask for.
    Approvals(UserInTenant),
    /// What those in a tenant are sent who have a permission: what all agents ask for, say, or what becomes of the
    /// nodes.
    Holders(TenantId, Permission),
    /// Everything about one node, its commands too.
    Node(NodeId),
    /// A run of a discussion.
    Discussion(DiscussionRunId),
}

impl Topic {
    /// Whether events are found under this topic in storage, so that a reader that comes back can be sent what it
    /// missed.
    pub fn is_stored(&self) -> bool {
        match self {
            Topic::User(_) | Topic::Tasks(_) | Topic::Session(_) | Topic::Feed(_) | Topic::Discussion(_) => {
                true
            }
            Topic::Task(_) | Topic::Tenant(_) | Topic::Approvals(_) | Topic::Holders(..) | Topic::Node(_) => {
                false
            }
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Topic::User(UserInTenant { tenant, user }) => write!(f, "user:{tenant}:{user}"),
            Topic::Tasks(UserInTenant { tenant, user }) => write!(f, "tasks:{tenant}:{user}"),
            Topic::Session(id) => write!(f, "session:{id}"),
            Topic::Feed(UserInTenant { tenant, user }) => write!(f, "feed:{tenant}:{user}"),
            Topic::Task(id) => write!(f, "task:{id}"),
            Topic::Tenant(id) => write!(f, "tenant:{id}"),
            Topic::Approvals(UserInTenant { tenant, user }) => write!(f, "approvals:{tenant}:{user}"),
            Topic::Holders(id, permission) => write!(f, "holders:{}:{id}", permission.name()),
            Topic::Node(id) => write!(f, "node:{id}"),
            Topic::Discussion(id) => write!(f, "discussion:{id}"),
        }
    }
}
