//! Tenants, people and their credentials.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Entity, Insert, Key, Order, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{ApiTokenId, AuthSessionId, Permission, Permissions, Role, RoleId, TenantId, Timestamp, UserId};

/// A tenant: everything else belongs to one. Personal use has one with the slug `default`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// What stands in URLs and in `X-Sophon-Tenant`; unique.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Entity for Tenant {
    const TABLE: &'static Table =
        &Table::new("tenants", "tenant").taken("There is a tenant with this slug already.");
}

impl Insert for Tenant {}
impl Update for Tenant {}

impl Key for TenantId {
    type Of = Tenant;
}

text_enum! {
    /// Whether a user may sign in.
    pub enum UserStatus {
        /// May sign in.
        Active = "active",
        /// May not sign in; everything is kept.
        Suspended = "suspended",
        /// Is gone for good. The row stays for what refers to it, without the address.
        Deleted = "deleted",
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// Lower case; unique in the deployment.
    pub email: String,
    /// What others see.
    pub name: String,
    /// Its role in the tenant.
    pub role: Role,
    /// Whether it may sign in.
    pub status: UserStatus,
    /// An Argon2id hash in PHC form.
    pub password_hash: String,
    /// Whether the password was chosen by somebody else, so that it has to be changed before anything else is done.
    pub password_due: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Entity for User {
    const TABLE: &'static Table =
        &Table::new("users", "user").taken("There is a user with this e-mail address already.");
}

impl Insert for User {}
impl Update for User {}

impl Key for UserId {
    type Of = User;
}

impl Scoped for User {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}

/// A role of an administrator's own making.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomRole {
    /// Its id, which users name.
    pub id: RoleId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// What people call it; unique in the tenant.
    pub name: String,
    /// What it includes.
    pub permissions: Vec<Permission>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Entity for CustomRole {
    const TABLE: &'static Table =
        &Table::new("roles", "role").json(&["permissions"]).taken("There is a role with this name already.");
}

impl Insert for CustomRole {}
impl Update for CustomRole {}
impl Delete for CustomRole {}

impl Key for RoleId {
    type Of = CustomRole;
}

impl Scoped for CustomRole {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}

/// A sign-in: one device, one chain of refresh tokens of which only the newest is valid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthSession {
    /// Its id, which access tokens name.
    pub id: AuthSessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// SHA-256 of the newest refresh token, in hex.
    pub refresh_hash: String,
    /// SHA-256 of the one before it. Its use reveals that the chain has leaked.
    pub previous_hash: Option<String>,
    /// The device as it named itself.
    pub user_agent: Option<String>,
    /// The address that signed in.
    pub address: Option<String>,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it last refreshed.
    pub last_seen_at: Timestamp,
    /// When it ends unless refreshed before.
    pub expires_at: Timestamp,
    /// When it was ended by hand or by reuse of a token.
    pub revoked_at: Option<Timestamp>,
}

impl Entity for AuthSession {
    const TABLE: &'static Table =
        &Table::new("auth_sessions", "sign-in").locked().order(Order::newest_first(&["last_seen_at", "id"]));
}

impl Insert for AuthSession {}
impl Update for AuthSession {}

impl Key for AuthSessionId {
    type Of = AuthSession;
}

impl Scoped for AuthSession {
    type Scope = UserId;
    const SCOPE: &'static str = "user_id";
}

impl AuthSession {
    /// Whether access tokens of this sign-in still count.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// An API token. Only its hash is kept; the secret is shown once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Its public handle.
    pub id: ApiTokenId,
    /// Whose rights it carries.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    /// SHA-256 of the secret, in hex.
    pub secret_hash: String,
    /// The first characters of the secret, to tell tokens apart.
    pub hint: String,
    /// What it may do at most; if absent all that its owner may, except to end sign-ins.
    pub permissions: Option<Vec<Permission>>,
    /// The token that it was made with: it falls with that one.
    pub parent_id: Option<ApiTokenId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it ends; never if absent.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Entity for ApiToken {
    const TABLE: &'static Table = &Table::new("api_tokens", "API token")
        .json(&["permissions"])
        .locked()
        .order(Order::newest_first(&["created_at", "id"]));
}

impl Insert for ApiToken {}
impl Update for ApiToken {}

impl Key for ApiTokenId {
    type Of = ApiToken;
}

impl Scoped for ApiToken {
    type Scope = UserId;
    const SCOPE: &'static str = "user_id";
}

impl ApiToken {
    /// Whether the token still counts.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// What it may do of what its owner may.
    pub fn rights(&self) -> Permissions {
        let all = || Permissions::ALL.without(&[Permission::EndSignIns]);
        self.permissions.as_deref().map_or_else(all, Permissions::of)
    }
}
