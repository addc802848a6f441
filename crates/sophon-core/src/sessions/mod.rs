//! Sessions: making, listing, changing, forking and deleting them, and reading their messages.

mod branches;
mod excerpt;
mod expand;
mod fork;
mod history;
mod marks;
mod participants;
mod search;
mod search_tool;
mod visitors;

pub use branches::MOST_BRANCHES;
pub(crate) use branches::{branch_in, require_idle_in};
pub use excerpt::{Excerpt, Piece};
pub use expand::{Expand, ExpandedSession};
pub use fork::Fork;
pub use history::{History, MessageWithCalls};
pub(crate) use marks::unarchive_in;
pub use marks::{ChangeMarks, LONGEST_TAG, MOST_AT_ONCE, MOST_PINNED, MOST_TAGS, MarkedSession};
pub use participants::MOST_PARTICIPANTS;
pub(crate) use participants::join_agent_in;
pub use search::FoundMessage;
pub use visitors::View;

use std::sync::Arc;

use marks::marked;
use sophon_model::ports::{SessionFilter, every};
use sophon_model::{
    Agent, AuditAction, Caller, Error, Page, Paged, Result, Session, SessionChange, SessionEvent, SessionId,
    SessionMode, SessionStatus, TenantId, Visibility, WhileBusy,
};

use crate::agents::FIRST_AGENT;
use crate::attachments::Quotas;
use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::limits::{LONGEST_NAME, bounded, title};
use crate::live::PendingTexts;
use crate::models::Models;
use crate::only_if::OnlyIf;
use crate::policy::{Allowed, Create, Granted, Manage, Read, Write, allow, grant, visible};
use crate::registry::Registry;
use crate::tasks::{Outcome, Running, finish_in};

/// A session to be made.
#[derive(Clone, Debug, Default)]
pub struct NewSession {
    /// The agent that answers, by id or slug; the first agent if absent.
    pub agent: Option<String>,
    /// What people call it; the first message gives it a title if absent.
    pub title: Option<String>,
    /// The visibility; private if absent.
    pub visibility: Option<Visibility>,
    /// How its participants work together; each in its own time if absent.
    pub mode: Option<SessionMode>,
    /// What becomes of a message to an agent that is busy in it; it waits if absent.
    pub while_busy: Option<WhileBusy>,
    /// The channel it comes in by.
    pub channel_id: Option<String>,
    /// A model for this session alone.
    pub model: Option<String>,
}

/// What is to change of a session; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct ChangeSession {
    /// What people call it.
    pub title: Option<String>,
    /// The visibility.
    pub visibility: Option<Visibility>,
    /// Where it stands.
    pub status: Option<SessionStatus>,
    /// What becomes of a message to an agent that is busy in it.
    pub while_busy: Option<WhileBusy>,
    /// A model for this session alone; `Some(None)` clears it.
    pub model: Option<Option<String>>,
    /// The branch of its messages that is shown.
    pub branch: Option<i64>,
    /// What the change depends on.
    pub only_if: OnlyIf<Session>,
}

/// The service.
#[derive(Clone)]
pub struct Sessions {
    db: Database,
    pending: PendingTexts,
    running: Arc<Running>,
    quotas: Quotas,
    models: Models,
}

impl Sessions {
    pub(crate) fn open(shared: &Shared, registry: &mut Registry) -> Self {
        let (db, pending, running) = (shared.db.clone(), shared.pending.clone(), shared.running.clone());
        registry.tool(search_tool::Search::new(db.clone()));
        Self { db, pending, running, quotas: shared.settings.quotas, models: shared.models.clone() }
    }

    /// The sessions in which the caller takes part, with the caller's marks, in the order of the filter.
    pub async fn list(
        &self,
        caller: &Caller,
        filter: SessionFilter,
        page: Page,
    ) -> Result<Paged<MarkedSession>> {
        let visible = visible::<Session>(caller)?;
        self.db.read(move |tx| marked(tx, &visible, &filter, &page)).await
    }

    /// One. `caller` is nobody for those who look at a public session without signing in.
    pub async fn get(&self, caller: Option<&Caller>, id: &SessionId) -> Result<Session> {
        let (caller, wanted) = (caller.cloned(), id.clone());
        self.db
            .read(move |tx| {
                let session: Granted<Session, Read> = grant(tx, caller.as_ref(), tx.get(&wanted)?)?;
                Ok(match View::of(&session, caller.as_ref()) {
                    View::Participant => session.into_inner(),
                    View::Visitor => session.into_inner().without_details(),
                })
            })
            .await
    }

    /// Makes one.
    pub async fn create(&self, caller: &Caller, new: NewSession) -> Result<Session> {
        let allowed = allow(caller)?;
        self.models.require_offered("model", new.model.as_deref()).await?;
        self.db
            .write_once(caller, AuditAction::SessionCreate, move |unit| {
                let session = create_in(unit, &allowed, new)?;
                unit.about(&session);
                unit.audit_details(|details| {
                    details.visibility = Some(session.visibility.as_str().to_owned());
                });
                Ok(session)
            })
            .await
    }

    /// Changes one.
    pub async fn update(&self, caller: &Caller, id: &SessionId, change: ChangeSession) -> Result<Session> {
        let change = ChangeSession { title: change.title.as_deref().map(title).transpose()?, ..change };
        self.models.require_offered("model", change.model.as_ref().and_then(Option::as_deref)).await?;
        let (by, caller, wanted) = (caller, caller.clone(), id.clone());
        self.db
            .write_as(by, AuditAction::SessionUpdate, move |unit| {
                let mut session: Granted<Session, Write> = grant(unit.tx, &caller, unit.tx.get(&wanted)?)?;
                change.only_if.require(&session)?;
                let before = Session::clone(&session);
                if change.status.is_some() || change.visibility.is_some() {
                    grant::<_, Manage>(unit.tx, &caller, Some(Session::clone(&session)))?;
                }
                if let Some(status) = change.status {
                    if session.status == SessionStatus::Completed && status != SessionStatus::Completed {
                        return Err(Error::conflict(
                            "The session is completed and stays so. Fork it to go on.",
                        ));
                    }
                    session.status = status;
                }
                if let Some(title) = change.title {
                    session.title = title;
                }
                if let Some(visibility) = change.visibility {
                    session.visibility = visibility;
                }
                if let Some(while_busy) = change.while_busy {
                    session.while_busy = while_busy;
                }
                if let Some(model) = change.model {
                    session.model = model;
                }
                save_in(unit, &mut session)?;
                if let Some(branch) = change.branch.filter(|branch| *branch != session.branch) {
                    branches::switch_in(unit, &mut session, branch)?;
                }
                note_change_in(unit, &before, &session)?;
                Ok(session.into_inner())
            })
            .await
    }

    /// Deletes one, with all that is in it. Work that runs for it is stopped.
    pub async fn delete(&self, caller: &Caller, id: &SessionId) -> Result<()> {
        let (by, caller, wanted, running) = (caller, caller.clone(), id.clone(), self.running.clone());
        self.db
            .write_as(by, AuditAction::SessionDelete, move |unit| {
                // Their jobs first: see `Unit::wake`.
                let open = unit.tx.open_tasks_of(&wanted)?;
                open.iter().try_for_each(|task| unit.wake(&task.id))?;
                let session: Granted<Session, Manage> = grant(unit.tx, &caller, unit.tx.get(&wanted)?)?;
                unit.about(&*session);
                delete_in(unit, &session, &running)
            })
            .await
    }

    /// Deletes several: all of them, or none. Returns which.
    pub async fn delete_all(&self, caller: &Caller, ids: Vec<SessionId>) -> Result<Vec<SessionId>> {
        let ids = marks::at_once(ids)?;
        let (known, running) = (caller.clone(), self.running.clone());
        self.db
            .write_once(caller, AuditAction::SessionDelete, move |unit| {
                unit.audit_details(|details| details.ids = ids.iter().map(ToString::to_string).collect());
                for id in &ids {
                    let open = unit.tx.open_tasks_of(id)?;
                    open.iter().try_for_each(|task| unit.wake(&task.id))?;
                }
                for id in &ids {
                    let session = grant(unit.tx, &known, unit.tx.get(id)?)?;
                    delete_in(unit, &session, &running)?;
                }
                Ok(ids)
            })
            .await
    }
}

fn delete_in(unit: &mut Unit<'_>, session: &Granted<Session, Manage>, running: &Arc<Running>) -> Result<()> {
    for task in unit.tx.open_tasks_of(&session.id)? {
        let (running, id) = (running.clone(), task.id.clone());
        finish_in(unit, task, Outcome::cancelled())?;
        unit.after_commit(move || running.cancel_everywhere(&id));
    }
    // Before those who take part are gone with it.
    emit_change(unit, session, SessionChange::Deleted)?;
    unit.tx.delete(&session.id).map(drop)
}

/// Makes a session in a unit of work.
pub(crate) fn create_in(
    unit: &mut Unit<'_>,
    allowed: &Allowed<Session, Create>,
    new: NewSession,
) -> Result<Session> {
    let agent = agent_in(unit, allowed.tenant(), new.agent.as_deref())?;
    let title = title(&new.title.unwrap_or_default())?;
    if let Some(channel) = &new.channel_id {
        bounded("channel_id", channel, 1, LONGEST_NAME)?;
    }
    let session = Session {
        id: unit.new_id(),
        tenant_id: allowed.tenant().clone(),
        owner_id: allowed.user().clone(),
        agent_id: agent.id,
        title,
        visibility: new.visibility.unwrap_or(Visibility::Private),
        status: SessionStatus::Active,
        mode: new.mode.unwrap_or(SessionMode::Async),
        while_busy: new.while_busy.unwrap_or(WhileBusy::Queue),
        channel_id: new.channel_id,
        model: new.model,
        parent_id: None,
        forked_at_message_id: None,
        message_count: 0,
        branch: 0,
        last_outcome: None,
        created_at: unit.now(),
        updated_at: unit.now(),
    };
    store_new_in(unit, &session)?;
    Ok(session)
}

/// The agent by id or slug, or the one that answers when nobody names another.
pub(crate) fn agent_in(unit: &Unit<'_>, tenant: &TenantId, id_or_slug: Option<&str>) -> Result<Agent> {
    if let Some(wanted) = id_or_slug {
        return unit.tx.agent(tenant, wanted)?.ok_or_else(|| Error::not_found("agent"));
    }
    if let Some(first) = unit.tx.agent(tenant, FIRST_AGENT)? {
        return Ok(first);
    }
    let oldest = unit.tx.list_in(tenant, &every::<Agent>(), 1)?.pop();
    oldest.ok_or_else(|| Error::not_found("agent"))
}

/// Stores a session that a user changed, and emits its event.
pub(crate) fn save_in(unit: &mut Unit<'_>, session: &mut Granted<Session, Write>) -> Result<()> {
    touch_in(unit, session)
}

/// Stores a session that the gateway's own work changed, and emits its event.
pub(crate) fn touch_in(unit: &mut Unit<'_>, session: &mut Session) -> Result<()> {
    session.updated_at = unit.now();
    unit.tx.update(session)?;
    emit_change(unit, session, SessionChange::Updated)
}

/// Says in the audit log what of the session is another now than it was.
fn note_change_in(unit: &mut Unit<'_>, before: &Session, after: &Session) -> Result<()> {
    unit.about_change(before, after)?;
    let visibility = Some(after.visibility).filter(|visibility| *visibility != before.visibility);
    let status = Some(after.status).filter(|status| *status != before.status);
    unit.audit_details(|details| {
        details.visibility = visibility.map(|visibility| visibility.as_str().to_owned());
        details.status = status.map(|status| status.as_str().to_owned());
    });
    Ok(())
}

/// Stores a new session with its first participants, and emits its event.
fn store_new_in(unit: &mut Unit<'_>, session: &Session) -> Result<()> {
    unit.tx.insert(session)?;
    participants::begin_in(unit, session)?;
    emit_change(unit, session, SessionChange::Created)
}

/// Emits the change of a session to its members.
fn emit_change(unit: &mut Unit<'_>, session: &Session, change: SessionChange) -> Result<()> {
    let members = unit.members_of(&session.id)?.iter().map(|member| member.user.clone()).collect();
    unit.emit(SessionEvent { session: Box::new(session.clone()), change, members });
    Ok(())
}
