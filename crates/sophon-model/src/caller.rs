//! The caller: the principal that every service takes as its first argument.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, ApiTokenId, AuthSessionId, NodeId, Permission, Permissions, RoleId, TenantId, Timestamp, UserId,
};

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

    /// What it includes; `stored` gives it for a role that is not built in.
    pub fn permissions<E>(
        &self,
        stored: impl FnOnce(&RoleId) -> Result<Permissions, E>,
    ) -> Result<Permissions, E> {
        match self {
            Role::Admin => Ok(Permissions::ALL),
            Role::Operator | Role::Viewer => Ok(Permissions::declared_for(self)),
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

/// How the caller proved who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A signed access token of this sign-in, valid until the given time.
    Access(AuthSessionId, Timestamp),
    /// An API token, valid until the given time if it ends by itself.
    ApiToken(ApiTokenId, Option<Timestamp>),
    /// Nothing: the gateway runs for one person on this machine alone.
    AutoAdmin,
    /// An agent at work in the person's name, whose rights it has and no others: of these only those of the API token
    /// that started the work, if one did.
    Agent(AgentId, Option<ApiTokenId>),
}

impl Credential {
    /// The API token that the caller's rights are limited to.
    pub fn api_token(&self) -> Option<&ApiTokenId> {
        match self {
            Self::ApiToken(token, _) => Some(token),
            Self::Agent(_, token) => token.as_ref(),
            Self::Access(..) | Self::AutoAdmin => None,
        }
    }

    /// When it ends by itself.
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::Access(_, until) => Some(*until),
            Self::ApiToken(_, until) => *until,
            Self::AutoAdmin | Self::Agent(..) => None,
        }
    }
}

/// From where a request came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of the client, as far as it is known.
    pub address: Option<IpAddr>,
    /// The client as it names itself.
    pub user_agent: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
}

/// The principal of a request: made by a wire from a credential, judged by the core.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The user.
    pub user: UserId,
    /// The user's e-mail address.
    pub email: Arc<str>,
    /// In which tenant.
    pub tenant: TenantId,
    /// With which role there.
    pub role: Role,
    /// What the role includes.
    pub permissions: Permissions,
    /// By which proof.
    pub credential: Credential,
    /// The key under which the request is applied once, if it bears one.
    pub request_key: Option<RequestKey>,
    /// From where, if a wire has said so.
    pub origin: Arc<Origin>,
}

impl Caller {
    /// The user in the tenant that it acts in.
    pub fn in_tenant(&self) -> UserInTenant {
        UserInTenant { tenant: self.tenant.clone(), user: self.user.clone() }
    }

    /// Whether the caller holds `permission`.
    pub fn has(&self, permission: Permission) -> bool {
        self.permissions.contain(permission)
    }
}

/// A user in one of the tenants that it is a member of. What happens in one tenant is not sent to who acts in another,
/// also if it is the same user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UserInTenant {
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
}

/// Whose rights have changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightsOf {
    /// Those of a user, in all of its tenants.
    User(UserId),
    /// Those of all members of a tenant.
    Tenant(TenantId),
}

impl RightsOf {
    /// Whether they are the caller's.
    pub fn concern(&self, caller: &Caller) -> bool {
        match self {
            Self::User(user) => caller.user == *user,
            Self::Tenant(tenant) => caller.tenant == *tenant,
        }
    }
}

/// The key of a request that is applied once, however often it is sent.
#[derive(Clone, Debug)]
pub struct RequestKey {
    /// The key, as the client chose it.
    pub key: String,
    /// What distinguishes the request from another under the same key.
    pub fingerprint: String,
    is_replayed: Arc<AtomicBool>,
}

impl RequestKey {
    /// A key that was not looked up yet.
    pub fn new(key: String, fingerprint: String) -> Self {
        Self { key, fingerprint, is_replayed: Arc::default() }
    }

    /// The same key for a request that is distinguished by `detail` as well.
    #[must_use]
    pub fn with_detail(mut self, detail: &str) -> Self {
        self.fingerprint.push(' ');
        self.fingerprint.push_str(detail);
        self
    }

    /// Notes that the answer is that of an earlier request. All clones know it.
    pub fn mark_replayed(&self) {
        self.is_replayed.store(true, Ordering::Relaxed);
    }

    /// Whether the answer is that of an earlier request.
    pub fn is_replayed(&self) -> bool {
        self.is_replayed.load(Ordering::Relaxed)
    }
}

/// A node that asks, by its token. It acts for nobody but itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeCaller {
    /// Which node.
    pub node: NodeId,
    /// In which tenant.
    pub tenant: TenantId,
    /// From where, if a wire has said so.
    pub origin: Arc<Origin>,
}
