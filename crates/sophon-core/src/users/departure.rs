//! Deleting users. What was theirs is handed over; nothing is left to nobody.

use serde_json::json;
use sophon_model::ports::Belongings;
use sophon_model::{AuditAction, Caller, Error, Permission, Result, Role, User, UserId, UserStatus};

use super::Users;
use super::change::{auto_admin, require_another, to_change};
use crate::database::Unit;
use crate::identity::{may_act, permissions, require_still};

/// What the owner of a session, a discussion or an attachment needs to change or delete it.
const OWNING: Permission = Permission::SendMessages;

impl Users {
    /// Deletes one: its address is free again, its credentials end, its work is cancelled. What is its own becomes that of
    /// `heir`, who must be an active user of the tenant; without one there must be nothing.
    pub async fn delete(&self, caller: &Caller, id: &UserId, heir: Option<UserId>) -> Result<()> {
        let (by, caller, id, identity) = (caller, caller.clone(), id.clone(), self.identity.clone());
        self.db
            .write_as(by, AuditAction::UserDelete, move |unit| {
                let administrators = unit.tx.administrators_to_keep(&caller.tenant)?;
                // Once more, now that the administrators are held.
                require_still(unit, &caller)?;
                let user = to_change(unit, &caller, &id)?;
                unit.about(&user);
                unit.audit_details(|details| details.user_id.clone_from(&heir));
                if user.id == caller.user {
                    return Err(Error::conflict("You cannot delete yourself. Ask another administrator."));
                }
                if identity.is_auto_admin(&user.id) {
                    return Err(auto_admin());
                }
                require_another(&administrators, &user.id)?;
                hand_over(unit, &user, heir)?;
                identity.end_sign_ins_in(unit, &user.id, None)?;
                identity.end_api_tokens_in(unit, &user.id)?;
                let gone = User {
                    email: format!("deleted:{}", user.id),
                    name: "Deleted user".into(),
                    role: Role::Viewer,
                    status: UserStatus::Deleted,
                    password_hash: String::new(),
                    password_due: false,
                    updated_at: unit.now(),
                    ..user
                };
                unit.tx.update(&gone)
            })
            .await
    }
}

fn hand_over(unit: &mut Unit<'_>, user: &User, heir: Option<UserId>) -> Result<()> {
    let own = unit.tx.belongings(&user.id)?;
    let Some(heir) = heir else {
        return if own.is_empty() { Ok(()) } else { Err(has_belongings(own)) };
    };
    let refused = |text: &'static str| Error::validation("reassign_to", text);
    if heir == user.id {
        return Err(refused("Name another user than the one that is deleted."));
    }
    let heir = unit.tx.get_in(&user.tenant_id, &heir)?;
    let heir = heir.filter(may_act);
    let heir = heir.ok_or_else(|| refused("There is no active user with this id."))?;
    if !own.is_empty() && !permissions(&*unit.tx, &heir)?.contain(OWNING) {
        return Err(refused("This user could do nothing with what it gets: its role lacks SendMessages."));
    }
    unit.tx.hand_over(&user.id, &heir.id)
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
