//! The audience of an event, as it is declared beside each.

use crate::{DiscussionRunId, NodeId, Permission, SessionId, TaskId, TenantId, UserId};

/// Some of those whom an event concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience<'a> {
    /// The members of a session: who follows it, and who follows all of theirs.
    Members(&'a SessionId),
    /// A user, on every connection in a tenant.
    User(&'a TenantId, &'a UserId),
    /// A user who watches the ledger of its tasks.
    Ledger(&'a TenantId, &'a UserId),
    /// A user whose agents ask for something.
    Asked(&'a TenantId, &'a UserId),
    /// Everybody in a tenant.
    Tenant(&'a TenantId),
    /// Those in a tenant who have a permission.
    Holders(&'a TenantId, Permission),
    /// The followers of a task.
    Task(&'a TaskId),
    /// The followers of a node.
    Node(&'a NodeId),
    /// The followers of a run of a discussion.
    Discussion(&'a DiscussionRunId),
}
