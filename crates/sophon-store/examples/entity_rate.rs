//! What it costs to store, change, find and list entities on SQLite, in microseconds each, without the sync of the commit:
//! `cargo run --release -p sophon-store --example entity_rate`. To compare two states of the code, run their binaries by
//! turns.

use std::error::Error;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use sophon_model::ports::{SessionFilter, Store, TaskFilter, Tx, WriteJob, every};
use sophon_model::{Agent, Page, Result, Role, SessionId, TaskId, TenantId, UserId};
use sophon_store::Options;
use sophon_testkit::make;

/// How often each is done in one transaction.
const TIMES: usize = 4_000;
/// How often each transaction is measured; the fastest counts.
const ROUNDS: usize = 7;

type Work = Box<dyn FnMut(&mut dyn Tx) -> Result<f64> + Send>;

struct Job {
    work: Work,
    micros: f64,
    answer: std::sync::mpsc::SyncSender<Result<f64>>,
}

impl WriteJob for Job {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        self.micros = (self.work)(tx)?;
        Ok(())
    }

    fn done(self: Box<Self>, outcome: Result<()>) {
        // The caller waits for as long as it takes.
        let _ = self.answer.send(outcome.map(|()| self.micros));
    }
}

fn write(store: &dyn Store, work: impl FnMut(&mut dyn Tx) -> Result<f64> + Send + 'static) -> Result<f64> {
    let (answer, wait) = sync_channel(1);
    store.write(Box::new(Job { work: Box::new(work), micros: 0.0, answer }));
    wait.recv().map_err(sophon_model::Error::internal)?
}

fn settle(tx: &mut dyn Tx) -> Result<f64> {
    tx.insert(&make::tenant(make::TENANT))?;
    make::register(tx, &make::user(make::USER), Role::Admin)?;
    tx.insert(&make::session(make::SESSION))?;
    Ok(0.0)
}

/// Measures `each` with the numbers from 0, and says what it came to.
#[expect(clippy::print_stdout, reason = "it is what the program is for")]
fn measure(
    store: &dyn Store,
    name: &str,
    times: usize,
    each: impl Fn(&mut dyn Tx, &str) -> Result<()> + Copy + Send + 'static,
) -> Result<()> {
    let mut best = f64::INFINITY;
    for round in 0..ROUNDS {
        let micros = write(store, move |tx| {
            let ids: Vec<String> = (0..times).map(|n| format!("{round}-{n}")).collect();
            let began = Instant::now();
            for id in &ids {
                each(tx, id)?;
            }
            Ok(began.elapsed().as_secs_f64() * 1e6 / times as f64)
        })?;
        best = best.min(micros);
    }
    println!("{name:<24} {best:>8.2} µs");
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("entity-rate-{}", std::process::id()));
    let store =
        sophon_store::open(&format!("sqlite:{}", folder.join("a.db").display()), &Options::default())?;
    let store = &*store;
    write(store, settle)?;
    measure(store, "insert a session", TIMES, |tx, id| tx.insert(&make::session(id)))?;
    measure(store, "insert a message", TIMES, |tx, id| tx.insert_message(&make::message(id)).map(drop))?;
    measure(store, "insert a task", TIMES, |tx, id| tx.insert(&make::task(id)))?;
    measure(store, "insert an agent", TIMES, |tx, id| tx.insert(&make::agent(id)))?;
    measure(store, "update a session", TIMES, |tx, id| tx.update(&make::session(id)))?;
    measure(store, "update a task", TIMES, |tx, id| tx.update_open_task(&make::task(id)).map(drop))?;
    measure(store, "get a session", TIMES, |tx, id| tx.get(&SessionId::from(id)).map(drop))?;
    measure(store, "get a task", TIMES, |tx, id| {
        tx.get_in(&TenantId::from(make::TENANT), &TaskId::from(id)).map(drop)
    })?;
    let page = || Page::new(Some(50), None);
    measure(store, "page of 50 agents", 200, move |tx, _| {
        tx.page(&TenantId::from(make::TENANT), &every::<Agent>(), &page()).map(drop)
    })?;
    measure(store, "page of 50 tasks", 200, move |tx, _| {
        tx.page(&TenantId::from(make::TENANT), &TaskFilter::default(), &page()).map(drop)
    })?;
    measure(store, "page of 50 sessions", 200, move |tx, _| {
        tx.sessions(
            &TenantId::from(make::TENANT),
            &UserId::from(make::USER),
            &SessionFilter::default(),
            &page(),
        )
        .map(drop)
    })?;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
