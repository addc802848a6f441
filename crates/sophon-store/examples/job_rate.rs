//! How many jobs a second a new SQLite file claims and ends, by the number of callers, how long one job takes from being
//! enqueued to its end, and how long fair claims take while thousands of jobs of one owner wait: `cargo run --release -p sophon-store --example job_rate [FOLDER]`. The folder decides
//! which disk is measured.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use sophon_model::ports::{ClaimJobs, Store, Tx, WriteJob};
use sophon_model::{Job, JobId, Queue, Result, Timestamp};
use sophon_store::Options;

/// Jobs of each measurement.
const JOBS: usize = 50_000;
/// Jobs in one claim: as many as the gateway takes at a time.
const BATCH: usize = 256;
/// Jobs of one owner that wait while claims are fair: all that may wait.
const CROWD: usize = 10_000;
/// Jobs of one owner that run at a time.
const PER_OWNER: usize = 32;
/// Single jobs that are enqueued, claimed and ended one after the other.
const ROUNDS: usize = 500;

struct Call<T, F> {
    work: F,
    value: Option<T>,
    answer: SyncSender<Result<T>>,
}

impl<T: Send, F: FnMut(&mut dyn Tx) -> Result<T> + Send> WriteJob for Call<T, F> {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        self.value = Some((self.work)(tx)?);
        Ok(())
    }

    fn done(self: Box<Self>, outcome: Result<()>) {
        let value = self.value;
        // The caller waits for as long as it takes.
        let _ = self.answer.send(outcome.map(|()| value.expect("a transaction that went well has a value")));
    }
}

fn queue<T: Send + 'static>(
    store: &dyn Store,
    work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
) -> Receiver<Result<T>> {
    let (answer, wait) = sync_channel(1);
    store.write(Box::new(Call { work, value: None, answer }));
    wait
}

fn write<T: Send + 'static>(
    store: &dyn Store,
    work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
) -> Result<T> {
    queue(store, work).recv().map_err(sophon_model::Error::internal)?
}

fn job(id: String) -> Job {
    let payload = serde_json::json!({"task": "task_0198c0de"});
    Job::new(JobId::from(id), "nothing", Queue::Delivery, payload, Timestamp::default())
}

fn claim(tx: &mut dyn Tx, limit: usize) -> Result<Vec<Job>> {
    let (now, lease_until) = (Timestamp::default(), Timestamp::from_millis(30_000));
    tx.claim_jobs(&ClaimJobs {
        queue: Queue::Delivery,
        holder: "rate",
        now,
        lease_until,
        limit,
        per_owner: None,
    })
}

fn finish(tx: &mut dyn Tx, job: &Job) -> Result<()> {
    tx.finish_job(job, Timestamp::default()).map(|ended| assert!(ended, "a job was not held any more"))
}

/// Claims fairly: of each owner as many as the gateway lets run for a user.
fn claim_fairly(tx: &mut dyn Tx) -> Result<Vec<Job>> {
    let (now, lease_until) = (Timestamp::default(), Timestamp::from_millis(30_000));
    let (queue, per_owner) = (Queue::Turns, Some(PER_OWNER));
    tx.claim_jobs(&ClaimJobs { queue, holder: "rate", now, lease_until, limit: BATCH, per_owner })
}

/// The first fair claim and the middle one of those that follow an end, in milliseconds, while a crowd of one owner waits.
fn fair(store: &dyn Store) -> Result<(f64, f64)> {
    let of_one =
        |n| Job { queue: Queue::Turns, owner_id: Some("usr_1".into()), ..job(format!("job_fair_{n:08}")) };
    for first in (0..CROWD).step_by(BATCH) {
        let jobs: Vec<Job> = (first..CROWD.min(first + BATCH)).map(of_one).collect();
        write(store, move |tx| jobs.iter().try_for_each(|job| tx.enqueue_job(job).map(drop)))?;
    }
    let began = Instant::now();
    let mut running = write(store, claim_fairly)?;
    let first = began.elapsed();
    assert_eq!(running.len(), PER_OWNER);
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let ended = running.remove(0);
        write(store, move |tx| finish(tx, &ended))?;
        let began = Instant::now();
        running.extend(write(store, claim_fairly)?);
        times.push(began.elapsed());
        assert_eq!(running.len(), PER_OWNER);
    }
    times.sort_unstable();
    Ok((first.as_secs_f64() * 1_000.0, times[ROUNDS / 2].as_secs_f64() * 1_000.0))
}

/// Enqueues jobs, some in a transaction.
fn fill(store: &dyn Store, name: &str) -> Result<()> {
    for first in (0..JOBS).step_by(BATCH) {
        let jobs: Vec<Job> =
            (first..JOBS.min(first + BATCH)).map(|n| job(format!("job_{name}_{n:08}"))).collect();
        write(store, move |tx| jobs.iter().try_for_each(|job| tx.enqueue_job(job).map(drop)))?;
    }
    Ok(())
}

/// Claims jobs in batches and ends each in a transaction of its own, until there are none.
fn drain(store: &dyn Store) -> Result<usize> {
    let mut ended = 0;
    loop {
        let claimed = write(store, |tx| claim(tx, BATCH))?;
        if claimed.is_empty() {
            return Ok(ended);
        }
        ended += claimed.len();
        let answers: Vec<_> =
            claimed.into_iter().map(|job| queue(store, move |tx| finish(tx, &job))).collect();
        for answer in answers {
            answer.recv().map_err(sophon_model::Error::internal)??;
        }
    }
}

/// Jobs claimed and ended a second by `callers` threads.
fn rate(store: &Arc<dyn Store>, callers: usize) -> Result<f64> {
    fill(&**store, &callers.to_string())?;
    let began = Instant::now();
    let threads: Vec<_> = (0..callers)
        .map(|_| {
            let store = Arc::clone(store);
            thread::spawn(move || drain(&*store))
        })
        .collect();
    let ended = threads.into_iter().map(|thread| thread.join().expect("a caller panicked"));
    let ended = ended.sum::<Result<usize>>()?;
    assert_eq!(ended, JOBS, "all jobs have ended");
    Ok(ended as f64 / began.elapsed().as_secs_f64())
}

/// The middle of the times, in milliseconds, that jobs take which are enqueued, claimed and ended alone.
fn round(store: &dyn Store) -> Result<f64> {
    let mut times = Vec::with_capacity(ROUNDS);
    for n in 0..ROUNDS {
        let began = Instant::now();
        let alone = job(format!("job_alone_{n:08}"));
        write(store, move |tx| tx.enqueue_job(&alone))?;
        for job in write(store, |tx| claim(tx, BATCH))? {
            write(store, move |tx| finish(tx, &job))?;
        }
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times[ROUNDS / 2].as_secs_f64() * 1_000.0)
}

#[expect(clippy::print_stdout, reason = "it is what the program is for")]
fn main() -> std::result::Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let file = folder.join(format!("job-rate-{}", std::process::id())).join("sophon.db");
    let store = sophon_store::open(&format!("sqlite:{}", file.display()), &Options::default())?;
    println!("one at a time: {:>8.2} ms from being enqueued to the end (p50)", round(&*store)?);
    for callers in [1, 2, 4, 8] {
        println!("{callers:>4} callers: {:>8.0} jobs/s claimed and ended", rate(&store, callers)?);
    }
    let (first, next) = fair(&*store)?;
    println!(
        "fair claims: {first:>8.2} ms for the first of {CROWD} jobs of one owner, {next:.2} ms for the next (p50)"
    );
    drop(store);
    std::fs::remove_dir_all(file.with_file_name(""))?;
    Ok(())
}
