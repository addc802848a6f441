//! Changing users: name, address, role, status, password.

use sophon_model::ports::Tx;
use sophon_model::{
    AuditAction, Caller, Error, Kind, Member, Membership, Permission, Permissions, Result, Role, TenantId,
    User, UserId, UserStatus,
};

use super::{Users, email_of, exceeds, may_give, password};
use crate::database::Unit;
use crate::identity::{Owner, member, memberships, permissions, require_person, require_still};
use crate::limits;
use crate::only_if::OnlyIf;
use crate::policy::{Granted, Write, allow, grant};

/// What is to change of a user; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// What others see.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The role in the caller's tenant.
    pub role: Option<Role>,
    /// Whether the user may sign in.
    pub is_suspended: Option<bool>,
    /// A password that the user has to change at the next sign-in. All sign-ins end.
    pub password: Option<String>,
    /// What the change depends on.
    pub only_if: OnlyIf<Member>,
}

impl UserChange {
    /// Whether it is about the account, and not only about the tenant.
    fn is_of_account(&self) -> bool {
        self.name.is_some() || self.email.is_some() || self.is_suspended.is_some() || self.password.is_some()
    }

    /// Whether it is about how the user gets in.
    fn is_of_way_in(&self) -> bool {
        self.email.is_some() || self.password.is_some()
    }
}

impl Users {
    /// Changes one. What it may do counts at once, on all its connections.
    pub async fn update(&self, caller: &Caller, id: &UserId, change: UserChange) -> Result<Member> {
        let hash = match change.password.clone() {
            Some(password) => {
                // First, since what is refused of a password says something of its user.
                allow::<Member, Write>(caller)?;
                let owner = self.owner_after(caller, id, &change).await?;
                Some(self.identity.hash_password(password, &owner).await?)
            }
            None => None,
        };
        let (by, caller, id, identity) = (caller, caller.clone(), id.clone(), self.identity.clone());
        self.db
            .write_as(by, AuditAction::UserUpdate, move |unit| {
                let administrators = unit.tx.administrators_to_keep(&id)?;
                // Once more, now that the administrators are held: two who demote one another must not both succeed.
                require_still(unit, &caller)?;
                let mut known = to_change(unit, &caller, &id)?;
                change.only_if.require(&known.member)?;
                if change.is_of_account() {
                    known.require_home()?;
                }
                if change.is_of_way_in() {
                    require_reach(&*unit.tx, &caller, &known.user)?;
                }
                let was = known.user.clone();
                apply(unit, &caller, &mut known, change)?;
                if known.has_other_rights() && identity.is_auto_admin(&id) {
                    return Err(auto_admin());
                }
                if id == caller.user && known.user.status != UserStatus::Active {
                    return Err(Error::conflict("You cannot suspend yourself. Ask another administrator."));
                }
                let (is_suspended, role) = (known.user.status != UserStatus::Active, &known.membership.role);
                require_another(&administrators, &id, |tenant| {
                    is_suspended || *tenant == caller.tenant && *role != Role::Admin
                })?;
                if let Some(hash) = hash {
                    password::set_in(unit, &identity, &caller, &mut known, hash)?;
                }
                known.store_in(unit)?;
                known.note_change_in(unit, &was)?;
                if known.has_other_rights() {
                    identity.rights_change_in(unit, &id)?;
                }
                if known.is_suspended_now() {
                    identity.end_sign_ins_in(unit, &id, None)?;
                }
                member(&*unit.tx, &caller.tenant, &id)?.ok_or_else(|| Error::not_found("user"))
            })
            .await
    }
}

impl Users {
    /// Whose account it is once it is changed, as far as it is one of the caller's tenant.
    async fn owner_after(&self, caller: &Caller, id: &UserId, change: &UserChange) -> Result<Owner> {
        let (tenant, id) = (caller.tenant.clone(), id.clone());
        let known = self.db.read(move |tx| member(tx, &tenant, &id)).await?;
        let (email, name) = known.map(|user| (user.email, user.name)).unwrap_or_default();
        let (email, name) = (change.email.clone().unwrap_or(email), change.name.clone().unwrap_or(name));
        Ok(Owner { email, name })
    }
}

fn apply(unit: &mut Unit<'_>, caller: &Caller, known: &mut Known, change: UserChange) -> Result<()> {
    if let Some(name) = change.name {
        known.user.name = limits::name("name", &name)?;
    }
    if let Some(email) = change.email {
        known.user.email = email_of(&email)?;
    }
    if let Some(role) = change.role.filter(|role| *role != known.member.role) {
        may_give(&*unit.tx, caller, &role)?;
        known.membership.role = role;
    }
    if let Some(is_suspended) = change.is_suspended {
        known.user.status = if is_suspended { UserStatus::Suspended } else { UserStatus::Active };
    }
    Ok(())
}

/// A user in a tenant that is to be changed, held: as it was, and the two rows that say so.
pub(crate) struct Known {
    pub(crate) member: Member,
    pub(crate) user: User,
    pub(crate) membership: Membership,
}

impl Known {
    /// Refuses to change the account from another tenant than its home.
    pub(crate) fn require_home(&self) -> Result<()> {
        if self.member.is_home() {
            return Ok(());
        }
        let text = "The account of this user is managed in its home tenant. In this one you can change its role, or remove it.";
        Err(Error::new(Kind::NotAuthorized, text).with_code("managed_elsewhere"))
    }

    fn has_other_rights(&self) -> bool {
        (&self.membership.role, self.user.status) != (&self.member.role, self.member.status)
    }

    /// Says in the audit log what of the user is another now than it was.
    fn note_change_in(&self, unit: &mut Unit<'_>, was: &User) -> Result<()> {
        unit.about_change(was, &self.user)?;
        let role = Some(&self.membership.role).filter(|role| **role != self.member.role);
        let status = Some(self.user.status).filter(|status| *status != was.status);
        unit.audit_details(|details| {
            details.fields.extend(role.map(|_| "role".to_owned()));
            details.role = role.map(|role| role.name().to_owned());
            details.status = status.map(|status| status.as_str().to_owned());
        });
        Ok(())
    }

    fn is_suspended_now(&self) -> bool {
        self.member.status != self.user.status && self.user.status == UserStatus::Suspended
    }

    pub(crate) fn store_in(&mut self, unit: &mut Unit<'_>) -> Result<()> {
        let now = unit.now();
        self.user.updated_at = now;
        unit.tx.update(&self.user)?;
        if self.membership.role != self.member.role {
            self.membership.updated_at = now;
            unit.tx.update(&self.membership)?;
        }
        Ok(())
    }
}

/// The user in a tenant, held to be changed; nobody who was deleted.
pub(crate) fn account_to_change(
    unit: &mut Unit<'_>,
    tenant: &TenantId,
    id: &UserId,
) -> Result<Option<Known>> {
    let user = unit.tx.user_to_change(id)?;
    let membership = unit.tx.membership_to_change(tenant, id)?;
    let found = member(&*unit.tx, tenant, id)?;
    Ok(match (found, user, membership) {
        (Some(member), Some(user), Some(membership)) => Some(Known { member, user, membership }),
        _ => None,
    })
}

/// The user, held to be changed, whom the caller may change: one who may do no more in the tenant than the caller itself.
/// Otherwise somebody could set an administrator's password and be one. An API token changes nothing of its owner's
/// account, also where the owner may change accounts, and nothing of those who may end sign-ins unless it was given that by
/// name.
pub(super) fn to_change(unit: &mut Unit<'_>, caller: &Caller, id: &UserId) -> Result<Known> {
    let known = account_to_change(unit, &caller.tenant, id)?;
    let found = known.as_ref().map(|known| known.member.clone());
    let granted: Granted<Member, Write> = grant(&*unit.tx, caller, found)?;
    if granted.id == caller.user {
        require_person(caller)?;
    }
    let held = permissions(&*unit.tx, &granted)?;
    if !caller.permissions.cover(held) {
        return Err(exceeds("This user may do more than you, so you cannot change it."));
    }
    known.ok_or_else(|| Error::not_found("user"))
}

/// Refuses to change how a user gets in who may do more in another tenant than the caller may there. Who manages tenants
/// can be what it likes in each of them.
pub(super) fn require_reach(tx: &dyn Tx, caller: &Caller, user: &User) -> Result<()> {
    if caller.has(Permission::ManageTenants) {
        return Ok(());
    }
    for elsewhere in memberships(tx, &user.id)?.iter().filter(|one| one.tenant_id != caller.tenant) {
        // An API token is good for its own tenant alone.
        let own = match caller.credential.api_token() {
            None => member(tx, &elsewhere.tenant_id, &caller.user)?.filter(Member::may_act),
            Some(_) => None,
        };
        let held = own.map_or(Ok(Permissions::default()), |own| permissions(tx, &own))?;
        if !held.cover(permissions(tx, elsewhere)?) {
            let text = "This user is a member of another tenant too, where it may do more than you. It changes its address \
                 and password itself, or an administrator of the gateway does.";
            return Err(exceeds(text));
        }
    }
    Ok(())
}

/// Refuses what would leave a tenant without an administrator. `administrators` are the active ones, held; `leaves` says
/// in which tenants the user is none from now on.
pub(crate) fn require_another(
    administrators: &[(TenantId, UserId)],
    user: &UserId,
    leaves: impl Fn(&TenantId) -> bool,
) -> Result<()> {
    let has_another =
        |tenant: &TenantId| administrators.iter().any(|(of, other)| of == tenant && other != user);
    let own = administrators.iter().filter(|(_, administrator)| administrator == user);
    if own.map(|(tenant, _)| tenant).all(|tenant| !leaves(tenant) || has_another(tenant)) {
        return Ok(());
    }
    let text = "This is the last administrator: make another user one first.";
    Err(Error::conflict(text).with_code("last_administrator"))
}

pub(crate) fn auto_admin() -> Error {
    let text = "Requests without a credential are this user's, as long as auth.auto_admin is set: its role and status stay.";
    Error::conflict(text)
}
