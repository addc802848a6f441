//! The way to storage: reading jobs, and units of work whose events are shown when they are durable.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use fanout::Reservation;
use sophon_model::ports::{Clock, Entity, Entropy, NewEvent, Store, Tx, WriteJob};
use sophon_model::{
    AuditAction, AuditDetails, AuditOutcome, Caller, Error, Event, Id, Job, Result, SessionId, Stamps,
    Timestamp, Topic, UserInTenant,
};
use tokio::sync::oneshot;

use crate::audit::{self, Digests, Draft, Heads, Performer, Subject};
use crate::identity::require_still;
use crate::jobs::JobBell;
use crate::live::{EventBus, Members, epoch_at, topics_of};
use crate::peers::Peers;
use crate::tasks::{TaskEndHook, TaskEndHooks};

/// Storage, the bus, time and chance: what every service needs.
#[derive(Clone)]
pub struct Database {
    store: Arc<dyn Store>,
    bus: EventBus,
    peers: Peers,
    members: Members,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    stamps: Arc<Stamps>,
    job_bell: JobBell,
    task_end_hooks: Arc<OnceLock<TaskEndHooks>>,
    audit_heads: Arc<Heads>,
    audit_digests: Arc<Digests>,
}

impl Database {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        bus: EventBus,
        peers: Peers,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        audit_digests: Digests,
    ) -> Self {
        Self {
            members: Members::new(store.is_exclusive()),
            job_bell: JobBell::new(peers.clone()),
            store,
            bus,
            peers,
            clock,
            entropy,
            stamps: Arc::default(),
            task_end_hooks: Arc::default(),
            audit_heads: Arc::default(),
            audit_digests: Arc::new(audit_digests),
        }
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id.
    pub fn new_id<T: Id>(&self) -> T {
        T::new(self.stamps.next(self.clock.now()), self.random())
    }

    /// Unguessable bytes.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// The bus.
    pub fn bus(&self) -> &EventBus {
        &self.bus
    }

    /// The other gateways of the deployment.
    pub(crate) fn peers(&self) -> &Peers {
        &self.peers
    }

    /// Whether this process alone uses the storage.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.store.is_exclusive()
    }

    /// Why nothing can be stored any more, if that is so.
    pub fn broken(&self) -> Option<Arc<str>> {
        self.store.broken()
    }

    /// Rung when it is worth looking into the queue of jobs.
    pub(crate) fn job_bell(&self) -> &JobBell {
        &self.job_bell
    }

    /// Rings it.
    pub(crate) fn ring_jobs(&self) {
        self.job_bell.rung.notify_one();
    }

    /// Says which subjects take part in the end of a task. Once, as the gateway is put together.
    pub(crate) fn set_task_end_hooks(&self, parts: TaskEndHooks) {
        let unset = self.task_end_hooks.set(parts);
        debug_assert!(unset.is_ok(), "the gateway is put together once");
    }

    /// How far the audit log has come.
    pub(crate) fn audit_heads(&self) -> &Arc<Heads> {
        &self.audit_heads
    }

    /// Tells those who are there of an event that is not kept. Nothing is looked up for it.
    pub(crate) fn pass(&self, event: impl Into<Event>) {
        let event = event.into();
        debug_assert!(!event.is_durable(), "a durable event is emitted in a unit of work");
        let topics = self.topics_now(&event);
        self.peers.pass(&topics, &event, || self.bus.last_placed(&topics));
        self.bus.pass(&topics, event);
    }

    /// The topics of an event that passes now.
    pub(crate) fn topics_now(&self, event: &Event) -> Vec<Topic> {
        topics_of(event, &self.members.last_known(event))
    }

    /// Reads from one consistent state.
    pub async fn read<R, F>(&self, work: F) -> Result<R>
    where
        R: Send + 'static,
        F: FnOnce(&dyn Tx) -> Result<R> + Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        self.store.read(Box::new(move |tx| {
            let _gone_if_nobody_waits = reply.send(tx.and_then(work));
        }));
        outcome.await.map_err(Error::storage)?
    }

    /// Runs a unit of work that `caller` asked for, like [`write_by`](Self::write_by). It is judged by the rights that the
    /// caller has now: a request may be long on its way, and who sent it may be suspended or demoted meanwhile.
    pub(crate) async fn write_as<R, F>(&self, caller: &Caller, action: AuditAction, work: F) -> Result<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<R> + Clone + Send + 'static,
    {
        let known = caller.clone();
        self.write_by(caller, action, move |unit| {
            require_still(unit, &known)?;
            work(unit)
        })
        .await
    }

    /// Runs a unit of work that somebody asked for who is no caller (yet): a node, or who signs in. Like
    /// [`write`](Self::write), but if it succeeds, its action has one entry in the audit log, in the same transaction;
    /// the unit says [about](Unit::about) what.
    pub(crate) async fn write_by<R, F>(
        &self,
        by: impl Into<Performer>,
        action: AuditAction,
        work: F,
    ) -> Result<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<R> + Clone + Send + 'static,
    {
        let request = Draft::new(by, action);
        self.write(move |unit| {
            (unit.is_request, unit.request) = (true, Some(request));
            work(unit)
        })
        .await
    }

    /// Runs a unit of work of the gateway's own and returns when it is durable. Should the caller go away meanwhile, the
    /// work is done and its events are published all the same. What agents do is in the audit log by its events.
    pub async fn write<R, F>(&self, work: F) -> Result<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<R> + Clone + Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        self.store.write(Box::new(UnitOfWork {
            db: self.clone(),
            work: Some(work),
            result: None,
            events: Vec::new(),
            changed_members: Vec::new(),
            changes_any_members: false,
            after_commit: Vec::new(),
            reply,
        }));
        outcome.await.map_err(Error::storage)?
    }
}

/// Begins the epoch of a process that starts, for a bus that is still to be made; returns the number that its events
/// are above.
pub(crate) async fn begin_events(store: &dyn Store, now: Timestamp) -> Result<u64> {
    struct Begin {
        above: u64,
        reply: oneshot::Sender<Result<u64>>,
    }
    impl WriteJob for Begin {
        fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
            self.above = tx.begin_events(self.above)?;
            Ok(())
        }

        fn done(self: Box<Self>, outcome: Result<()>) {
            let _gone_if_nobody_waits = self.reply.send(outcome.map(|()| self.above));
        }
    }
    let (reply, outcome) = oneshot::channel();
    store.write(Box::new(Begin { above: epoch_at(now), reply }));
    outcome.await.map_err(Error::storage)?
}

impl<F, R> UnitOfWork<F, R> {
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
    is_request: bool,
    /// What the audit log says of it; nothing if it was done before.
    request: Option<Draft>,
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

struct UnitOfWork<F, R> {
    db: Database,
    work: Option<F>,
    result: Option<R>,
    events: Vec<(Reservation<Topic, Event>, Event)>,
    changed_members: Vec<ChangedMembers>,
    changes_any_members: bool,
    after_commit: Vec<AfterCommit>,
    reply: oneshot::Sender<Result<R>>,
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
