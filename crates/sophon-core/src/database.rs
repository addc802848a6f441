//! The way to storage: reading jobs, and units of work whose events are shown when they are durable.

use std::sync::Arc;

use fanout::Reservation;
use sophon_model::ports::{Clock, Entropy, Store, Tx, WriteJob};
use sophon_model::{Error, Event, Id, Result, Stamps, Timestamp, Topic, UserId};
use tokio::sync::oneshot;

use crate::live::{EventBus, topics_of};

/// Storage, the bus, time and chance: what every service needs.
#[derive(Clone)]
pub struct Database {
    store: Arc<dyn Store>,
    bus: EventBus,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    stamps: Arc<Stamps>,
}

impl Database {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        bus: EventBus,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { store, bus, clock, entropy, stamps: Arc::default() }
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

    /// Tells an event, which is `owner`'s, that is not kept.
    pub(crate) fn tell(&self, owner: &UserId, event: Event) {
        debug_assert!(!event.is_durable(), "a durable event is emitted in a unit of work");
        if let Err(exhausted) = self.bus.publish(&topics_of(&event, owner), event) {
            tracing::warn!(%exhausted, "an event was not told");
        }
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

    /// Runs a unit of work and returns when it is durable. Should the caller go away meanwhile, the work is done
    /// and its events are told all the same.
    pub async fn write<R, F>(&self, work: F) -> Result<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<R> + Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        self.store.write(Box::new(Job {
            db: self.clone(),
            work: Some(work),
            result: None,
            events: Vec::new(),
            after_commit: Vec::new(),
            reply,
        }));
        outcome.await.map_err(Error::storage)?
    }
}

/// Reserves a block of sequence numbers, for a bus that is still to be made or has used up most of its own.
pub(crate) async fn reserve_sequence(store: &dyn Store, count: u64) -> Result<u64> {
    struct Reserve {
        count: u64,
        first: u64,
        reply: oneshot::Sender<Result<u64>>,
    }
    impl WriteJob for Reserve {
        fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
            self.first = tx.reserve_sequence(self.count)?;
            Ok(())
        }

        fn done(self: Box<Self>, outcome: Result<()>) {
            let _gone_if_nobody_waits = self.reply.send(outcome.map(|()| self.first));
        }
    }
    let (reply, outcome) = oneshot::channel();
    store.write(Box::new(Reserve { count, first: 0, reply }));
    outcome.await.map_err(Error::storage)?
}

type AfterCommit = Box<dyn FnOnce() + Send>;

/// A transaction with the events that tell of it.
pub struct Unit<'a> {
    /// The transaction.
    pub tx: &'a mut dyn Tx,
    db: &'a Database,
    now: Timestamp,
    emitted: Vec<(UserId, Event)>,
    after_commit: &'a mut Vec<AfterCommit>,
}

impl Unit<'_> {
    /// The time of this unit: the same for all that it writes.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id.
    pub fn new_id<T: Id>(&self) -> T {
        self.db.new_id()
    }

    /// Stores an event, which is `owner`'s, with the state that it tells of. It is shown when the transaction is
    /// durable.
    pub fn emit(&mut self, owner: &UserId, event: Event) {
        self.emitted.push((owner.clone(), event));
    }

    /// Runs `action` once the transaction is durable. It must be quick and must not touch storage.
    pub fn after_commit(&mut self, action: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(action));
    }
}

struct Job<F, R> {
    db: Database,
    work: Option<F>,
    result: Option<R>,
    events: Vec<(Reservation<Topic, Event>, Event)>,
    after_commit: Vec<AfterCommit>,
    reply: oneshot::Sender<Result<R>>,
}

impl<F, R> WriteJob for Job<F, R>
where
    R: Send,
    F: FnOnce(&mut Unit<'_>) -> Result<R> + Send,
{
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        let Some(work) = self.work.take() else {
            return Err(Error::internal("a unit of work was run twice"));
        };
        let now = self.db.now();
        let mut unit =
            Unit { tx, db: &self.db, now, emitted: Vec::new(), after_commit: &mut self.after_commit };
        let result = work(&mut unit)?;
        for (owner, event) in unit.emitted {
            let mut topics = topics_of(&event, &owner);
            let reservation = self.db.bus.reserve(topics.clone()).map_err(Error::storage)?;
            topics.retain(Topic::is_stored);
            tx.append_event(reservation.seq(), &topics, &event, now)?;
            self.events.push((reservation, event));
        }
        self.result = Some(result);
        Ok(())
    }

    fn done(self: Box<Self>, outcome: Result<()>) {
        let this = *self;
        let reply = match (outcome, this.result) {
            (Ok(()), Some(result)) => {
                for (reservation, event) in this.events {
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
        // Who is told may close storage next, which waits for the thread that this runs on: hold it no longer.
        drop(this.db);
        let _gone_if_nobody_waits = this.reply.send(reply);
    }
}
