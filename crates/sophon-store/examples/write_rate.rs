//! How many messages a second a new SQLite file takes, by the number of callers that wait for their own:
//! `cargo run --release -p sophon-store --example write_rate [FOLDER]`. The folder decides which disk is measured.

use std::error::Error;
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use sophon_model::ports::{Store, Tx, WriteJob};
use sophon_model::{Message, Result};
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
    tx.insert_tenant(&make::tenant(make::TENANT))?;
    tx.insert_user(&make::user(make::USER))?;
    tx.insert_session(&make::session(make::SESSION))
}

/// Messages a second with `callers` threads, each of which waits for its message before it sends the next.
fn rate(store: &Arc<dyn Store>, callers: usize) -> Result<f64> {
    let start = Arc::new(Barrier::new(callers));
    let threads: Vec<_> = (0..callers)
        .map(|caller| {
            let (store, start) = (Arc::clone(store), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                let (began, mut stored) = (Instant::now(), 0_usize);
                while began.elapsed() < WINDOW {
                    let message = message(format!("{callers}-{caller}-{stored}"));
                    write(&*store, move |tx| tx.insert_message(&message).map(|_| ()))?;
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
    let folder = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let file = folder.join(format!("write-rate-{}", std::process::id())).join("sophon.db");
    let store = sophon_store::open(&format!("sqlite:{}", file.display()), &Options::default())?;
    write(&*store, settle)?;
    for callers in [1, 8, 64, 256] {
        println!("{callers:>4} callers: {:>8.0} messages/s", rate(&store, callers)?);
    }
    drop(store);
    std::fs::remove_dir_all(file.with_file_name(""))?;
    Ok(())
}
