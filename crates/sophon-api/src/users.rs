//! Users and roles, as administrators see them, and what people change of their own account.

use serde::{Deserialize, Serialize};
use sophon_model::{Permission, UserId, UserStatus};
use utoipa::ToSchema;

use crate::change::not_null;
use crate::{Secret, Time};

/// A user, as administrators see one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserAccount {
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
    #[serde(default)]
    #[schema(required, example = "Operator")]
    pub role_name: String,
    /// Whether it may sign in.
    pub status: UserStatus,
    /// Whether it has to change its password before anything else, because somebody else chose it.
    pub password_due: bool,
    /// Whether its sign-ins ask for a second factor.
    #[serde(default)]
    #[schema(required)]
    pub second_factor: bool,
    /// Whether the account is managed in another tenant. In this one its role can be changed, and it can be removed.
    #[serde(default)]
    #[schema(required)]
    pub guest: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl From<sophon_model::Member> for UserAccount {
    fn from(user: sophon_model::Member) -> Self {
        Self {
            guest: !user.is_home(),
            second_factor: user.second_factor_since.is_some(),
            id: user.id,
            email: user.email,
            name: user.name,
            role: user.role.name().to_owned(),
            role_name: user.role_name,
            status: user.status,
            password_due: user.password_due,
            created_at: user.created_at.into(),
            updated_at: user.updated_at.into(),
        }
    }
}

/// A user to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The e-mail address, in any case: at most 254 bytes.
    #[schema(max_length = 254, example = "ada@example.com")]
    pub email: String,
    /// What others see: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, example = "Ada")]
    pub name: String,
    /// `Admin`, `Operator`, `Viewer`, or the id of a role of the tenant's own; `Viewer` if absent. It may do no more than
    /// its giver.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Operator")]
    pub role: Option<String>,
    /// The first password, of at least 8 characters; a generated one if absent. The user has to change it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Password, example = "correct horse battery staple")]
    pub password: Option<Secret>,
}

/// A user that was just made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreatedUser {
    /// The password, if it was generated, shown this once.
    #[schema(required, value_type = Option<String>, example = "b3Jhbmdl-Zm94")]
    pub password: Option<Secret>,
    /// The user.
    pub user: UserAccount,
}

/// A user who was given a generated password.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResetPassword {
    /// The password, shown this once. The user has to change it at the next sign-in.
    #[schema(value_type = String, example = "b3Jhbmdl-Zm94")]
    pub password: Secret,
    /// The user.
    pub user: UserAccount,
}

/// Whether a user may sign in, as far as it can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// May sign in.
    Active,
    /// May not sign in; everything is kept, and running work is cancelled.
    Suspended,
}

/// What is to change of a user; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// The e-mail address, in any case: at most 254 bytes.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 254, example = "ada@example.com")]
    pub email: Option<String>,
    /// What others see: 1 to 200 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "Ada")]
    pub name: Option<String>,
    /// `Admin`, `Operator`, `Viewer`, or the id of a role of the tenant's own.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Operator")]
    pub role: Option<String>,
    /// Whether it may sign in.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub status: Option<Access>,
    /// A password of at least 8 characters, which the user has to change at the next sign-in. All its sign-ins end.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = String, format = Password, example = "correct horse battery staple")]
    pub password: Option<Secret>,
}

/// What is to end of a user.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogOutUser {
    /// Whether its API tokens end as well; they go on if absent.
    #[serde(default)]
    #[schema(example = true)]
    pub api_tokens: bool,
}

/// What is to change of one's own account; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountPatch {
    /// The e-mail address, in any case: at most 254 bytes.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 254, example = "ada@example.com")]
    pub email: Option<String>,
    /// What others see: 1 to 200 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "Ada")]
    pub name: Option<String>,
}

/// A change of one's own password.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordChange {
    /// The present one.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    pub current_password: Secret,
    /// The new one: at least 8 characters and at most 1,024 bytes.
    #[schema(value_type = String, format = Password, example = "purple giraffe under water")]
    pub new_password: Secret,
}

/// A role: what users who have it may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// What users name: `Admin`, `Operator`, `Viewer`, or an id.
    #[schema(example = "Operator")]
    pub id: String,
    /// What people call it.
    #[schema(example = "Operator")]
    pub name: String,
    /// What it includes.
    pub permissions: Vec<Permission>,
    /// Whether every tenant has it, as it is.
    pub built_in: bool,
    /// When it was made; null if it is built in.
    #[schema(required)]
    pub created_at: Option<Time>,
    /// When it last changed; null if it is built in.
    #[schema(required)]
    pub updated_at: Option<Time>,
}

/// A role to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// What people call it: 1 to 200 characters, unique in the tenant.
    #[schema(min_length = 1, max_length = 200, example = "Support")]
    pub name: String,
    /// What it includes, of what its maker may do.
    pub permissions: Vec<Permission>,
}

/// What is to change of a role; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RolePatch {
    /// What people call it: 1 to 200 characters, unique in the tenant.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "Support")]
    pub name: Option<String>,
    /// What it includes, of what its changer may do.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub permissions: Option<Vec<Permission>>,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::identity::AccountChange;
    use sophon_core::roles::{KnownRole, RoleChange};
    use sophon_core::users;

    use super::{
        Access, AccountPatch, CreatedUser, NewUser, ResetPassword, Role, RolePatch, Secret, Time, UserPatch,
    };

    impl From<NewUser> for users::NewUser {
        fn from(new: NewUser) -> Self {
            let role = new.role.unwrap_or_else(|| sophon_model::Role::Viewer.into());
            Self {
                email: new.email,
                name: new.name,
                role: role.into(),
                password: new.password.map(Secret::into_revealed),
            }
        }
    }

    impl From<users::CreatedUser> for CreatedUser {
        fn from(created: users::CreatedUser) -> Self {
            Self { password: created.password.map(Secret::from), user: created.user.into() }
        }
    }

    impl From<users::ResetPassword> for ResetPassword {
        fn from(reset: users::ResetPassword) -> Self {
            Self { password: reset.password.into(), user: reset.user.into() }
        }
    }

    impl From<UserPatch> for users::UserChange {
        fn from(patch: UserPatch) -> Self {
            Self {
                name: patch.name,
                email: patch.email,
                role: patch.role.map(Into::into),
                is_suspended: patch.status.map(|access| access == Access::Suspended),
                password: patch.password.map(Secret::into_revealed),
                ..Self::default()
            }
        }
    }

    impl From<AccountPatch> for AccountChange {
        fn from(patch: AccountPatch) -> Self {
            Self { name: patch.name, email: patch.email, ..Self::default() }
        }
    }

    impl From<KnownRole> for Role {
        fn from(known: KnownRole) -> Self {
            let (made, changed) = known.times.unzip();
            Self {
                id: known.role.name().to_owned(),
                name: known.name,
                permissions: known.permissions.iter().collect(),
                built_in: made.is_none(),
                created_at: made.map(Time),
                updated_at: changed.map(Time),
            }
        }
    }

    impl From<RolePatch> for RoleChange {
        fn from(patch: RolePatch) -> Self {
            Self { name: patch.name, permissions: patch.permissions, ..Self::default() }
        }
    }
}
