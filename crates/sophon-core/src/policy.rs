//! The one place where it is decided who may do what. Wires authenticate; only this authorizes.
//!
//! What a caller may not see does not exist for it: the answer is `not_found`. What it may see but not do is
//! `not_authorized`, with the missing permission named.

use sophon_model::{
    Approval, Caller, Credential, Discussion, DiscussionRun, Error, InfoRequest, Kind, Node, Permission,
    Result, Risk, Session, Task, TenantId, UserId, Visibility,
};

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub enum Act<'a> {
    /// Something that a permission alone decides.
    Use(Permission),
    /// Something that every signed-in user may do: see what is the tenant's, see and change one's own.
    SignedIn,
    /// Follow what this user is told; some of it needs a permission.
    FollowUser(&'a UserId, Option<Permission>),
    /// Follow what everybody in this tenant is told; some of it needs a permission.
    FollowTenant(&'a TenantId, Option<Permission>),
    /// Read a session and follow its events.
    ReadSession(&'a Session),
    /// Write into a session, or change or delete it.
    WriteSession(&'a Session),
    /// See a task.
    ReadTask(&'a Task),
    /// Cancel a task.
    CancelTask(&'a Task),
    /// See an approval.
    ReadApproval(&'a Approval),
    /// Approve, edit or reject.
    DecideApproval(&'a Approval),
    /// See a question.
    ReadInfoRequest(&'a InfoRequest),
    /// Answer a question.
    AnswerInfoRequest(&'a InfoRequest),
    /// See, change, approve or delete a node.
    ManageNode(&'a Node),
    /// Send a node a command that can do so much harm.
    CommandNode(&'a Node, Risk),
    /// See a discussion.
    ReadDiscussion(&'a Discussion),
    /// Change, run or delete a discussion.
    WriteDiscussion(&'a Discussion),
    /// See a run of a discussion and follow its events.
    ReadDiscussionRun(&'a DiscussionRun),
    /// Cancel a run of a discussion.
    CancelDiscussionRun(&'a DiscussionRun),
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
        Act::FollowUser(user, permission) => {
            own(caller, &caller.tenant, user, "user")?;
            permission.map_or(Ok(()), |permission| require(caller, permission))
        }
        Act::FollowTenant(tenant, permission) => {
            own(caller, tenant, &caller.user, "tenant")?;
            permission.map_or(Ok(()), |permission| require(caller, permission))
        }
        Act::ReadSession(session) => own(caller, &session.tenant_id, &session.owner_id, "session"),
        Act::WriteSession(session) => {
            own(caller, &session.tenant_id, &session.owner_id, "session")?;
            require(caller, Permission::SendMessages)
        }
        Act::ReadTask(task) => own(caller, &task.tenant_id, &task.user_id, "task"),
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
        Act::ReadApproval(approval) => read_approval(caller, approval),
        Act::DecideApproval(approval) => {
            read_approval(caller, approval)?;
            require_person(caller)?;
            require(caller, Permission::ApproveActions)
        }
        Act::ReadInfoRequest(request) => {
            own(caller, &request.tenant_id, &request.user_id, "information request")
        }
        Act::AnswerInfoRequest(request) => {
            own(caller, &request.tenant_id, &request.user_id, "information request")?;
            require_person(caller)?;
            require(caller, Permission::SendMessages)
        }
        Act::ManageNode(node) => manage_node(caller, node),
        Act::CommandNode(node, risk) => {
            manage_node(caller, node)?;
            // A person who sends a dangerous command approves it by that; an agent was given approval before.
            if risk >= Risk::High && !matches!(caller.credential, Credential::Agent(_)) {
                require(caller, Permission::ApproveActions)?;
            }
            Ok(())
        }
        Act::ReadDiscussion(discussion) => {
            own(caller, &discussion.tenant_id, &discussion.owner_id, "discussion")
        }
        Act::WriteDiscussion(discussion) => {
            own(caller, &discussion.tenant_id, &discussion.owner_id, "discussion")?;
            require(caller, Permission::SendMessages)
        }
        Act::ReadDiscussionRun(run) => own(caller, &run.tenant_id, &run.owner_id, "run"),
        Act::CancelDiscussionRun(run) => {
            own(caller, &run.tenant_id, &run.owner_id, "run")?;
            require(caller, Permission::SendMessages)
        }
    }
}

/// One's own agents ask oneself; those who answer for the tenant see what all agents ask.
fn read_approval(caller: &Caller, approval: &Approval) -> Result<()> {
    let answers = caller.tenant == approval.tenant_id && caller.has(Permission::ApproveActions);
    if answers { Ok(()) } else { own(caller, &approval.tenant_id, &approval.user_id, "approval") }
}

fn manage_node(caller: &Caller, node: &Node) -> Result<()> {
    if caller.tenant != node.tenant_id {
        return Err(Error::not_found("node"));
    }
    require(caller, Permission::ManageNodes)
}

/// An agent has the rights of the person it works for, except for this one: to say yes to itself.
fn require_person(caller: &Caller) -> Result<()> {
    match caller.credential {
        Credential::Agent(_) => Err(Error::new(Kind::NotAuthorized, "Only people answer what agents ask.")),
        Credential::Access(..) | Credential::ApiToken(_) | Credential::AutoAdmin => Ok(()),
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

fn own(caller: &Caller, tenant: &TenantId, owner: &UserId, what: &str) -> Result<()> {
    let is_own = *tenant == caller.tenant && *owner == caller.user;
    if is_own { Ok(()) } else { Err(Error::not_found(what)) }
}
