//! How many messages a second a new database takes, alone and with the two events that describe each, by the number of
//! callers that wait for their own: `cargo run --release -p sophon-store --example write_rate [FOLDER | postgres://…]`.
//! The folder of the SQLite file decides which disk is measured; a PostgreSQL database must be empty.

use std::error::Error;
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use sophon_model::ports::{NewEvent, Store, Tx, WriteJob};
use sophon_model::{
    Event, Message, MessageEvent, Result, Role, SessionChange, SessionEvent, SessionId, Topic, UserInTenant,
};
use sophon_store::Options;
use sophon_testkit::make;

/// How long each number of callers is measured.
const WINDOW: Duration = Duration::from_secs(3);

struct Job<F> {
    work: F,
    answer: SyncSender<Result<()>>,
}

impl<F: FnMut(&mut dyn Tx) -> Result<()> + Send> WriteJob for Job<F> {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        (self.work)(tx)
    }

    fn done(self: Box<Self>, outcome: Result<()>) {
        // The caller waits for as long as it takes.
        let _ = self.answer.send(outcome);
    }
}

fn write(store: &dyn Store, work: impl FnMut(&mut dyn Tx) -> Result<()> + Send + 'static) -> Result<()> {
    let (answer, wait) = sync_channel(1);
    store.write(Box::new(Job { work, answer }));
    wait.recv().map_err(sophon_model::Error::internal)?
}

fn message(id: String) -> Message {
    let content = "The quick brown fox jumps over the lazy dog, again and again. ".repeat(3);
    Message { content, ..make::message(id) }
}

fn settle(tx: &mut dyn Tx) -> Result<()> {
    tx.insert(&make::tenant(make::TENANT))?;
    make::register(tx, &make::user(make::USER), Role::Admin)?;
    tx.insert(&make::session(make::SESSION))
}

/// Adds a message; with the events that describe it, if they are wanted.
fn send(tx: &mut dyn Tx, message: &Message, with_events: bool) -> Result<()> {
    tx.insert_message(message)?;
    if !with_events {
        return Ok(());
    }
    let session = SessionId::from(make::SESSION);
    let owner = UserInTenant { tenant: make::TENANT.into(), user: make::USER.into() };
    let created = Event::from(MessageEvent::Created { message: Box::new(message.clone()) });
    let session_row = Box::new(make::session(make::SESSION));
    let changed = Event::from(SessionEvent {
        session: session_row,
        change: SessionChange::Updated,
        members: Vec::new(),
    });
    let seen_by_members = vec![Topic::Session(session), Topic::Feed(owner.clone())];
    let seen_by_all = [seen_by_members.clone(), vec![Topic::User(owner)]].concat();
    let events = [
        NewEvent { event: &created, topics: seen_by_members },
        NewEvent { event: &changed, topics: seen_by_all },
    ];
    tx.append_events(&events, 0, message.created_at).map(drop)
}

/// Messages a second with `callers` threads, each of which waits for its message before it sends the next.
fn rate(store: &Arc<dyn Store>, callers: usize, with_events: bool) -> Result<f64> {
    let start = Arc::new(Barrier::new(callers));
    let threads: Vec<_> = (0..callers)
        .map(|caller| {
            let (store, start) = (Arc::clone(store), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                let (began, mut stored) = (Instant::now(), 0_usize);
                while began.elapsed() < WINDOW {
                    let message = message(format!("{callers}-{caller}-{stored}-{with_events}"));
                    write(&*store, move |tx| send(tx, &message, with_events))?;
                    stored += 1;
                }
                Ok(stored)
            })
        })
        .collect();
    let stored = threads.into_iter().map(|thread| thread.join().expect("a caller panicked"));
    Ok(stored.sum::<Result<usize>>()? as f64 / WINDOW.as_secs_f64())
}

#[expect(clippy::print_stdout, reason = "it is what the program is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let place = std::env::args().nth(1);
    let server = place.clone().filter(|place| place.starts_with("postgres"));
    let folder = place.map_or_else(std::env::temp_dir, PathBuf::from);
    let file = folder.join(format!("write-rate-{}", std::process::id())).join("sophon.db");
    let url = server.clone().unwrap_or_else(|| format!("sqlite:{}", file.display()));
    let store = sophon_store::open(&url, &Options::default())?;
    write(&*store, settle)?;
    for callers in [1, 8, 64, 256] {
        let (alone, told) = (rate(&store, callers, false)?, rate(&store, callers, true)?);
        println!("{callers:>4} callers: {alone:>8.0} messages/s, {told:>8.0} with their events");
    }
    drop(store);
    if server.is_none() {
        std::fs::remove_dir_all(file.with_file_name(""))?;
    }
    Ok(())
}
