//! What is guarded: its kind, its tenant, whose it is, and with whom it is shared.

use sophon_model::ports::Tx;
use sophon_model::{
    Agent, Announcement, Approval, CustomRole, Discussion, DiscussionRun, InfoRequest, Member, Node,
    NodeCaller, NodeCommand, NodeStatus, Permission, Result, SavedPrompt, Session, SessionRole,
    StoredAttachment, Task, TenantId, UserId, UserInTenant, Visibility,
};

/// A kind of thing that rules speak of.
pub trait Named {
    /// What an error calls it.
    const NAME: &'static str;
}

/// A thing that rules speak of.
pub trait Guarded: Named {
    /// The tenant it belongs to. For users of another one it does not exist.
    fn tenant(&self) -> &TenantId;

    /// The user whose it is; nobody's in particular if absent.
    fn owner(&self) -> Option<&UserId> {
        None
    }

    /// The role of a user who takes part in it, as it is stored now. In most kinds of things nobody does but the owner.
    fn role_of(&self, _tx: &dyn Tx, user: &UserId) -> Result<Option<SessionRole>> {
        Ok((self.owner() == Some(user)).then_some(SessionRole::Owner))
    }

    /// Whether it is for everybody.
    fn sharing(&self) -> Visibility {
        Visibility::Private
    }

    /// The permission that those hold whom it is for; nobody, as long as it names none.
    fn permission(&self) -> Option<Permission> {
        None
    }

    /// Whether it is this node, which may act, or something that the node is to do.
    fn is_of_node(&self, _node: &NodeCaller) -> bool {
        false
    }
}

macro_rules! named {
    ($($kind:ident = $name:literal,)*) => {
        $(impl Named for $kind {
            const NAME: &'static str = $name;
        })*
    };
}

named! {
    Agent = "agent",
    Announcement = "announcement",
    Approval = "approval",
    AuditLog = "audit log",
    CustomRole = "role",
    Discussion = "discussion",
    DiscussionRun = "run",
    HoldersFeed = "feed",
    InfoRequest = "information request",
    Member = "user",
    ModelSettings = "model settings",
    Node = "node",
    NodeCommand = "command",
    SavedPrompt = "prompt",
    Session = "session",
    StoredAttachment = "attachment",
    System = "system",
    Task = "task",
    TenantFeed = "feed of a tenant",
    Tenants = "tenant",
    UserFeed = "feed of a user",
}

macro_rules! owned {
    ($($kind:ident: $owner:ident,)*) => {
        $(impl Guarded for $kind {
            fn tenant(&self) -> &TenantId {
                &self.tenant_id
            }

            fn owner(&self) -> Option<&UserId> {
                Some(&self.$owner)
            }
        })*
    };
}

owned! {
    Approval: user_id,
    Discussion: owner_id,
    DiscussionRun: owner_id,
    InfoRequest: user_id,
    StoredAttachment: owner_id,
}

impl Guarded for Task {
    fn tenant(&self) -> &TenantId {
        &self.tenant_id
    }

    fn owner(&self) -> Option<&UserId> {
        Some(&self.user_id)
    }

    /// The role in its session.
    fn role_of(&self, tx: &dyn Tx, user: &UserId) -> Result<Option<SessionRole>> {
        self.session_id.as_ref().map_or(Ok(None), |session| tx.session_role(session, user))
    }
}

impl Guarded for SavedPrompt {
    fn tenant(&self) -> &TenantId {
        &self.tenant_id
    }

    /// A shared one belongs to the tenant.
    fn owner(&self) -> Option<&UserId> {
        (!self.is_shared).then_some(&self.owner_id)
    }

    /// All users of the tenant use a shared one.
    fn role_of(&self, _tx: &dyn Tx, user: &UserId) -> Result<Option<SessionRole>> {
        Ok(if self.is_shared {
            Some(SessionRole::Viewer)
        } else {
            (self.owner_id == *user).then_some(SessionRole::Owner)
        })
    }
}

impl Guarded for Session {
    fn tenant(&self) -> &TenantId {
        &self.tenant_id
    }

    fn owner(&self) -> Option<&UserId> {
        Some(&self.owner_id)
    }

    fn role_of(&self, tx: &dyn Tx, user: &UserId) -> Result<Option<SessionRole>> {
        if self.owner_id == *user { Ok(Some(SessionRole::Owner)) } else { tx.session_role(&self.id, user) }
    }

    fn sharing(&self) -> Visibility {
        self.visibility
    }
}

macro_rules! of_the_tenant {
    ($($kind:ident),*) => {
        $(impl Guarded for $kind {
            fn tenant(&self) -> &TenantId {
                &self.tenant_id
            }
        })*
    };
}

of_the_tenant!(Agent, CustomRole, Member);

impl Guarded for Node {
    fn tenant(&self) -> &TenantId {
        &self.tenant_id
    }

    fn is_of_node(&self, node: &NodeCaller) -> bool {
        self.id == node.node && self.tenant_id == node.tenant && self.status == NodeStatus::Paired
    }
}

impl Guarded for NodeCommand {
    fn tenant(&self) -> &TenantId {
        &self.tenant_id
    }

    fn is_of_node(&self, node: &NodeCaller) -> bool {
        self.node_id == node.node && self.tenant_id == node.tenant
    }
}

/// Which model providers there are, and what they are set up with. They are the gateway's: all tenants use them.
#[derive(Debug)]
pub struct ModelSettings;

/// The audit log of a tenant.
#[derive(Debug)]
pub struct AuditLog;

/// The gateway as a whole: its jobs, its health, its figures.
#[derive(Debug)]
pub struct System;

/// The tenants of the deployment. Those who manage them see all, and are members of the main one.
#[derive(Debug)]
pub struct Tenants;

/// What is sent to one user in a tenant.
#[derive(Clone, Debug)]
pub struct UserFeed(pub UserInTenant);

impl Guarded for UserFeed {
    fn tenant(&self) -> &TenantId {
        &self.0.tenant
    }

    fn owner(&self) -> Option<&UserId> {
        Some(&self.0.user)
    }
}

/// What is sent to all users of a tenant.
#[derive(Clone, Debug)]
pub struct TenantFeed(pub TenantId);

impl Guarded for TenantFeed {
    fn tenant(&self) -> &TenantId {
        &self.0
    }
}

/// What is sent to those in a tenant who hold a permission.
#[derive(Clone, Debug)]
pub struct HoldersFeed {
    /// The tenant.
    pub tenant: TenantId,
    /// The permission.
    pub permission: Permission,
}

impl Guarded for HoldersFeed {
    fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    fn permission(&self) -> Option<Permission> {
        Some(self.permission)
    }
}
