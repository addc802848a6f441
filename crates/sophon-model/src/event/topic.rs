//! The topics of an event.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{DiscussionRunId, NodeId, Permission, SessionId, TaskId, TenantId, UserId};

/// A topic that events are published under: what SignalR calls a group. Each topic has one log; a connection follows
/// some.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// What every connection of a user is sent: its sessions' comings, goings and titles.
    User(UserId),
    /// The user's ledger of tasks, all sessions together.
    Tasks(UserId),
    /// Everything that happens in a session.
    Session(SessionId),
    /// Everything that happens in all of a user's sessions.
    Feed(UserId),
    /// One task's life.
    Task(TaskId),
    /// What everybody in a tenant is sent.
    Tenant(TenantId),
    /// What a user's agents ask for.
    Approvals(UserId),
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

/// A text that names no topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownTopic;

/// The inverse of [`Display`](fmt::Display).
impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(text: &str) -> Result<Self, UnknownTopic> {
        let (kind, id) = text.split_once(':').ok_or(UnknownTopic)?;
        Ok(match kind {
            "user" => Topic::User(id.into()),
            "tasks" => Topic::Tasks(id.into()),
            "session" => Topic::Session(id.into()),
            "feed" => Topic::Feed(id.into()),
            "task" => Topic::Task(id.into()),
            "tenant" => Topic::Tenant(id.into()),
            "approvals" => Topic::Approvals(id.into()),
            "holders" => {
                let (permission, tenant) = id.split_once(':').ok_or(UnknownTopic)?;
                let permission = Permission::ALL.iter().find(|known| known.name() == permission);
                Topic::Holders(tenant.into(), *permission.ok_or(UnknownTopic)?)
            }
            "node" => Topic::Node(id.into()),
            "discussion" => Topic::Discussion(id.into()),
            _ => return Err(UnknownTopic),
        })
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Topic::User(id) => write!(f, "user:{id}"),
            Topic::Tasks(id) => write!(f, "tasks:{id}"),
            Topic::Session(id) => write!(f, "session:{id}"),
            Topic::Feed(id) => write!(f, "feed:{id}"),
            Topic::Task(id) => write!(f, "task:{id}"),
            Topic::Tenant(id) => write!(f, "tenant:{id}"),
            Topic::Approvals(id) => write!(f, "approvals:{id}"),
            Topic::Holders(id, permission) => write!(f, "holders:{}:{id}", permission.name()),
            Topic::Node(id) => write!(f, "node:{id}"),
            Topic::Discussion(id) => write!(f, "discussion:{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_read_as_it_is_written() {
        let topics = [
            Topic::User("usr_1".into()),
            Topic::Tasks("usr_1".into()),
            Topic::Session("ses_1".into()),
            Topic::Feed("usr_1".into()),
            Topic::Task("task_1".into()),
            Topic::Tenant("tenant_1".into()),
            Topic::Approvals("usr_1".into()),
            Topic::Holders("tenant_1".into(), Permission::ViewSystem),
            Topic::Node("node_1".into()),
            Topic::Discussion("run_1".into()),
        ];
        for topic in topics {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
        for text in ["", "session", "nothing:1", "holders:Nothing:tenant_1"] {
            assert_eq!(text.parse::<Topic>(), Err(UnknownTopic), "{text}");
        }
    }
}
