//! The rules: who may do what. One line a kind of thing and a verb.

use sophon_model::Permission::{
    ApproveActions, CancelTasks, ExportAudit, ManageAgents, ManageModels, ManageNodes, ManagePrompts,
    ManageRoles, ManageSystem, ManageTenants, ManageUsers, SendAnnouncements, SendMessages, ViewActiveTasks,
    ViewAudit, ViewSystem, ViewUsers,
};
use sophon_model::{
    Agent, Announcement, Approval, CustomRole, Discussion, DiscussionRun, InfoRequest, Member, Node,
    NodeCommand, Permission, SavedPrompt, Session, SessionRole, StoredAttachment, Task,
};

use super::guarded::{AuditLog, HoldersFeed, ModelSettings, Named, System, TenantFeed, Tenants, UserFeed};
use Need::{Has, HasNamed, Person, PersonHas, Role};
use Relation::{Holder, Itself, Joined, Owner, Public, Tenant};

/// How an asker stands to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The thing is public: anybody, without signing in too.
    Public,
    /// A user of the thing's tenant.
    Tenant,
    /// The user whose the thing is.
    Owner,
    /// A user who takes part in the thing.
    Joined,
    /// A user of the thing's tenant who holds the permission. Others do not learn from this way that the thing exists.
    Holder(Permission),
    /// The node that the thing is, or that the thing is for.
    Itself,
}

/// What it takes beside the relation. Without it the answer is `not_authorized`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The permission.
    Has(Permission),
    /// The permission that the thing itself names. There must be a thing.
    HasNamed,
    /// This role in the session, or a higher one.
    Role(SessionRole),
    /// A person: an agent has the rights of the person it works for, except for this one, to say yes to itself.
    Person,
    /// The permission, of a person. An agent has been given a person's approval before.
    PersonHas(Permission),
}

/// One way to be allowed.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// The roles it is for.
    pub relation: Relation,
    /// What it takes beside, in the order in which it is looked at.
    pub needs: &'static [Need],
}

/// The ways, of which the first whose relation holds decides. If none holds, the thing does not exist for the asker.
pub type Rule = &'static [Way];

/// A kind of thing with which `V` can be done, by its rule.
pub trait May<V> {
    /// Those allowed.
    const RULE: Rule;
}

/// A line of the table, for tests and for people.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The kind of thing.
    pub kind: &'static str,
    /// What is done with it.
    pub verb: &'static str,
    /// Those allowed.
    pub rule: Rule,
}

macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident,)*) => {
        $($(#[$doc])*
        #[derive(Debug)]
        pub enum $verb {})*
    };
}

verbs! {
    /// Make one.
    Create,
    /// List those that one may see.
    List,
    /// See it, and follow what happens to it.
    Read,
    /// Change it, add to it, run it or delete it.
    Write,
    /// Share it, close it or delete it, where that takes more than to write into it.
    Manage,
    /// See who takes part in it, and what agents do for it beside what they say.
    SeeDetails,
    /// Keep something about it for oneself: how far one has read it, whether one has archived it.
    Mark,
    /// Stop it.
    Cancel,
    /// Answer it.
    Answer,
    /// Send it a command that can do little harm.
    Command,
    /// Send it a command that can do great harm.
    CommandAtRisk,
    /// Act with its token.
    Act,
    /// Report what became of it.
    Report,
    /// Follow what is sent there about tasks.
    FollowTasks,
    /// Take along all of it.
    Export,
}

const fn way(relation: Relation, needs: &'static [Need]) -> Way {
    Way { relation, needs }
}

macro_rules! cases {
    ($($kind:ident $verb:ident: $($relation:expr $(=> $($need:expr)+)?),+;)*) => {
        $(impl May<$verb> for $kind {
            const RULE: Rule = &[$(way($relation, &[$($($need),+)?])),+];
        })*

        /// The whole table.
        pub const CASES: &[Case] = &[$(Case {
            kind: <$kind as Named>::NAME,
            verb: stringify!($verb),
            rule: <$kind as May<$verb>>::RULE,
        }),*];
    };
}

cases! {
    Agent Create: Tenant => Has(ManageAgents);
    Agent List: Tenant;
    Agent Read: Tenant;
    Agent Write: Tenant => Has(ManageAgents);

    Announcement Create: Tenant => Has(SendAnnouncements);

    Approval List: Holder(ApproveActions), Owner;
    Approval Read: Holder(ApproveActions), Owner;
    Approval Answer: Holder(ApproveActions) => Person, Owner => Person Has(ApproveActions);

    AuditLog Read: Tenant => Has(ViewAudit);
    AuditLog Export: Tenant => Has(ExportAudit);

    CustomRole Create: Tenant => Has(ManageRoles);
    CustomRole List: Tenant => Has(ViewUsers);
    CustomRole Read: Tenant => Has(ViewUsers);
    CustomRole Write: Tenant => Has(ManageRoles);

    Discussion Create: Tenant => Has(SendMessages);
    Discussion List: Owner;
    Discussion Read: Owner;
    Discussion Write: Owner => Has(SendMessages);

    DiscussionRun Create: Tenant => Has(SendMessages);
    DiscussionRun Read: Owner;
    DiscussionRun Cancel: Owner => Has(SendMessages);

    HoldersFeed Read: Tenant => HasNamed;

    InfoRequest List: Owner;
    InfoRequest Read: Owner;
    InfoRequest Answer: Owner => Person Has(SendMessages);

    Member Create: Tenant => Has(ManageUsers);
    Member List: Tenant => Has(ViewUsers);
    Member Read: Tenant => Has(ViewUsers);
    Member Write: Tenant => Has(ManageUsers);

    ModelSettings Read: Tenant => Has(ManageModels);
    ModelSettings Write: Tenant => Has(ManageModels);

    Node Create: Tenant => Has(ManageNodes);
    Node List: Tenant => Has(ManageNodes);
    Node Read: Tenant => Has(ManageNodes);
    Node Write: Tenant => Has(ManageNodes);
    Node Command: Tenant => Has(ManageNodes);
    Node CommandAtRisk: Tenant => Has(ManageNodes) PersonHas(ApproveActions);
    Node Act: Itself;

    NodeCommand Report: Itself;

    SavedPrompt Create: Tenant => Has(SendMessages);
    SavedPrompt List: Joined;
    SavedPrompt Read: Joined;
    SavedPrompt Write: Owner => Has(SendMessages), Joined => Has(ManagePrompts);
    SavedPrompt Manage: Joined => Has(ManagePrompts);

    Session Create: Tenant => Has(SendMessages);
    Session List: Joined;
    Session Read: Public, Joined;
    Session Write: Joined => Role(SessionRole::Member) Has(SendMessages);
    Session SeeDetails: Joined, Public => Role(SessionRole::Viewer);
    Session Mark: Joined;
    Session Manage: Joined => Role(SessionRole::Owner) Has(SendMessages);

    StoredAttachment Create: Tenant => Has(SendMessages);
    StoredAttachment Read: Owner;
    StoredAttachment Write: Owner => Has(SendMessages);

    System Read: Tenant => Has(ViewSystem);
    System Write: Tenant => Has(ManageSystem);

    Task List: Owner => Has(ViewActiveTasks);
    Task Read: Owner, Joined => Role(SessionRole::Owner);
    Task Cancel: Owner => Has(SendMessages), Holder(CancelTasks), Joined => Role(SessionRole::Owner) Has(SendMessages);

    Tenants Read: Tenant => Has(ManageTenants);
    Tenants Write: Tenant => Has(ManageTenants);

    TenantFeed Read: Tenant;

    UserFeed Read: Owner;
    UserFeed FollowTasks: Owner => Has(ViewActiveTasks);
}
