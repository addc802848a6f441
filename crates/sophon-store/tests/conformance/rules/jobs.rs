//! Jobs: what they may do to each other, and who is told what.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Barrier, Weak};
use std::time::Duration;

use sophon_model::ports::{MessageRange, NewEvent, Store, Tx, WriteJob};
use sophon_model::{Error, Event, MessageEvent, Result, SessionId, TenantId, Topic};
use sophon_store::Options;

use crate::fixtures::{at, message, move_in, session, tenant};
use crate::harness::{
    Answer, Engine, PATIENCE, Place, Rule, code, queue_read, queue_write, read, rule, write,
};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_job_that_fails_undoes_itself_alone),
        rule(a_job_that_panics_undoes_itself_alone),
        rule(a_job_cannot_hide_that_a_statement_failed),
        rule(an_owner_that_panics_or_left_harms_nobody),
        rule(a_reader_that_panics_harms_nobody),
        rule(a_reader_sees_one_state),
        rule(a_full_queue_refuses_at_once),
        rule(closing_finishes_what_waits),
        rule(the_last_owner_may_be_a_job),
        rule(a_statement_that_takes_too_long_is_ended),
        rule(a_job_that_gives_way_to_another_is_run_again).only(Engine::Postgres),
    ]
}

/// One thread for each kind of job, so that a test can hold it up.
fn narrow(queue: usize) -> Options {
    Options { queue, readers: 1, connections: 1, ..Options::default() }
}

/// Occupies the thread that writes until the guard is dropped.
fn hold_writer(store: &dyn Store) -> SyncSender<()> {
    let (guard, wait) = sync_channel::<()>(1);
    let (began, has_begun) = sync_channel(1);
    queue_write(store, move |_| {
        began.send(()).unwrap();
        let _ = wait.recv_timeout(PATIENCE);
        Ok(())
    });
    has_begun.recv_timeout(PATIENCE).unwrap();
    guard
}

fn add(id: &'static str) -> impl FnOnce(&mut dyn Tx) -> Result<()> {
    move |tx| tx.insert(&tenant(id))
}

fn is_there(store: &dyn Store, id: &'static str) -> bool {
    read(store, move |tx| tx.get(&TenantId::from(id))).is_some()
}

fn a_job_that_fails_undoes_itself_alone(place: &Place) {
    let store = place.open_with(&narrow(100));
    let guard = hold_writer(&*store);
    let before = queue_write(&*store, add("before"));
    let failing: Answer<()> = queue_write(&*store, |tx| {
        add("failing")(tx)?;
        Err(Error::invalid("I changed my mind"))
    });
    let after = queue_write(&*store, |tx| {
        assert_eq!(tx.get(&TenantId::from("failing"))?, None);
        add("after")(tx)
    });
    drop(guard);
    assert_eq!(code(failing.get()), "invalid_request");
    before.get().unwrap();
    after.get().unwrap();
    assert_eq!(["before", "failing", "after"].map(|id| is_there(&*store, id)), [true, false, true]);
}

fn a_job_that_panics_undoes_itself_alone(place: &Place) {
    let store = place.open_with(&narrow(100));
    let guard = hold_writer(&*store);
    let before = queue_write(&*store, add("before"));
    let panicking: Answer<()> = queue_write(&*store, |tx| {
        add("panicking")(tx)?;
        quietly_panic();
    });
    let after = queue_write(&*store, add("after"));
    drop(guard);
    assert_eq!(code(panicking.get()), "internal_error");
    before.get().unwrap();
    after.get().unwrap();
    assert_eq!(["before", "panicking", "after"].map(|id| is_there(&*store, id)), [true, false, true]);
}

fn a_job_cannot_hide_that_a_statement_failed(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let outcome = write(&*store, |tx| {
        tx.insert(&tenant("x"))?;
        let twin = tx.insert(&session("s"));
        assert!(twin.is_err());
        Ok(())
    });
    assert_eq!(code(outcome), "internal_error");
    assert!(!is_there(&*store, "x"));
    write(&*store, add("x")).unwrap();
}

/// Panics without a word on the terminal.
fn quietly_panic() -> ! {
    std::panic::resume_unwind(Box::new("on purpose"))
}

struct PanicsWhenTold;

impl WriteJob for PanicsWhenTold {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        add("told")(tx)
    }

    fn done(self: Box<Self>, _: Result<()>) {
        quietly_panic();
    }
}

fn an_owner_that_panics_or_left_harms_nobody(place: &Place) {
    let store = place.open_with(&narrow(100));
    let guard = hold_writer(&*store);
    store.write(Box::new(PanicsWhenTold));
    drop(queue_write(&*store, add("left")));
    let after = queue_write(&*store, add("after"));
    drop(guard);
    after.get().unwrap();
    assert_eq!(["told", "left", "after"].map(|id| is_there(&*store, id)), [true; 3]);
}

fn a_reader_that_panics_harms_nobody(place: &Place) {
    let store = place.open_with(&narrow(100));
    for _ in 0..3 {
        store.read(Box::new(|_| quietly_panic()));
    }
    assert!(!is_there(&*store, "x"));
}

fn a_reader_sees_one_state(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let (go, wait): (SyncSender<()>, Receiver<()>) = sync_channel(1);
    let (began, has_begun) = sync_channel(1);
    let counts = queue_read(&*store, move |tx| {
        let range = MessageRange { since: None, before: None, limit: 10 };
        let first = tx.messages(&SessionId::from("s"), &range)?.len();
        began.send(()).unwrap();
        wait.recv_timeout(PATIENCE).unwrap();
        Ok((first, tx.messages(&SessionId::from("s"), &range)?.len()))
    });
    has_begun.recv_timeout(PATIENCE).unwrap();
    write(&*store, |tx| tx.insert_message(&message("m", ""))).unwrap();
    go.send(()).unwrap();
    assert_eq!(counts.get().unwrap(), (0, 0));
}

fn a_full_queue_refuses_at_once(place: &Place) {
    let store = place.open_with(&narrow(2));
    let guard = hold_writer(&*store);
    let waiting = [queue_write(&*store, add("a")), queue_write(&*store, add("b"))];
    assert_eq!(code(queue_write(&*store, add("c")).get()), "storage_unavailable");

    // The only connection to PostgreSQL is busy by now; SQLite's reader must be held up first.
    let (free_reader, wait) = sync_channel::<()>(1);
    let (began, has_begun) = sync_channel(1);
    if store.is_exclusive() {
        queue_read(&*store, move |_| {
            began.send(()).unwrap();
            let _ = wait.recv_timeout(PATIENCE);
            Ok(())
        });
        has_begun.recv_timeout(PATIENCE).unwrap();
        queue_read(&*store, |_| Ok(()));
        queue_read(&*store, |_| Ok(()));
    }
    assert_eq!(code(queue_read(&*store, |_| Ok(())).get()), "storage_unavailable");

    drop((guard, free_reader));
    for answer in waiting {
        answer.get().unwrap();
    }
    assert_eq!(["a", "b", "c"].map(|id| is_there(&*store, id)), [true, true, false]);
}

fn closing_finishes_what_waits(place: &Place) {
    let store = place.open_with(&narrow(100));
    let guard = hold_writer(&*store);
    let answers = ["a", "b", "c"].map(|id| queue_write(&*store, add(id)));
    drop(guard);
    drop(store);
    for answer in answers {
        answer.get().unwrap();
    }
    let store = place.open();
    assert_eq!(["a", "b", "c"].map(|id| is_there(&*store, id)), [true; 3]);
}

fn the_last_owner_may_be_a_job(place: &Place) {
    let store = place.open();
    let weak: Weak<dyn Store> = Arc::downgrade(&store);
    let guard = hold_writer(&*store);
    let inner = Arc::clone(&store);
    let answer = queue_write(&*store, move |tx| {
        add("x")(tx)?;
        drop(inner);
        Ok(())
    });
    drop(store);
    drop(guard);
    answer.get().unwrap();
    assert!(weak.upgrade().is_none());
}

fn a_statement_that_takes_too_long_is_ended(place: &Place) {
    const EVENTS: usize = 5_000;
    let store = place.open();
    write(&*store, move |tx| {
        let event = Event::from(MessageEvent::Opened { message: Box::new(message("m", "")) });
        let topics = vec![Topic::Session(SessionId::from("s"))];
        let new = NewEvent { event: &event, topics };
        for _ in 0..EVENTS / 100 {
            tx.append_events(&vec![new.clone(); 100], 0, at(1))?;
        }
        Ok(())
    })
    .unwrap();
    drop(store);
    let hasty = Options { statement_timeout: Duration::from_millis(1), ..Options::default() };
    let store = place.open_with(&hasty);
    assert_eq!(code(write(&*store, |tx| tx.prune_events(at(2)))), "storage_unavailable");
    drop(store);
    let store = place.open();
    assert_eq!(write(&*store, |tx| tx.prune_events(at(2))).unwrap(), EVENTS as u64);
}

/// Changes one tenant and then the other, when another job has changed the other and is about to change the one.
struct Crossing {
    tenants: [&'static str; 2],
    meet: Arc<Barrier>,
    runs: Arc<AtomicU32>,
    is_first_run: bool,
    answer: SyncSender<Result<()>>,
}

impl WriteJob for Crossing {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let [first, second] = self.tenants.map(TenantId::from);
        tx.tenant_to_change(&first)?;
        if std::mem::take(&mut self.is_first_run) {
            self.meet.wait();
        }
        tx.tenant_to_change(&second)?;
        Ok(())
    }

    fn done(self: Box<Self>, outcome: Result<()>) {
        self.answer.send(outcome).unwrap();
    }
}

fn a_job_that_gives_way_to_another_is_run_again(place: &Place) {
    let store = place.open_with(&Options { connections: 2, ..Options::default() });
    write(&*store, |tx| {
        add("one")(tx)?;
        add("other")(tx)
    })
    .unwrap();
    let (meet, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let (answer, outcomes) = sync_channel(2);
    for tenants in [["one", "other"], ["other", "one"]] {
        let (meet, runs, answer) = (meet.clone(), runs.clone(), answer.clone());
        store.write(Box::new(Crossing { tenants, meet, runs, is_first_run: true, answer }));
    }
    for _ in 0..2 {
        outcomes.recv_timeout(PATIENCE).unwrap().unwrap();
    }
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}
