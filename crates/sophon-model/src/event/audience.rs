//! Whom an event concerns, as it is said beside each.

use crate::{DiscussionRunId, NodeId, Permission, SessionId, TaskId, TenantId, UserId};

/// Some of those whom an event concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience<'a> {
    /// The members of a session: who follows it, and who follows all of theirs.
    Members(&'a SessionId),
    /// A user, on every connection.
    User(&'a UserId),
    /// A user who watches the ledger of its tasks.
    Ledger(&'a UserId),
    /// A user whose agents ask for something.
    Asked(&'a UserId),
    /// Everybody in a tenant.
    Tenant(&'a TenantId),
    /// Those in a tenant who have a permission.
    Holders(&'a TenantId, Permission),
    /// Who watches a task.
    Task(&'a TaskId),
    /// Who watches a node.
    Node(&'a NodeId),
    /// Who watches a run of a discussion.
    Discussion(&'a DiscussionRunId),
}
