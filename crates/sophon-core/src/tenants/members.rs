//! Who is a member of a tenant, as those see and say who manage all of them.

use sophon_model::ports::{MemberFilter, Tx};
use sophon_model::{
    AuditAction, Caller, Error, Kind, Member, Page, Paged, Result, Role, Tenant, TenantId, UserId, UserStatus,
};

use super::{Tenants, to_change};
use crate::database::Unit;
use crate::identity::{member, require_still};
use crate::only_if::OnlyIf;
use crate::policy::{self, Read, Write, allow};
use crate::users::{
    Known, account_to_change, auto_admin, join_in, leave_in, permissions_of, require_another,
};

/// A user of the deployment.
#[derive(Clone, Debug)]
pub enum WhichUser {
    /// By id.
    Id(UserId),
    /// By e-mail address, in any case.
    Email(String),
}

/// A user that is to be a member of a tenant.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// Which one.
    pub user: WhichUser,
    /// Its role there.
    pub role: Role,
}

/// What is to change of a membership.
#[derive(Clone, Debug)]
pub struct MembershipChange {
    /// The role in the tenant.
    pub role: Role,
    /// What the change depends on.
    pub only_if: OnlyIf<Member>,
}

impl Tenants {
    /// The members of a tenant, those first who joined first.
    pub async fn members(
        &self,
        caller: &Caller,
        id: &TenantId,
        filter: MemberFilter,
        page: Page,
    ) -> Result<Paged<Member>> {
        allow::<policy::Tenants, Read>(caller)?;
        let id = id.clone();
        self.db
            .read(move |tx| {
                tx.get(&id)?.ok_or_else(|| Error::not_found("tenant"))?;
                tx.page(&id, &filter, &page)
            })
            .await
    }

    /// One member of a tenant.
    pub async fn member(&self, caller: &Caller, id: &TenantId, user: &UserId) -> Result<Member> {
        allow::<policy::Tenants, Read>(caller)?;
        let (id, user) = (id.clone(), user.clone());
        self.db.read(move |tx| member(tx, &id, &user)).await?.ok_or_else(|| Error::not_found("user"))
    }

    /// Makes a user of the deployment a member of a tenant. It acts there from now on, when it names the tenant.
    pub async fn add_member(&self, caller: &Caller, id: &TenantId, new: NewMember) -> Result<Member> {
        allow::<policy::Tenants, Write>(caller)?;
        let (by, id) = (caller.clone(), id.clone());
        self.db
            .write_once(caller, AuditAction::TenantAddUser, move |unit| {
                let tenant = to_change(unit, &id)?;
                require_to_give(&*unit.tx, &by, &tenant, &new.role)?;
                let user = found(unit, &new.user)?;
                note_in(unit, &tenant, &user, Some(&new.role));
                join_in(unit, &id, &user, new.role)
            })
            .await
    }

    /// Gives a member another role. It counts at once, on all its connections.
    pub async fn change_member(
        &self,
        caller: &Caller,
        id: &TenantId,
        user: &UserId,
        change: MembershipChange,
    ) -> Result<Member> {
        allow::<policy::Tenants, Write>(caller)?;
        let (by, id, user, identity) = (caller.clone(), id.clone(), user.clone(), self.identity.clone());
        self.db
            .write_as(caller, AuditAction::TenantUpdateUser, move |unit| {
                let tenant = to_change(unit, &id)?;
                let administrators = unit.tx.administrators_to_keep(&user)?;
                // Once more, now that the administrators are held.
                require_still(unit, &by)?;
                note_in(unit, &tenant, &user, Some(&change.role));
                let mut known = known(unit, &by, &tenant, &user)?;
                change.only_if.require(&known.member)?;
                require_to_give(&*unit.tx, &by, &tenant, &change.role)?;
                if identity.is_auto_admin(&user) && tenant.is_main {
                    return Err(auto_admin());
                }
                let demotes = change.role != Role::Admin;
                require_another(&administrators, &user, |of| demotes && *of == id)?;
                known.membership.role = change.role;
                known.store_in(unit)?;
                identity.rights_change_in(unit, &user)?;
                member(&*unit.tx, &id, &user)?.ok_or_else(|| Error::not_found("user"))
            })
            .await
    }

    /// Ends that a user is a member of a tenant that is not its home. What is its own there becomes that of `heir`, who must
    /// be an active user of the tenant; without one there must be nothing.
    pub async fn remove_member(
        &self,
        caller: &Caller,
        id: &TenantId,
        user: &UserId,
        heir: Option<UserId>,
    ) -> Result<()> {
        allow::<policy::Tenants, Write>(caller)?;
        let (by, id, user, identity) = (caller.clone(), id.clone(), user.clone(), self.identity.clone());
        self.db
            .write_as(caller, AuditAction::TenantRemoveUser, move |unit| {
                let tenant = to_change(unit, &id)?;
                let administrators = unit.tx.administrators_to_keep(&user)?;
                // Once more, now that the administrators are held.
                require_still(unit, &by)?;
                note_in(unit, &tenant, &user, None);
                let known = known(unit, &by, &tenant, &user)?;
                if known.member.is_home() {
                    let text = "The account is managed in this tenant. An administrator of it deletes it: \
                         DELETE /api/admin/users/{id}.";
                    return Err(Error::conflict(text).with_code("home_tenant"));
                }
                if identity.is_auto_admin(&user) && tenant.is_main {
                    return Err(auto_admin());
                }
                require_another(&administrators, &user, |of| *of == id)?;
                leave_in(unit, &identity, &id, &user, heir)
            })
            .await
    }
}

/// Says in the audit log which user of which tenant it is about, and the role that is given.
pub(super) fn note_in(unit: &mut Unit<'_>, tenant: &Tenant, user: &UserId, role: Option<&Role>) {
    unit.about(tenant);
    unit.audit_details(|details| {
        details.user_id = Some(user.clone());
        details.role = role.map(|role| role.name().to_owned());
    });
}

/// The user, which may be suspended.
pub(super) fn found(unit: &mut Unit<'_>, which: &WhichUser) -> Result<UserId> {
    let (field, user) = match which {
        WhichUser::Id(id) => ("user_id", unit.tx.get(id)?),
        WhichUser::Email(email) => ("email", unit.tx.user_by_email(&email.trim().to_lowercase())?),
    };
    let user = user.filter(|user| user.status != UserStatus::Deleted);
    Ok(user.ok_or_else(|| Error::validation(field, "There is no such user. Make it first."))?.id)
}

/// The member, held to be changed, of which the caller may change the role.
fn known(unit: &mut Unit<'_>, caller: &Caller, tenant: &Tenant, user: &UserId) -> Result<Known> {
    let known = account_to_change(unit, &tenant.id, user)?.ok_or_else(|| Error::not_found("user"))?;
    require_to_give(&*unit.tx, caller, tenant, &known.member.role)?;
    Ok(known)
}

/// Refuses a role that there is not, and in the main tenant one with more than the caller's own rights.
fn require_to_give(tx: &dyn Tx, caller: &Caller, tenant: &Tenant, role: &Role) -> Result<()> {
    let given = permissions_of(tx, &tenant.id, role)?;
    if !tenant.is_main || caller.permissions.cover(given) {
        return Ok(());
    }
    let text = "This is the tenant that runs the deployment, and the role may do more there than you.";
    Err(Error::new(Kind::NotAuthorized, text))
}
