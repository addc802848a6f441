//! The commands of everyday work.

use std::process::{Command, Output};

/// Runs `make` in the repository, as from a shell of its own.
fn make(arguments: &[&str]) -> Output {
    Command::new("make")
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL")
        .output()
        .expect("make runs")
}

#[test]
fn all_suites_are_run_and_those_that_failed_are_named_at_the_end() {
    let ran = make(&["test", "SUITES=no-such-suite help another-one"]);
    let (told, complaints) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(!ran.status.success());
    assert!(told.contains("make run"), "the suite after the failed one ran: {told}");
    let end: Vec<&str> =
        complaints.lines().rev().skip_while(|line| line.starts_with("make: ***")).take(2).collect();
    assert_eq!(end, ["failed: make another-one", "failed: make no-such-suite"], "{complaints}");

    let ran = make(&["test", "SUITES=help"]);
    assert!(ran.status.success());
    assert!(String::from_utf8_lossy(&ran.stdout).ends_with("All tests have passed.\n"));
}
