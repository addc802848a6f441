//! Removing users from a tenant: the account at its home, the membership elsewhere. What was theirs in the tenant is handed
//! over; nothing is left to nobody.

use serde_json::json;
use sophon_model::ports::Belongings;
use sophon_model::{
    AuditAction, Caller, Error, Member, Permission, Result, Role, TenantId, User, UserId, UserStatus,
};

use super::Users;
use super::change::{Known, auto_admin, require_another, to_change};
use crate::database::Unit;
use crate::identity::{Identity, member, memberships, permissions, require_still};

/// What the owner of a session, a discussion or an attachment needs to change or delete it.
const OWNING: Permission = Permission::SendMessages;

impl Users {
    /// Deletes one of the tenant's: its credentials end, and its work is cancelled. What is its own becomes that of `heir`,
    /// who must be an active user of the tenant; without one there must be nothing. If the tenant is its home, the account
    /// goes and its address is free again; it must be a member of no other tenant then. Elsewhere it is a member no more.
    pub async fn delete(&self, caller: &Caller, id: &UserId, heir: Option<UserId>) -> Result<()> {
        let (by, caller, id, identity) = (caller, caller.clone(), id.clone(), self.identity.clone());
        self.db
            .write_as(by, AuditAction::UserDelete, move |unit| {
                let administrators = unit.tx.administrators_to_keep(&id)?;
                // Once more, now that the administrators are held.
                require_still(unit, &caller)?;
                let known = to_change(unit, &caller, &id)?;
                unit.about(&known.user);
                unit.audit_details(|details| details.user_id.clone_from(&heir));
                if id == caller.user {
                    return Err(Error::conflict("You cannot delete yourself. Ask another administrator."));
                }
                require_another(&administrators, &id, |tenant| *tenant == caller.tenant)?;
                if known.member.is_home() {
                    delete_account_in(unit, &identity, known, heir)
                } else {
                    leave_in(unit, &identity, &caller.tenant, &id, heir)
                }
            })
            .await
    }
}

fn delete_account_in(
    unit: &mut Unit<'_>,
    identity: &Identity,
    known: Known,
    heir: Option<UserId>,
) -> Result<()> {
    let Known { user, mut membership, .. } = known;
    if identity.is_auto_admin(&user.id) {
        return Err(auto_admin());
    }
    if memberships(&*unit.tx, &user.id)?.iter().any(|one| !one.is_home()) {
        let text = "This user is a member of another tenant too. An administrator there, or of the gateway, removes it from \
             that one first.";
        return Err(Error::conflict(text).with_code("member_elsewhere"));
    }
    give_up_in(unit, identity, (&user.tenant_id, &user.id), heir)?;
    identity.end_sign_ins_in(unit, &user.id, None)?;
    identity.remove_second_factor_in(unit, &user.id)?;
    membership.role = Role::Viewer;
    unit.tx.update(&membership)?;
    unit.tx.update(&User {
        email: format!("deleted:{}", user.id),
        name: "Deleted user".into(),
        status: UserStatus::Deleted,
        password_hash: String::new(),
        password_due: false,
        updated_at: unit.now(),
        ..user
    })
}

/// Ends that a user is a member of a tenant that is not its home.
pub(crate) fn leave_in(
    unit: &mut Unit<'_>,
    identity: &Identity,
    tenant: &TenantId,
    user: &UserId,
    heir: Option<UserId>,
) -> Result<()> {
    give_up_in(unit, identity, (tenant, user), heir)?;
    unit.tx.delete_membership(tenant, user)?;
    Ok(())
}

/// Hands over what is the user's own in a tenant, ends that it takes part in what is others', and its API tokens there. Its
/// private prompts go: they are habits of its own, and no work of the tenant.
fn give_up_in(
    unit: &mut Unit<'_>,
    identity: &Identity,
    (tenant, user): (&TenantId, &UserId),
    heir: Option<UserId>,
) -> Result<()> {
    hand_over(unit, tenant, user, heir)?;
    unit.tx.leave_sessions(tenant, user)?;
    unit.tx.delete_private_prompts(tenant, user)?;
    unit.all_members_changed();
    identity.end_api_tokens_in(unit, user, Some(tenant))
}

fn hand_over(unit: &mut Unit<'_>, tenant: &TenantId, user: &UserId, heir: Option<UserId>) -> Result<()> {
    let own = unit.tx.belongings(tenant, user)?;
    let Some(heir) = heir else {
        return if own.is_empty() { Ok(()) } else { Err(has_belongings(own)) };
    };
    let refused = |text: &'static str| Error::validation("reassign_to", text);
    if heir == *user {
        return Err(refused("Name another user than the one that is deleted."));
    }
    let heir = member(&*unit.tx, tenant, &heir)?.filter(is_active);
    let heir = heir.ok_or_else(|| refused("There is no active user with this id."))?;
    if !own.is_empty() && !permissions(&*unit.tx, &heir)?.contain(OWNING) {
        return Err(refused("This user could do nothing with what it gets: its role lacks SendMessages."));
    }
    unit.tx.hand_over(tenant, user, &heir.id)
}

/// Whether the user may sign in; the tenant itself may be out of use.
fn is_active(user: &Member) -> bool {
    user.status == UserStatus::Active
}

fn has_belongings(own: Belongings) -> Error {
    let Belongings { sessions, discussions, memories, attachments } = own;
    let counts = [
        counted(sessions, "session", "sessions"),
        counted(discussions, "discussion", "discussions"),
        counted(memories, "memory", "memories"),
        counted(attachments, "attachment", "attachments"),
    ];
    let has = counts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let text = format!("This user has {has}. Name with reassignTo who gets what is the user's own.");
    let details = json!({
        "sessions": sessions, "discussions": discussions, "memories": memories, "attachments": attachments,
    });
    Error::conflict(text).with_code("has_belongings").with_details(details)
}

fn counted(count: u64, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    }
}
