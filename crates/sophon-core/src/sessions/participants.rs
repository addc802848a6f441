//! The participants of a session, and sharing it.

use sophon_model::ports::every;
use sophon_model::{
    Agent, AuditAction, Caller, Error, Member, Participant, ParticipantKind, Result, Session, SessionChange,
    SessionId, SessionRole, UserId,
};

use super::{Sessions, emit_change};
use crate::database::Unit;
use crate::identity::member;
use crate::policy::{Granted, Manage, SeeDetails, grant};

/// Those who may take part in one session. One more is a conflict with the code `too_many_participants`.
pub const MOST_PARTICIPANTS: usize = 100;

impl Sessions {
    /// Those who take part, in the order in which they joined.
    pub async fn participants(&self, caller: &Caller, id: &SessionId) -> Result<Vec<Participant>> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let session: Granted<Session, SeeDetails> = grant(tx, &caller, tx.get(&wanted)?)?;
                tx.list_in(&session.id, &every::<Participant>(), MOST_PARTICIPANTS)
            })
            .await
    }

    /// Lets another user of the tenant take part, or gives one who does another role. There is one owner, who stays it.
    pub async fn share(
        &self,
        caller: &Caller,
        id: &SessionId,
        user: &UserId,
        role: SessionRole,
    ) -> Result<Participant> {
        if role == SessionRole::Owner {
            return Err(Error::validation("role", "A session has one owner. Choose member or viewer."));
        }
        let (known, wanted, user) = (caller.clone(), id.clone(), user.clone());
        self.db
            .write_once(caller, AuditAction::SessionShare, move |unit| {
                let session: Granted<Session, Manage> = grant(unit.tx, &known, unit.tx.get(&wanted)?)?;
                unit.about(&*session);
                unit.audit_details(|details| {
                    details.user_id = Some(user.clone());
                    details.role = Some(role.as_str().to_owned());
                });
                share_in(unit, &session, &user, role)
            })
            .await
    }

    /// Ends that a user takes part. Every user may leave; the owner may end it for others, and stays. What the user
    /// follows of a private session ends with it.
    pub async fn unshare(&self, caller: &Caller, id: &SessionId, user: &UserId) -> Result<()> {
        let (by, caller, wanted, user) = (caller, caller.clone(), id.clone(), user.clone());
        self.db
            .write_as(by, AuditAction::SessionUnshare, move |unit| {
                let found = unit.tx.get(&wanted)?;
                let session = if user == caller.user {
                    grant::<_, SeeDetails>(unit.tx, &caller, found)?.into_inner()
                } else {
                    grant::<_, Manage>(unit.tx, &caller, found)?.into_inner()
                };
                unit.about(&session);
                unit.audit_details(|details| details.user_id = Some(user.clone()));
                if user == session.owner_id {
                    return Err(Error::conflict("The owner of a session stays in it. Delete it to end it."));
                }
                if !unit.tx.delete_participant(&session.id, ParticipantKind::User, user.as_str())? {
                    return Err(Error::not_found("participant"));
                }
                unit.members_changed(&session.id);
                emit_change(unit, &session, SessionChange::Updated)
            })
            .await
    }
}

fn share_in(
    unit: &mut Unit<'_>,
    session: &Granted<Session, Manage>,
    user: &UserId,
    role: SessionRole,
) -> Result<Participant> {
    let known = member(&*unit.tx, &session.tenant_id, user)?.filter(Member::may_act);
    let unknown = || Error::validation("user_id", "There is no such user in your tenant.");
    let user = known.ok_or_else(unknown)?;
    if user.id == session.owner_id {
        return Err(Error::conflict("The owner of a session keeps its role."));
    }
    let there = unit.tx.list_in(&session.id, &every::<Participant>(), MOST_PARTICIPANTS)?;
    let known = there.iter().find(|one| one.user().as_ref() == Some(&user.id));
    if known.is_none() {
        require_room(&there)?;
    }
    let new = || Participant::new(session, ParticipantKind::User, user.id.as_str(), role, unit.now());
    let joined = Participant { role, ..known.cloned().unwrap_or_else(new) };
    unit.tx.put(&joined)?;
    unit.members_changed(&session.id);
    emit_change(unit, session, SessionChange::Updated)?;
    Ok(joined)
}

fn require_room(there: &[Participant]) -> Result<()> {
    if there.len() < MOST_PARTICIPANTS {
        return Ok(());
    }
    let text = format!("{MOST_PARTICIPANTS} take part in the session. Remove one who no longer does.");
    Err(Error::conflict(text).with_code("too_many_participants"))
}

/// Notes the owner and the agent of a new session.
pub(super) fn begin_in(unit: &mut Unit<'_>, session: &Session) -> Result<()> {
    let join = |kind, id: &str, role| Participant::new(session, kind, id, role, unit.now());
    let owner = join(ParticipantKind::User, session.owner_id.as_str(), SessionRole::Owner);
    let agent = join(ParticipantKind::Agent, session.agent_id.as_str(), SessionRole::Member);
    // What it begins with was read where it was forked.
    unit.tx.insert(&Participant { read_count: session.message_count, ..owner })?;
    unit.tx.insert(&agent)
}

/// Notes an agent that is asked to answer in a session that is another agent's. One for whom there is no room is not
/// asked.
pub(crate) fn join_agent_in(unit: &mut Unit<'_>, session: &Session, agent: &Agent) -> Result<()> {
    if agent.id == session.agent_id {
        return Ok(());
    }
    let there = unit.tx.list_in(&session.id, &every::<Participant>(), MOST_PARTICIPANTS)?;
    let is_it = |one: &Participant| one.kind == ParticipantKind::Agent && one.member_id == agent.id.as_str();
    if there.iter().any(is_it) {
        return Ok(());
    }
    require_room(&there)?;
    let (id, kind) = (agent.id.as_str(), ParticipantKind::Agent);
    unit.tx.insert(&Participant::new(session, kind, id, SessionRole::Member, unit.now()))
}
