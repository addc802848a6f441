//! Changing users: name, address, role, status, password.

use sophon_model::{AuditAction, Caller, Error, Result, Role, User, UserId, UserStatus};

use super::{Users, email_of, exceeds, is_there, may_give, password};
use crate::database::Unit;
use crate::identity::{permissions, require_person, require_still};
use crate::limits;
use crate::only_if::OnlyIf;
use crate::policy::{Granted, Write, grant};

/// What is to change of a user; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// What others see.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The role.
    pub role: Option<Role>,
    /// Whether the user may sign in.
    pub is_suspended: Option<bool>,
    /// A password that the user has to change at the next sign-in. All sign-ins end.
    pub password: Option<String>,
    /// What the change depends on.
    pub only_if: OnlyIf<User>,
}

impl Users {
    /// Changes one. What it may do counts at once, on all its connections.
    pub async fn update(&self, caller: &Caller, id: &UserId, change: UserChange) -> Result<User> {
        let hash = match change.password.clone() {
            Some(password) => Some(self.identity.hash_password(password).await?),
            None => None,
        };
        let (by, caller, id, identity) = (caller, caller.clone(), id.clone(), self.identity.clone());
        self.db
            .write_as(by, AuditAction::UserUpdate, move |unit| {
                let administrators = unit.tx.administrators_to_keep(&caller.tenant)?;
                // Once more, now that the administrators are held: two who demote one another must not both succeed.
                require_still(unit, &caller)?;
                let mut user = to_change(unit, &caller, &id)?;
                change.only_if.require(&user)?;
                let was = user.clone();
                apply(unit, &caller, &mut user, change)?;
                let has_other_rights = (&was.role, was.status) != (&user.role, user.status);
                if has_other_rights && identity.is_auto_admin(&user.id) {
                    return Err(auto_admin());
                }
                if has_other_rights && user.id == caller.user && user.status != UserStatus::Active {
                    return Err(Error::conflict("You cannot suspend yourself. Ask another administrator."));
                }
                let may_stay = user.role == Role::Admin && user.status == UserStatus::Active;
                if !may_stay {
                    require_another(&administrators, &user.id)?;
                }
                if let Some(hash) = hash {
                    password::set_in(unit, &identity, &caller, &mut user, hash)?;
                }
                user.updated_at = unit.now();
                unit.tx.update(&user)?;
                unit.about_change(&was, &user)?;
                unit.audit_details(|details| {
                    details.role = Some(user.role.name().to_owned()).filter(|_| was.role != user.role);
                    details.status =
                        Some(user.status.as_str().to_owned()).filter(|_| was.status != user.status);
                });
                if has_other_rights {
                    identity.rights_change_in(unit, &user.id)?;
                }
                if was.status != user.status && user.status == UserStatus::Suspended {
                    identity.end_sign_ins_in(unit, &user.id, None)?;
                }
                Ok(user)
            })
            .await
    }
}

fn apply(unit: &mut Unit<'_>, caller: &Caller, user: &mut User, change: UserChange) -> Result<()> {
    if let Some(name) = change.name {
        user.name = limits::name("name", &name)?;
    }
    if let Some(email) = change.email {
        user.email = email_of(&email)?;
    }
    if let Some(role) = change.role.filter(|role| *role != user.role) {
        may_give(&*unit.tx, caller, &role)?;
        user.role = role;
    }
    if let Some(is_suspended) = change.is_suspended {
        user.status = if is_suspended { UserStatus::Suspended } else { UserStatus::Active };
    }
    Ok(())
}

/// The user, held to be changed, whom the caller may change: one who may do no more than the caller itself. Otherwise
/// somebody could set an administrator's password and be one. An API token changes nothing of its owner's account, also
/// where the owner may change accounts, and nothing of those who may end sign-ins unless it was given that by name.
pub(super) fn to_change(unit: &mut Unit<'_>, caller: &Caller, id: &UserId) -> Result<User> {
    let user = unit.tx.user_to_change(&caller.tenant, id)?.filter(is_there);
    let user: Granted<User, Write> = grant(&*unit.tx, caller, user)?;
    if user.id == caller.user {
        require_person(caller)?;
    }
    let held = permissions(&*unit.tx, &user)?;
    if !caller.permissions.cover(held) {
        return Err(exceeds("This user may do more than you, so you cannot change it."));
    }
    Ok(user.into_inner())
}

/// Refuses what would leave a tenant without an administrator. `administrators` are the active ones, held.
pub(super) fn require_another(administrators: &[UserId], user: &UserId) -> Result<()> {
    if administrators.iter().any(|administrator| administrator != user) || !administrators.contains(user) {
        return Ok(());
    }
    let text = "This is the last administrator: make another user one first.";
    Err(Error::conflict(text).with_code("last_administrator"))
}

pub(super) fn auto_admin() -> Error {
    let text = "Requests without a credential are this user's, as long as auth.auto_admin is set: its role and status stay.";
    Error::conflict(text)
}
