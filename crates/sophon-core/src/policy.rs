//! The one place where it is decided who may do what. Wires authenticate; only this authorizes.
//!
//! What a caller may not see does not exist for it: the answer is `not_found`. What it may see but not do is
//! `not_authorized`, with the missing permission named.

use sophon_model::{Caller, Error, Kind, Permission, Result, Session, Task, Visibility};

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub enum Act<'a> {
    /// Something that a permission alone decides.
    Use(Permission),
    /// Something that every signed-in user may do: see what is the tenant's, see and change one's own.
    SignedIn,
    /// Read a session and follow its events.
    ReadSession(&'a Session),
    /// Write into a session, or change or delete it.
    WriteSession(&'a Session),
    /// See a task.
    ReadTask(&'a Task),
    /// Cancel a task.
    CancelTask(&'a Task),
}

/// Says whether `caller` (nobody, for those who did not sign in) may do `act`.
pub fn authorize(caller: Option<&Caller>, act: Act<'_>) -> Result<()> {
    if let Act::ReadSession(session) = act
        && session.visibility == Visibility::Public
    {
        return Ok(());
    }
    let Some(caller) = caller else {
        return Err(Error::unauthenticated("Sign in, or send an API token, to do this."));
    };
    match act {
        Act::Use(permission) => require(caller, permission),
        Act::SignedIn => Ok(()),
        Act::ReadSession(session) => own_session(caller, session),
        Act::WriteSession(session) => {
            own_session(caller, session)?;
            require(caller, Permission::SendMessages)
        }
        Act::ReadTask(task) => {
            let own = task.tenant_id == caller.tenant && task.user_id == caller.user;
            if own { Ok(()) } else { Err(Error::not_found("task")) }
        }
        Act::CancelTask(task) => {
            if task.tenant_id != caller.tenant {
                return Err(Error::not_found("task"));
            }
            if task.user_id == caller.user {
                return require(caller, Permission::SendMessages);
            }
            // Only who may cancel other people's tasks learns that they exist.
            require(caller, Permission::CancelTasks).map_err(|_| Error::not_found("task"))
        }
    }
}

fn require(caller: &Caller, permission: Permission) -> Result<()> {
    if caller.has(permission) {
        return Ok(());
    }
    let name = permission.name();
    Err(Error::new(Kind::NotAuthorized, format!("Missing required permission: {name}"))
        .with_details(serde_json::json!({ "permission": name })))
}

fn own_session(caller: &Caller, session: &Session) -> Result<()> {
    let own = session.tenant_id == caller.tenant && session.owner_id == caller.user;
    if own { Ok(()) } else { Err(Error::not_found("session")) }
}
