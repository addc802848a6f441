//! Who asks: the principal that every service takes as its first argument.

use serde::{Deserialize, Serialize};

use crate::{ApiTokenId, AuthSessionId, TenantId, Timestamp, UserId};

/// A built-in role. Roles of the administrator's own making come with the administration feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Everything.
    Admin,
    /// Runs the gateway and works with agents; manages no users.
    Operator,
    /// Reads only.
    Viewer,
}

impl Role {
    /// Whether the role includes `permission`.
    pub fn grants(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Role::Admin => true,
            Role::Operator => !matches!(
                permission,
                P::ManageUsers | P::ManageRoles | P::ManageTenants | P::AssignRoles | P::ManageBudgets
            ),
            Role::Viewer => matches!(permission, P::ViewUsers | P::ViewActiveTasks | P::ViewBudgets),
        }
    }

    /// The name as clients see it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Admin => "Admin",
            Role::Operator => "Operator",
            Role::Viewer => "Viewer",
        }
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A right, by the name that clients see.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// By which proof.
    pub credential: Credential,
}

impl Caller {
    /// Whether the caller holds `permission`.
    pub fn has(&self, permission: Permission) -> bool {
        self.role.grants(permission)
    }

    /// The permissions held, in catalogue order.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(|permission| self.has(*permission))
    }
}
