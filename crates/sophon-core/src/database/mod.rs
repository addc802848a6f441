//! The way to storage: reading jobs, and units of work whose events are shown when they are durable.

mod unit;

pub use unit::Unit;

use std::sync::{Arc, OnceLock};

use sophon_model::ports::{Clock, Entropy, Store, Tx, WriteJob};
use sophon_model::{AuditAction, Caller, Error, Event, Id, Result, Stamps, Timestamp, Topic};
use tokio::sync::oneshot;

use crate::audit::{Digests, Draft, Heads, Performer};
use crate::identity::require_still;
use crate::jobs::JobBell;
use crate::live::{EventBus, Members, epoch_at, topics_of};
use crate::peers::Peers;
use crate::tasks::TaskEndHooks;
use unit::UnitOfWork;

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
        self.store.write(Box::new(UnitOfWork::new(self.clone(), work, reply)));
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
