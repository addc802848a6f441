//! A unit of work: one transaction, with the events, jobs and audit entries that go with what it changes.

use std::collections::HashMap;
use std::sync::Arc;

use fanout::Reservation;
use sophon_model::ports::{Entity, NewEvent, Tx, WriteJob};
use sophon_model::{
    AuditDetails, AuditOutcome, Error, Event, Id, Job, Result, SessionId, Timestamp, Topic, UserInTenant,
};
use tokio::sync::oneshot;

use super::Database;
use crate::audit::{self, Draft, Subject};
use crate::live::topics_of;
use crate::tasks::TaskEndHook;

type AfterCommit = Box<dyn FnOnce() + Send>;
/// A session whose members a unit of work changed, and who they are at its end.
type ChangedMembers = (SessionId, Option<Arc<[UserInTenant]>>);

/// A transaction with the events that describe it.
pub struct Unit<'a> {
    /// The transaction.
    pub tx: &'a mut dyn Tx,
    db: &'a Database,
    now: Timestamp,
    emitted: Vec<Result<(Vec<Topic>, Event)>>,
    /// Jobs are added last: what waits for one of their keys then holds nothing that others need.
    enqueued: Vec<Job>,
    /// Sessions whose members are others from here on.
    changed_members: &'a mut Vec<ChangedMembers>,
    /// Whether the members of many sessions are others from here on.
    changes_any_members: &'a mut bool,
    /// The members of sessions, as this unit has looked them up.
    looked_up: HashMap<SessionId, Arc<[UserInTenant]>>,
    after_commit: &'a mut Vec<AfterCommit>,
    /// Whether somebody asked for this unit. What follows from that has no entries of its own in the audit log.
    pub(super) is_request: bool,
    /// What the audit log says of it; nothing if it was done before.
    pub(super) request: Option<Draft>,
    /// Other entries of the audit log.
    noted: Vec<Draft>,
}

impl<'a> Unit<'a> {
    /// The time of this unit: the same for all that it writes.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id.
    pub fn new_id<T: Id>(&self) -> T {
        self.db.new_id()
    }

    /// Unguessable bytes.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        self.db.random()
    }

    /// Stores an event with the state that it describes. It is shown when the transaction is durable.
    pub fn emit(&mut self, event: impl Into<Event>) {
        let event = event.into();
        // If they cannot be looked up, the unit fails at its end.
        let members = match (&event, event.session()) {
            // It may be gone from storage already.
            (Event::Session(event), _) => Ok(event.members_in_tenant().into()),
            (_, Some(session)) => self.members_of(session),
            (_, None) => Ok(Arc::default()),
        };
        self.emitted.push(members.map(|members| (topics_of(&event, &members), event)));
    }

    /// The users who take part in a session, its owner first; nobody if it is not there.
    pub(crate) fn members_of(&mut self, session: &SessionId) -> Result<Arc<[UserInTenant]>> {
        if let Some(members) = self.looked_up.get(session) {
            return Ok(members.clone());
        }
        let members = self.db.members.of(session, &*self.tx)?;
        self.looked_up.insert(session.clone(), members.clone());
        Ok(members)
    }

    /// Notes that other users take part in a session from here on.
    pub(crate) fn members_changed(&mut self, session: &SessionId) {
        self.db.members.change(session);
        self.looked_up.remove(session);
        self.changed_members.push((session.clone(), None));
    }

    /// Notes that other users take part in many sessions from here on.
    pub(crate) fn all_members_changed(&mut self) {
        if !std::mem::replace(self.changes_any_members, true) {
            self.db.members.change_any();
        }
        self.looked_up.clear();
    }

    /// Adds a job at the end of the transaction.
    pub(crate) fn enqueue_last(&mut self, job: Job) {
        self.enqueued.push(job);
    }

    /// Has the queue of jobs looked at once the transaction is durable.
    pub(crate) fn ring_after_commit(&mut self) {
        let bell = self.db.job_bell.clone();
        self.after_commit(move || bell.ring_for_new_job());
    }

    /// Has the other gateways told, once the transaction is durable, that something has happened.
    pub(crate) fn notify_peers_after_commit(&mut self, subject: &'static str, key: impl Into<String>) {
        let (peers, key) = (self.db.peers.clone(), key.into());
        self.after_commit(move || peers.notify(subject, &key));
    }

    /// The subjects that take part in the end of a task.
    pub(crate) fn task_end_hooks(&self) -> &'a [Box<dyn TaskEndHook>] {
        self.db.task_end_hooks.get().map_or(&[], |parts| parts)
    }

    /// Says to what the request is done that this unit is.
    pub(crate) fn about(&mut self, subject: &impl Subject) {
        self.in_request(|request| request.set_subject(subject));
    }

    /// Says which thing the request changes, and what of it.
    pub(crate) fn about_change<S: Subject + Entity>(&mut self, before: &S, after: &S) -> Result<()> {
        let fields = audit::changed_fields(before, after)?;
        self.about(after);
        self.audit_details(|details| details.fields = fields);
        Ok(())
    }

    /// Says what else is to be known of the request.
    pub(crate) fn audit_details(&mut self, change: impl FnOnce(&mut AuditDetails)) {
        self.in_request(|request| change(request.details_mut()));
    }

    /// Says that the request comes to something else than it asked for, which is stored all the same.
    pub(crate) fn audit_outcome(&mut self, outcome: AuditOutcome, code: &str) {
        self.in_request(|request| request.set_outcome(outcome, code));
    }

    /// Changes what the audit log says of the request that this unit is.
    pub(crate) fn in_request(&mut self, change: impl FnOnce(&mut Draft)) {
        if let Some(request) = &mut self.request {
            change(request);
        }
    }

    /// The request was done before, or changes nothing: it has no entry.
    pub(crate) fn is_no_action(&mut self) {
        self.request = None;
    }

    /// Adds an entry to the audit log.
    pub(crate) fn note(&mut self, draft: Draft) {
        self.noted.push(draft);
    }

    /// Runs `action` once the transaction is durable. It must be quick and must not touch storage.
    pub fn after_commit(&mut self, action: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(action));
    }
}

/// A unit of work as storage runs it.
pub(super) struct UnitOfWork<F, R> {
    db: Database,
    work: Option<F>,
    result: Option<R>,
    events: Vec<(Reservation<Topic, Event>, Event)>,
    changed_members: Vec<ChangedMembers>,
    changes_any_members: bool,
    after_commit: Vec<AfterCommit>,
    reply: oneshot::Sender<Result<R>>,
}

impl<F, R> UnitOfWork<F, R> {
    pub(super) fn new(db: Database, work: F, reply: oneshot::Sender<Result<R>>) -> Self {
        Self {
            db,
            work: Some(work),
            result: None,
            events: Vec::new(),
            changed_members: Vec::new(),
            changes_any_members: false,
            after_commit: Vec::new(),
            reply,
        }
    }

    /// Forgets what an earlier run has noted, whose transaction was undone.
    fn undo(&mut self) {
        self.end_changes_of_members(false);
        self.events.clear();
        self.after_commit.clear();
    }

    /// The members of sessions may be looked up again: they are as this unit left them, if it `is_durable`.
    fn end_changes_of_members(&mut self, is_durable: bool) {
        if std::mem::take(&mut self.changes_any_members) {
            self.db.members.ended_any();
        }
        for (session, members) in self.changed_members.drain(..) {
            self.db.members.ended(&session, members.filter(|_| is_durable));
        }
    }

    /// Stores the entries of the audit log: after all that others may wait for, since from here on they wait for the
    /// chain.
    fn store_entries(&mut self, tx: &mut dyn Tx, drafts: Vec<Draft>, now: Timestamp) -> Result<()> {
        if drafts.is_empty() {
            return Ok(());
        }
        let heads = audit::append_in(tx, drafts, &self.db.audit_digests, || self.db.new_id(), now)?;
        let known = self.db.audit_heads.clone();
        self.after_commit.push(Box::new(move || known.note(heads)));
        Ok(())
    }

    /// Stores the events of the unit, and takes the places for them in the logs: from here on their readers wait for
    /// the commit. The last of the transaction, since others wait for the numbers.
    fn store_events(
        &mut self,
        tx: &mut dyn Tx,
        emitted: Vec<(Vec<Topic>, Event)>,
        now: Timestamp,
    ) -> Result<()> {
        if emitted.is_empty() {
            return Ok(());
        }
        let new = emitted.iter().map(|(topics, event)| NewEvent {
            event,
            topics: topics.iter().filter(|topic| topic.is_stored()).cloned().collect(),
        });
        let new: Vec<NewEvent<'_>> = new.collect();
        let first = tx.append_events(&new, self.db.bus.last_seq(), now)?;
        for (number, (topics, event)) in (first..).zip(emitted) {
            self.events.push((self.db.bus.reserve_at(number, topics).map_err(Error::storage)?, event));
        }
        Ok(())
    }
}

impl<F, R> WriteJob for UnitOfWork<F, R>
where
    R: Send,
    F: FnOnce(&mut Unit<'_>) -> Result<R> + Clone + Send,
{
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        self.undo();
        // Where no other process can be in the way, it runs once.
        let work = if self.db.is_exclusive() { self.work.take() } else { self.work.clone() };
        let Some(work) = work else {
            return Err(Error::internal("a unit of work was run twice"));
        };
        let now = self.db.now();
        let mut unit = Unit {
            tx,
            db: &self.db,
            now,
            emitted: Vec::new(),
            enqueued: Vec::new(),
            changed_members: &mut self.changed_members,
            changes_any_members: &mut self.changes_any_members,
            looked_up: HashMap::new(),
            after_commit: &mut self.after_commit,
            is_request: false,
            request: None,
            noted: Vec::new(),
        };
        let result = work(&mut unit)?;
        if !unit.enqueued.is_empty() {
            unit.ring_after_commit();
        }
        for job in &unit.enqueued {
            unit.tx.enqueue_job(job)?;
        }
        let emitted = unit.emitted.into_iter().collect::<Result<Vec<_>>>()?;
        let (is_request, mut drafts) = (unit.is_request, unit.noted);
        drafts.extend(unit.request);
        if !is_request {
            drafts.extend(audit::drafts_of(&*tx, emitted.iter().map(|(_, event)| event))?);
        }
        for (session, members) in &mut self.changed_members {
            *members = Some(tx.session_members(session)?.into());
        }
        self.store_entries(tx, drafts, now)?;
        self.store_events(tx, emitted, now)?;
        self.result = Some(result);
        Ok(())
    }

    fn done(self: Box<Self>, outcome: Result<()>) {
        let mut this = *self;
        this.end_changes_of_members(outcome.is_ok());
        let reply = match (outcome, this.result) {
            (Ok(()), Some(result)) => {
                for (reservation, event) in this.events {
                    this.db.peers.publish(reservation.seq(), reservation.topics(), &event);
                    reservation.fulfil(event);
                }
                for action in this.after_commit {
                    action();
                }
                Ok(result)
            }
            (Ok(()), None) => Err(Error::internal("a unit of work was committed without a result")),
            (Err(error), _) => Err(error),
        };
        // The owner may close storage next, which waits for the thread that this runs on: hold it no longer.
        drop((this.db, this.work));
        let _gone_if_nobody_waits = this.reply.send(reply);
    }
}
