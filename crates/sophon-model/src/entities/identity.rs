//! Tenants, people and their credentials.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Ends, Entity, Insert, Key, Order, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{
    ApiTokenId, AuthSessionId, Permission, Permissions, RightsChangeId, RightsOf, Role, RoleId, TenantId,
    Timestamp, UserId,
};

text_enum! {
    /// Whether a tenant is in use.
    pub enum TenantStatus {
        /// Its members work in it.
        Active = "active",
        /// Nobody can act in it; everything is kept.
        Disabled = "disabled",
        /// All that it has is being deleted, and then the tenant itself.
        Deleting = "deleting",
    }
}

/// A tenant: everything else belongs to one. Personal use has one with the slug `default`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// What stands in URLs and in `X-Sophon-Tenant`; unique.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// What it is for, in words for people.
    pub description: Option<String>,
    /// Whether it is in use.
    pub status: TenantStatus,
    /// Whether it is the tenant that runs the deployment. There is one. Permissions for what all tenants share count in
    /// this one alone, and it is neither disabled nor deleted.
    pub is_main: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Entity for Tenant {
    const TABLE: &'static Table =
        &Table::new("tenants", "tenant").taken("There is a tenant with this slug already.");
}

impl Insert for Tenant {}
impl Update for Tenant {}
impl Delete for Tenant {}

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

/// The account of a person. In which tenants it acts, and with which role, its memberships say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Its home: the tenant whose administrators manage the account, and in which it acts where a request names none.
    pub tenant_id: TenantId,
    /// Lower case; unique in the deployment.
    pub email: String,
    /// What others see.
    pub name: String,
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

impl Delete for User {}

/// That a user acts in a tenant, and with which role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The user.
    pub user_id: UserId,
    /// Its role there.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
    /// When the role last changed.
    pub updated_at: Timestamp,
}

impl Entity for Membership {
    const TABLE: &'static Table = &Table::new("memberships", "member")
        .key(&["tenant_id", "user_id"])
        .taken("This user is a member of the tenant already.");
}

impl Insert for Membership {}
impl Update for Membership {}

/// A user in a tenant: a membership with what is known of the account and of the tenant. Read only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The user.
    pub id: UserId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The user's role there.
    pub role: Role,
    /// What people call the role.
    pub role_name: String,
    /// Since when.
    pub joined_at: Timestamp,
    /// The tenant whose administrators manage the account.
    pub home_id: TenantId,
    /// Lower case; unique in the deployment.
    pub email: String,
    /// What others see.
    pub name: String,
    /// Whether the user may sign in.
    pub status: UserStatus,
    /// Whether the password was chosen by somebody else.
    pub password_due: bool,
    /// Since when sign-ins ask for a second factor, if they do.
    pub second_factor_since: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the account or the role last changed.
    pub updated_at: Timestamp,
    /// What stands in URLs for the tenant.
    pub tenant_slug: String,
    /// What people call the tenant.
    pub tenant_name: String,
    /// Whether the tenant is in use.
    pub tenant_status: TenantStatus,
    /// Whether the tenant runs the deployment.
    pub is_main: bool,
}

impl Member {
    /// Whether the user can act in the tenant.
    pub fn may_act(&self) -> bool {
        self.status == UserStatus::Active && self.tenant_status == TenantStatus::Active
    }

    /// Whether the account is managed in this tenant.
    pub fn is_home(&self) -> bool {
        self.home_id == self.tenant_id
    }
}

impl Entity for Member {
    const TABLE: &'static Table =
        &Table::new("members", "user").order(Order::oldest_first(&["joined_at", "id"]));
}

impl Scoped for Member {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}

/// A note for other processes on the same database that rights have changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RightsChange {
    /// Its id.
    pub id: RightsChangeId,
    /// Whose rights they are.
    pub whose: RightsOf,
    /// When they changed.
    pub at: Timestamp,
}

impl Entity for RightsChange {
    const TABLE: &'static Table = &Table::new("rights_changes", "change of rights")
        .json(&["whose"])
        .order(Order::oldest_first(&["at", "id"]));
}

impl Insert for RightsChange {}

impl Ends for RightsChange {
    const ENDED: &'static str = "at";
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
    /// When it ends however often it is refreshed, since whoever vouched for the person has to be asked again. Absent if
    /// nobody has to.
    pub ends_at: Option<Timestamp>,
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
    /// Has it last until `until`, or until it ends in any case.
    pub fn extend(&mut self, until: Timestamp) {
        self.expires_at = self.ends_at.map_or(until, |end| end.min(until));
    }

    /// Whether access tokens of this sign-in still count.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// That somebody at an identity provider signs in to an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityLink {
    /// The provider, by its issuer.
    pub issuer: String,
    /// The provider's own name for the person.
    pub subject: String,
    /// The account.
    pub user_id: UserId,
    /// Since when.
    pub created_at: Timestamp,
    /// When somebody last signed in by it.
    pub used_at: Timestamp,
}

impl Entity for IdentityLink {
    const TABLE: &'static Table = &Table::new("identity_links", "company account")
        .key(&["issuer", "subject"])
        .locked()
        .order(Order::oldest_first(&["created_at", "subject"]))
        .taken("This company account is connected already.");
}

impl Insert for IdentityLink {}
impl Update for IdentityLink {}

/// An API token. Only its hash is kept; the secret is shown once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Its public handle.
    pub id: ApiTokenId,
    /// Whose rights it carries.
    pub user_id: UserId,
    /// The tenant that it was made in: it acts in no other one.
    pub tenant_id: TenantId,
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
