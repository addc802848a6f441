//! Several processes work on one queue, and are killed at it: what was done in the end is what was to be done, once and
//! in order.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::SystemTime;

use sophon_model::Job;
use sophon_model::ports::ClaimJobs;

use super::crowd::{ALL, EACH, Fencing, LINES, done, judge, ledger, named, open_ledgers, patiently, perform};
use super::{Calls, claim};
use crate::fixtures::at;
use crate::harness::{Engine, PATIENCE, Place, Rule, read, rule};

pub fn rules() -> Vec<Rule> {
    vec![rule(processes_that_are_killed_leave_each_job_done_once_and_in_order).only(Engine::Postgres)]
}

/// What makes this program a worker; the database's address follows.
const CHILD: &str = "--work-until-killed";
/// How long a worker holds a job, in milliseconds.
const LEASE: i64 = 250;
/// Processes at a time.
const PROCESSES: usize = 2;
/// Jobs that are done between one kill and the next.
const BETWEEN_KILLS: usize = 7;
/// Processes that are killed before the jobs are done.
const KILLS: usize = 5;

/// The address of the database, if this process is a worker.
pub fn worker_url() -> Option<String> {
    let mut arguments = std::env::args().skip(1);
    (arguments.next()? == CHILD).then(|| arguments.next()).flatten()
}

#[expect(clippy::disallowed_methods, reason = "processes share no clock but that of the machine")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// Does jobs and prints a line for each. Never ends by itself.
pub fn run_worker(url: &str) -> ! {
    let calls = Calls(sophon_store::open(url, &sophon_store::Options::default()).unwrap());
    let holder: &'static str = std::process::id().to_string().leak();
    loop {
        let now = now();
        let claimed = patiently(&calls, move |tx| {
            tx.requeue_lapsed_jobs(at(now))?;
            tx.claim_jobs(&ClaimJobs { lease_until: at(now + LEASE), ..claim(holder, now, 2) })
        });
        for job in claimed {
            treat(&calls, job);
        }
    }
}

/// Each job is parked, fails and is done, one attempt after the other.
fn treat(calls: &Calls, job: Job) {
    let (number, now) = (job.created_at.as_millis(), now());
    match (number + job.attempt) % 3 {
        0 => drop(patiently(calls, move |tx| tx.park_job(&job, at(now)))),
        1 => drop(patiently(calls, move |tx| tx.reschedule_job(&job, at(now), Some("no")))),
        _ => {
            let line = format!("{}\n", job.id);
            if patiently(calls, move |tx| perform(tx, &job, &ledger(&job), Fencing::On)) {
                std::io::stdout().write_all(line.as_bytes()).unwrap();
            }
        }
    }
}

/// A process that works; killed at the latest when this is dropped.
struct Process(Child);

impl Process {
    fn start(place: &Place, performed: &SyncSender<String>) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut child =
            Command::new(program).args([CHILD, &place.url]).stdout(Stdio::piped()).spawn().unwrap();
        let (lines, performed) = (BufReader::new(child.stdout.take().unwrap()).lines(), performed.clone());
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| performed.send(line)));
        Self(child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn processes_that_are_killed_leave_each_job_done_once_and_in_order(place: &Place) {
    let calls = Calls::open(place);
    calls.run(open_ledgers);
    calls.enqueue((0..EACH).flat_map(|n| (0..LINES).map(move |line| named(line, n))).collect());
    let (told, performed) = sync_channel(ALL);
    let mut processes: Vec<Process> = (0..PROCESSES).map(|_| Process::start(place, &told)).collect();
    for kill in 0..KILLS {
        wait_for(&performed, BETWEEN_KILLS);
        processes[kill % PROCESSES] = Process::start(place, &told);
    }
    while !read(&*calls.0, |tx| tx.job_counts()).is_empty() {
        wait_for(&performed, 1);
    }
    for (ledger, jobs) in done(&calls) {
        let is_line = !ledger.contains('-');
        assert_eq!(judge(&jobs, if is_line { EACH } else { 1 }), None, "{ledger}");
    }
}

fn wait_for(performed: &Receiver<String>, jobs: usize) {
    for _ in 0..jobs {
        performed.recv_timeout(PATIENCE).expect("a job that was done");
    }
}
