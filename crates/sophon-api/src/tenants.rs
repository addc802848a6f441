//! Tenants, as those see them who run the deployment.

use serde::{Deserialize, Serialize};
use sophon_model::{TenantId, TenantStatus, UserId};
use utoipa::ToSchema;

use crate::change::not_null;
use crate::{Change, Secret, Time, UserAccount};

/// A tenant, as those see it who run the deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedTenant {
    /// Its id.
    pub id: TenantId,
    /// What stands in addresses and in `X-Sophon-Tenant`.
    #[schema(example = "acme")]
    pub slug: String,
    /// What people call it.
    #[schema(example = "Acme")]
    pub name: String,
    /// What it is for.
    #[schema(required, example = "The people of Acme")]
    pub description: Option<String>,
    /// Whether it is in use.
    pub status: TenantStatus,
    /// Whether it runs the deployment. Permissions for what all tenants share count in this one alone, and it is neither
    /// disabled nor deleted.
    pub main: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl From<sophon_model::Tenant> for ManagedTenant {
    fn from(tenant: sophon_model::Tenant) -> Self {
        Self {
            id: tenant.id,
            slug: tenant.slug,
            name: tenant.name,
            description: tenant.description,
            status: tenant.status,
            main: tenant.is_main,
            created_at: tenant.created_at.into(),
            updated_at: tenant.updated_at.into(),
        }
    }
}

/// A tenant to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// What people call it: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, example = "Acme")]
    pub name: String,
    /// What stands in addresses: 1 to 63 lower-case letters, digits and `-`, unique in the deployment.
    #[schema(min_length = 1, max_length = 63, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", example = "acme")]
    pub slug: String,
    /// What it is for: 1 to 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2_000, example = "The people of Acme")]
    pub description: Option<String>,
    /// Its first administrator.
    pub administrator: TenantAdministrator,
}

/// The first administrator of a tenant: with `userId`, or `email` alone, a user that there is, whose account stays where it is
/// managed; with `email` and `name` a user to be made, whose account is managed in the new tenant.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantAdministrator {
    /// A user, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// An e-mail address, in any case: at most 254 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, example = "ada@example.com")]
    pub email: Option<String>,
    /// What others see of a user that is made: 1 to 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "Ada")]
    pub name: Option<String>,
    /// The first password of a user that is made, of at least 8 characters; a generated one if absent. The user has to change
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Password, example = "correct horse battery staple")]
    pub password: Option<Secret>,
}

/// A tenant that was just made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreatedTenant {
    /// The tenant.
    pub tenant: ManagedTenant,
    /// Its administrator.
    pub administrator: UserAccount,
    /// The administrator's password, if it was generated, shown this once.
    #[schema(required, value_type = Option<String>, example = "b3Jhbmdl-Zm94")]
    pub password: Option<Secret>,
}

/// Whether a tenant is in use, as far as it can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum TenantAccess {
    /// Its members work in it.
    Active,
    /// Nobody can act in it; everything is kept, and running work is cancelled.
    Disabled,
}

/// What is to change of a tenant; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantPatch {
    /// What people call it: 1 to 200 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "Acme")]
    pub name: Option<String>,
    /// What stands in addresses: 1 to 63 lower-case letters, digits and `-`. Addresses with the old one lead nowhere.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 63, example = "acme")]
    pub slug: Option<String>,
    /// What it is for: 1 to 2,000 characters. Null takes it away.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2_000, example = "The people of Acme")]
    pub description: Change<String>,
    /// Whether it is in use.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub status: Option<TenantAccess>,
}

/// A user of the deployment that is to be a member of a tenant, by `userId` or by `email`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTenantUser {
    /// By id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// By e-mail address, in any case: at most 254 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, example = "ada@example.com")]
    pub email: Option<String>,
    /// `Admin`, `Operator`, `Viewer`, or the id of a role of that tenant's own.
    #[schema(example = "Operator")]
    pub role: String,
}

/// The role that a member of a tenant has from now on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantUserPatch {
    /// `Admin`, `Operator`, `Viewer`, or the id of a role of that tenant's own.
    #[schema(example = "Operator")]
    pub role: String,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::tenants::{self, FirstAdministrator, NewMember, WhichUser};
    use sophon_model::{Error, UserId};

    use super::{
        CreatedTenant, NewTenant, NewTenantUser, Secret, TenantAccess, TenantAdministrator, TenantPatch,
    };

    impl TryFrom<NewTenant> for tenants::NewTenant {
        type Error = Error;

        fn try_from(new: NewTenant) -> Result<Self, Error> {
            Ok(Self {
                name: new.name,
                slug: new.slug,
                description: new.description,
                administrator: new.administrator.try_into()?,
            })
        }
    }

    impl TryFrom<TenantAdministrator> for FirstAdministrator {
        type Error = Error;

        fn try_from(wanted: TenantAdministrator) -> Result<Self, Error> {
            let TenantAdministrator { user_id, email, name, password } = wanted;
            match (user_id, email, name) {
                (None, Some(email), Some(name)) => {
                    Ok(Self::New { email, name, password: password.map(Secret::into_revealed) })
                }
                (_, _, Some(_)) => {
                    let text =
                        "A name is for a user that is made: give the e-mail address too, and no userId.";
                    Err(Error::validation("name", text))
                }
                _ if password.is_some() => {
                    let text =
                        "A password is for a user that is made: give its name and e-mail address, too.";
                    Err(Error::validation("password", text))
                }
                (user_id, email, None) => which(user_id, email).map(Self::Known),
            }
        }
    }

    impl TryFrom<NewTenantUser> for NewMember {
        type Error = Error;

        fn try_from(new: NewTenantUser) -> Result<Self, Error> {
            Ok(Self { user: which(new.user_id, new.email)?, role: new.role.into() })
        }
    }

    fn which(user_id: Option<UserId>, email: Option<String>) -> Result<WhichUser, Error> {
        match (user_id, email) {
            (Some(id), None) => Ok(WhichUser::Id(id)),
            (None, Some(email)) => Ok(WhichUser::Email(email)),
            _ => Err(Error::validation("user_id", "Name one user, by userId or by email.")),
        }
    }

    impl From<tenants::CreatedTenant> for CreatedTenant {
        fn from(created: tenants::CreatedTenant) -> Self {
            Self {
                tenant: created.tenant.into(),
                password: created.administrator.password.map(Secret::from),
                administrator: created.administrator.user.into(),
            }
        }
    }

    impl From<TenantPatch> for tenants::TenantChange {
        fn from(patch: TenantPatch) -> Self {
            Self {
                name: patch.name,
                slug: patch.slug,
                description: patch.description.into(),
                is_disabled: patch.status.map(|access| access == TenantAccess::Disabled),
                ..Self::default()
            }
        }
    }
}
