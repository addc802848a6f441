//! The rules that a store keeps, each as a test on each engine.
//!
//! SQLite is always tested; PostgreSQL where `SOPHON_TEST_POSTGRES_URL` names a server (`scripts/with-postgres` starts
//! one). Every test has a database of its own.

mod fixtures;
mod harness;
mod killed;
mod rules;

use std::process::ExitCode;

use harness::{Engine, Rule};
use libtest_mimic::{Arguments, Trial};
use rules::job_queue::processes;

fn main() -> ExitCode {
    if let Some(url) = killed::child_url() {
        killed::run_child(&url);
    }
    if let Some(url) = processes::worker_url() {
        processes::run_worker(&url);
    }
    let arguments = Arguments::from_args();
    let rules = rules::all();
    let mut trials: Vec<Trial> = rules.iter().filter_map(|rule| rule.trial(Engine::Sqlite)).collect();
    let on_postgres: Vec<Trial> =
        rules.iter().filter_map(|rule: &Rule| rule.trial(Engine::Postgres)).collect();
    if harness::postgres_url().is_some() {
        trials.extend(on_postgres);
    } else if !arguments.list {
        harness::say(&format!(
            "skipped: {} tests on PostgreSQL, SOPHON_TEST_POSTGRES_URL is not set",
            on_postgres.len()
        ));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
