//! Signing in, API tokens, and who one is.

use serde::{Deserialize, Serialize};
use sophon_model::{ApiTokenId, AuthSessionId, Permission, TenantId, UserId};
use utoipa::ToSchema;

use crate::{Secret, SignInProvider, Time};

/// How one gets in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthConfig {
    /// Whether requests without a credential are the administrator's, so that nobody needs to sign in.
    pub auto_admin: bool,
    /// Whether an administrator is still to be made. Never so: a gateway makes one when it first starts.
    pub setup_needed: bool,
    /// The identity providers that one can sign in at, in the order in which they are shown.
    #[serde(default)]
    #[schema(required)]
    pub providers: Vec<SignInProvider>,
}

/// The account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The e-mail address, in any case.
    #[schema(example = "ada@example.com")]
    pub email: String,
    /// The password.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    pub password: Secret,
}

/// A refresh token to be traded.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refresh {
    /// The newest refresh token of the sign-in.
    #[schema(value_type = String, example = "rt_7e8f9a0b3c5d")]
    pub refresh_token: Secret,
}

/// A sign-in that succeeded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// What to send as `Authorization: Bearer …`.
    #[schema(value_type = String, example = "at_3c5d7e8f9a0b")]
    pub access_token: Secret,
    /// What to trade for the next pair. Good for one use: using it twice ends the sign-in, but for half a minute the
    /// same device gets the same answer again, should it have lost it.
    #[schema(value_type = String, example = "rt_7e8f9a0b3c5d")]
    pub refresh_token: Secret,
    /// Until when the access token counts.
    pub expires_at: Time,
    /// The user who signed in.
    pub user: User,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Lower case.
    #[schema(example = "ada@example.com")]
    pub email: String,
    /// What others see.
    #[schema(example = "Ada")]
    pub name: String,
    /// `Admin`, `Operator`, `Viewer`, or the id of a role of the tenant's own.
    #[schema(example = "Operator")]
    pub role: String,
    /// What people call the role.
    #[schema(example = "Operator")]
    pub role_name: String,
    /// The tenant that it acts in: the one that the request names, or its home.
    pub tenant: Tenant,
    /// All tenants that it can act in. With an API token that is the one which the token was made in.
    #[serde(default)]
    #[schema(required)]
    pub tenants: Vec<TenantMembership>,
    /// What the role includes.
    pub permissions: Vec<Permission>,
    /// Whether the password was chosen by somebody else: until it is changed, requests are answered with 403 and
    /// `password_change_required`, but for those about one's own account.
    #[serde(default)]
    pub password_due: bool,
    /// When it was made.
    pub created_at: Time,
}

/// A tenant that one is a member of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantMembership {
    /// Its id.
    pub id: TenantId,
    /// What stands in addresses and in `X-Sophon-Tenant`.
    #[schema(example = "acme")]
    pub slug: String,
    /// What people call it.
    #[schema(example = "Acme")]
    pub name: String,
    /// One's role there: `Admin`, `Operator`, `Viewer`, or the id of a role of that tenant's own.
    #[schema(example = "Viewer")]
    pub role: String,
    /// What people call that role.
    #[serde(default)]
    #[schema(required, example = "Viewer")]
    pub role_name: String,
}

impl From<sophon_model::Member> for TenantMembership {
    fn from(member: sophon_model::Member) -> Self {
        Self {
            id: member.tenant_id,
            slug: member.tenant_slug,
            name: member.tenant_name,
            role: member.role.name().to_owned(),
            role_name: member.role_name,
        }
    }
}

/// A tenant, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// What stands in addresses and in `X-Sophon-Tenant`.
    #[schema(example = "default")]
    pub slug: String,
    /// What people call it.
    #[schema(example = "Default")]
    pub name: String,
}

/// A sign-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthSession {
    /// Its id.
    pub id: AuthSessionId,
    /// The device, as it named itself.
    #[schema(required)]
    pub user_agent: Option<String>,
    /// Where it signed in from.
    #[schema(required, example = "203.0.113.7")]
    pub address: Option<String>,
    /// When it signed in.
    pub created_at: Time,
    /// When it last refreshed its tokens.
    pub last_seen_at: Time,
    /// When it ends unless it refreshes before.
    pub expires_at: Time,
    /// Whether it is the one that this request lives by.
    pub current: bool,
}

impl AuthSession {
    /// A sign-in; `current` says whether it is the asker's own.
    pub fn new(session: sophon_model::AuthSession, current: bool) -> Self {
        Self {
            current,
            id: session.id,
            user_agent: session.user_agent,
            address: session.address,
            created_at: session.created_at.into(),
            last_seen_at: session.last_seen_at.into(),
            expires_at: session.expires_at.into(),
        }
    }
}

/// An API token, without its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiToken {
    /// Its public handle.
    pub id: ApiTokenId,
    /// What its owner calls it.
    #[schema(example = "Backup script")]
    pub name: String,
    /// How its secret begins.
    #[schema(example = "sk_3fG9xQ")]
    pub hint: String,
    /// What it may do at most; if null all that its owner may, except to end sign-ins.
    #[schema(required)]
    pub permissions: Option<Vec<Permission>>,
    /// The token that it was made with: it falls with that one.
    #[schema(required)]
    pub parent_id: Option<ApiTokenId>,
    /// When it was made.
    pub created_at: Time,
    /// When it was last used, to the minute.
    #[schema(required)]
    pub last_used_at: Option<Time>,
    /// When it ends; never if null.
    #[schema(required)]
    pub expires_at: Option<Time>,
}

impl From<sophon_model::ApiToken> for ApiToken {
    fn from(token: sophon_model::ApiToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            hint: token.hint,
            permissions: token.permissions,
            parent_id: token.parent_id,
            created_at: token.created_at.into(),
            last_used_at: token.last_used_at.map(Time),
            expires_at: token.expires_at.map(Time),
        }
    }
}

/// An API token to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewApiToken {
    /// What to call it: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, example = "Backup script")]
    pub name: String,
    /// What it may do at most, of what its maker may; all of that if absent, except to end sign-ins and other tokens,
    /// which must be named. It reads what its owner may read, and an agent that it sends a message to has its owner's
    /// rights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// After how many days it ends, 1 to 3,650; in place of `expiresAt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3_650)]
    pub expires_in_days: Option<u32>,
    /// When it ends, within 3,650 days; with the token that it is made with if absent, or never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
}

/// An API token that was just made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedApiToken {
    /// The secret, shown this once.
    #[schema(value_type = String, example = "sk_9f6a3c5d7e8f")]
    pub token: Secret,
    /// The token.
    pub api_token: ApiToken,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::identity::{self, Ends};
    use sophon_model::Error;

    use super::{NewApiToken, SignedIn, Tenant, TenantMembership, Time, User};

    impl From<identity::SignedIn> for SignedIn {
        fn from(signed_in: identity::SignedIn) -> Self {
            Self {
                access_token: signed_in.access_token.into(),
                refresh_token: signed_in.refresh_token.into(),
                expires_at: signed_in.expires_at.into(),
                user: signed_in.profile.into(),
            }
        }
    }

    impl From<identity::Profile> for User {
        fn from(profile: identity::Profile) -> Self {
            let identity::Profile { member: user, permissions, tenants } = profile;
            Self {
                tenant: Tenant { id: user.tenant_id, slug: user.tenant_slug, name: user.tenant_name },
                tenants: tenants.into_iter().map(TenantMembership::from).collect(),
                permissions: permissions.iter().collect(),
                id: user.id,
                email: user.email,
                name: user.name,
                role: user.role.name().to_owned(),
                role_name: user.role_name,
                password_due: user.password_due,
                created_at: user.created_at.into(),
            }
        }
    }

    impl TryFrom<NewApiToken> for identity::NewApiToken {
        type Error = Error;

        fn try_from(new: NewApiToken) -> Result<Self, Error> {
            let ends = match (new.expires_in_days, new.expires_at) {
                (Some(_), Some(_)) => {
                    return Err(Error::validation(
                        "expires_at",
                        "Give expiresAt or expiresInDays, not both.",
                    ));
                }
                (days, at) => days.map(Ends::InDays).or(at.map(|Time(at)| Ends::At(at))),
            };
            Ok(Self { name: new.name, permissions: new.permissions, ends })
        }
    }
}
