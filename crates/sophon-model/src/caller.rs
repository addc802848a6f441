//! Who asks: the principal that every service takes as its first argument.

use serde::{Deserialize, Serialize};

use crate::{AgentId, ApiTokenId, AuthSessionId, NodeId, RoleId, TenantId, Timestamp, UserId};

/// What a user may do in its tenant, by name: one of the three that are built in, or one of an administrator's own
/// making. Stored as `Admin`, `Operator`, `Viewer` or the id of the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Role {
    /// Everything.
    Admin,
    /// Runs the gateway and works with agents; manages no users.
    Operator,
    /// Reads only.
    Viewer,
    /// What its permissions say.
    Custom(RoleId),
}

impl Role {
    /// Those that every tenant has, and that nobody can change.
    pub const BUILT_IN: [Role; 3] = [Role::Admin, Role::Operator, Role::Viewer];

    /// What it includes; `stored` tells it of a role that is not built in.
    pub fn permissions<E>(
        &self,
        stored: impl FnOnce(&RoleId) -> Result<Permissions, E>,
    ) -> Result<Permissions, E> {
        use Permission as P;
        match self {
            Role::Admin => Ok(Permissions::ALL),
            Role::Operator => Ok(Permissions::ALL.without(&[
                P::ManageUsers,
                P::ManageRoles,
                P::ManageTenants,
                P::AssignRoles,
                P::ManageBudgets,
                P::SendAnnouncements,
            ])),
            Role::Viewer => Ok(Permissions::of(&[P::ViewUsers, P::ViewActiveTasks, P::ViewBudgets])),
            Role::Custom(id) => stored(id),
        }
    }

    /// The name of a built-in role, the id of another one.
    pub fn name(&self) -> &str {
        match self {
            Role::Admin => "Admin",
            Role::Operator => "Operator",
            Role::Viewer => "Viewer",
            Role::Custom(id) => id.as_str(),
        }
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.name().to_owned()
    }
}

impl From<String> for Role {
    fn from(name: String) -> Self {
        Role::BUILT_IN
            .into_iter()
            .find(|role| role.name() == name)
            .unwrap_or_else(|| Role::Custom(name.into()))
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A right, by the name that clients see.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Permission {
            $($(#[$doc])* $name,)*
        }

        impl Permission {
            /// All of them, in catalogue order.
            pub const ALL: &'static [Permission] = &[$(Permission::$name,)*];

            /// The name as clients see it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Permission::$name => stringify!($name),)*
                }
            }
        }
    };
}

permissions! {
    /// Create, change and delete users.
    ManageUsers,
    /// Create, change and delete roles.
    ManageRoles,
    /// Create, change and delete tenants.
    ManageTenants,
    /// Give roles to users.
    AssignRoles,
    /// See users.
    ViewUsers,
    /// Create, change and delete agents and their files.
    ManageAgents,
    /// Create, change and delete workflows.
    ManageWorkflows,
    /// Install and remove skills.
    ManageSkills,
    /// Write memory.
    ManageMemory,
    /// Upload and delete documents.
    ManageDocuments,
    /// Connect services.
    ManageConnections,
    /// Configure channels.
    ManageChannels,
    /// Create, change and delete cron jobs.
    ManageCronJobs,
    /// Create, change and delete webhooks.
    ManageWebhooks,
    /// Pair, approve and revoke nodes.
    ManageNodes,
    /// Configure MCP servers.
    ManageMcp,
    /// Talk to agents: send messages; create, change, fork and delete one's own sessions.
    SendMessages,
    /// Answer approvals.
    ApproveActions,
    /// Cancel other people's tasks (one's own need no right).
    CancelTasks,
    /// See tasks.
    ViewActiveTasks,
    /// Configure models.
    ManageModels,
    /// See budgets.
    ViewBudgets,
    /// Change budgets.
    ManageBudgets,
    /// See the deep health and the metrics of the system.
    ViewSystem,
    /// Pause, resume, drain, restart.
    ManageSystem,
    /// Announce something to everybody in the tenant.
    SendAnnouncements,
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u64);

impl Permissions {
    /// Every one of the catalogue.
    pub const ALL: Permissions = Permissions::of(Permission::ALL);

    /// Just these.
    pub const fn of(permissions: &[Permission]) -> Self {
        let (mut bits, mut next) = (0, 0);
        while next < permissions.len() {
            bits |= 1 << permissions[next] as u64;
            next += 1;
        }
        Permissions(bits)
    }

    /// All of these but `others`.
    pub const fn without(self, others: &[Permission]) -> Self {
        Permissions(self.0 & !Permissions::of(others).0)
    }

    /// Whether `permission` is one of them.
    pub const fn contain(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u64) != 0
    }

    /// They, in catalogue order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contain(*permission))
    }
}

/// How the caller proved who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A signed access token of this sign-in, valid until the given time.
    Access(AuthSessionId, Timestamp),
    /// An API token.
    ApiToken(ApiTokenId),
    /// Nothing: the gateway runs for one person on this machine alone.
    AutoAdmin,
    /// An agent at work in the person's name, whose rights it has and no others.
    Agent(AgentId),
}

/// The principal of a request: made by a wire from a credential, judged by the core.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub user: UserId,
    /// In which tenant.
    pub tenant: TenantId,
    /// With which role there.
    pub role: Role,
    /// What the role includes.
    pub permissions: Permissions,
    /// By which proof.
    pub credential: Credential,
}

impl Caller {
    /// Whether the caller holds `permission`.
    pub fn has(&self, permission: Permission) -> bool {
        self.permissions.contain(permission)
    }
}

/// A node that asks, by its token. It acts for nobody but itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeCaller {
    /// Which node.
    pub node: NodeId,
    /// In which tenant.
    pub tenant: TenantId,
}
