//! The topics of an event.

use std::fmt;
use std::str::FromStr;

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

/// A text that names no topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownTopic;

/// The inverse of [`Display`](fmt::Display).
impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(text: &str) -> Result<Self, UnknownTopic> {
        let (kind, id) = text.split_once(':').ok_or(UnknownTopic)?;
        Ok(match kind {
            "user" => Topic::User(user_in_tenant(id)?),
            "tasks" => Topic::Tasks(user_in_tenant(id)?),
            "session" => Topic::Session(id.into()),
            "feed" => Topic::Feed(user_in_tenant(id)?),
            "task" => Topic::Task(id.into()),
            "tenant" => Topic::Tenant(id.into()),
            "approvals" => Topic::Approvals(user_in_tenant(id)?),
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

fn user_in_tenant(text: &str) -> Result<UserInTenant, UnknownTopic> {
    let (tenant, user) = text.split_once(':').ok_or(UnknownTopic)?;
    Ok(UserInTenant { tenant: tenant.into(), user: user.into() })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_read_as_it_is_written() {
        let ann = UserInTenant { tenant: "tenant_1".into(), user: "usr_1".into() };
        let topics = [
            Topic::User(ann.clone()),
            Topic::Tasks(ann.clone()),
            Topic::Session("ses_1".into()),
            Topic::Feed(ann.clone()),
            Topic::Task("task_1".into()),
            Topic::Tenant("tenant_1".into()),
            Topic::Approvals(ann.clone()),
            Topic::Holders("tenant_1".into(), Permission::ViewSystem),
            Topic::Node("node_1".into()),
            Topic::Discussion("run_1".into()),
        ];
        for topic in topics {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
        for text in ["", "session", "nothing:1", "holders:Nothing:tenant_1", "user:usr_1"] {
            assert_eq!(text.parse::<Topic>(), Err(UnknownTopic), "{text}");
        }
    }
}
