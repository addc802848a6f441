//! Runs of discussions, and the turns in them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sophon_model::ports::Store;
use sophon_model::{
    DiscussionId, DiscussionRun, DiscussionRunId, DiscussionTurn, DiscussionTurnStatus, Task, TaskId,
    TaskKind, TaskStatus, UserId,
};

use crate::fixtures::{
    at, discussion, discussion_run as run, discussion_turn as turn, move_in, task, usage, user,
};
use crate::harness::{Place, Rule, at_once, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_run_is_found_by_id_and_by_task),
        rule(a_task_stands_for_one_run),
        rule(turns_come_by_round_and_in_order_of_start),
        rule(a_turn_is_overwritten_by_the_same_turn),
        rule(runs_and_turns_go_with_their_discussion),
        rule(open_runs_of_a_user_are_counted_with_those_of_its_chats),
        rule(who_counts_open_runs_at_a_time_does_so_one_after_the_other),
    ]
}

/// The discussion `d`, and these runs.
fn settle(place: &Place, runs: Vec<DiscussionRun>) -> Arc<dyn Store> {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, move |tx| {
        tx.insert(&discussion("d", 1))?;
        tx.insert(&discussion("e", 1))?;
        runs.iter().try_for_each(|run| tx.insert(run))
    })
    .unwrap();
    store
}

fn get(store: &dyn Store, id: &'static str) -> Option<DiscussionRun> {
    read(store, move |tx| tx.get(&DiscussionRunId::from(id)))
}

fn put(store: &dyn Store, turns: Vec<DiscussionTurn>) {
    write(store, move |tx| turns.iter().try_for_each(|turn| tx.put(turn))).unwrap();
}

fn turns(store: &dyn Store, run: &'static str) -> Vec<DiscussionTurn> {
    read(store, move |tx| tx.discussion_turns(&DiscussionRunId::from(run)))
}

fn a_run_is_found_by_id_and_by_task(place: &Place) {
    let alone = || DiscussionRun { discussion_id: None, ..run("b", 2) };
    let store = settle(place, vec![run("a", 1), alone()]);
    assert_eq!(get(&*store, "a"), Some(run("a", 1)));
    let of_task =
        |task: &'static str| read(&*store, move |tx| tx.discussion_run_of_task(&TaskId::from(task)));
    assert_eq!(of_task("task of b"), Some(alone()));
    assert_eq!(of_task("gone"), None);
}

fn a_task_stands_for_one_run(place: &Place) {
    let store = settle(place, vec![run("a", 1)]);
    let second = DiscussionRun { task_id: TaskId::from("task of a"), ..run("b", 1) };
    assert_eq!(code(write(&*store, move |tx| tx.insert(&second))), "internal_error");
}

fn turns_come_by_round_and_in_order_of_start(place: &Place) {
    let store = settle(place, vec![run("a", 1), run("b", 1)]);
    let given = [(2, "x", 1), (1, "y", 3), (1, "x", 3), (1, "z", 2)];
    put(&*store, given.map(|(round, panelist, started)| turn("a", round, panelist, started)).into());
    put(&*store, vec![turn("b", 1, "x", 1)]);
    let expected = [(1, "z", 2), (1, "x", 3), (1, "y", 3), (2, "x", 1)];
    assert_eq!(
        turns(&*store, "a"),
        expected.map(|(round, panelist, started)| turn("a", round, panelist, started))
    );
}

fn a_turn_is_overwritten_by_the_same_turn(place: &Place) {
    let store = settle(place, vec![run("a", 1)]);
    let spoken = || DiscussionTurn {
        task_id: TaskId::from("again"),
        status: DiscussionTurnStatus::Completed,
        content: "Tabs.".into(),
        usage: Some(usage()),
        ended_at: Some(at(9)),
        ..turn("a", 1, "x", 2)
    };
    put(&*store, vec![turn("a", 1, "x", 1), turn("a", 1, "y", 1), spoken()]);
    assert_eq!(turns(&*store, "a"), [turn("a", 1, "y", 1), spoken()]);
}

fn runs_and_turns_go_with_their_discussion(place: &Place) {
    let alone = DiscussionRun { discussion_id: None, ..run("b", 1) };
    let store = settle(place, vec![run("a", 1), alone]);
    put(&*store, vec![turn("a", 1, "x", 1), turn("b", 1, "x", 1)]);
    write(&*store, |tx| tx.delete(&DiscussionId::from("d"))).unwrap();
    assert_eq!(["a", "b"].map(|id| get(&*store, id).is_some()), [false, true]);
    assert_eq!([turns(&*store, "a").len(), turns(&*store, "b").len()], [0, 1]);
    assert_eq!(code(write(&*store, |tx| tx.put(&turn("a", 1, "x", 1)))), "conflict");
}

/// The task of a run.
fn asked_for(id: &str, user: &str, status: TaskStatus) -> Task {
    let user_id = UserId::from(user);
    Task { session_id: None, kind: TaskKind::Discussion, user_id, status, ..task(id, "s", 1) }
}

fn open_runs(store: &dyn Store) -> u64 {
    read(store, |tx| tx.open_discussion_runs(&UserId::from("ann")))
}

fn open_runs_of_a_user_are_counted_with_those_of_its_chats(place: &Place) {
    let store = place.open();
    write(&*store, |tx| {
        move_in(tx)?;
        tx.insert(&user("bob"))
    })
    .unwrap();
    assert_eq!(open_runs(&*store), 0);
    let called = Task { parent_id: Some(TaskId::from("chat")), ..asked_for("4", "ann", TaskStatus::Running) };
    let part = Task { kind: TaskKind::DiscussionTurn, parent_id: Some(TaskId::from("1")), ..called.clone() };
    let over = Task { id: TaskId::from("6"), status: TaskStatus::Failed, ..called.clone() };
    let tasks = [
        task("chat", "s", 1),
        asked_for("1", "ann", TaskStatus::Running),
        asked_for("2", "ann", TaskStatus::Queued),
        asked_for("3", "ann", TaskStatus::Completed),
        called,
        Task { id: TaskId::from("5"), ..part },
        over,
        asked_for("7", "bob", TaskStatus::Queued),
    ];
    write(&*store, move |tx| tasks.iter().try_for_each(|task| tx.insert(task))).unwrap();
    assert_eq!(open_runs(&*store), 3);
}

fn who_counts_open_runs_at_a_time_does_so_one_after_the_other(place: &Place) {
    const MOST: u64 = 3;
    let store = place.open();
    write(&*store, move_in).unwrap();
    let number = AtomicUsize::new(0);
    at_once(8, || {
        let id = number.fetch_add(1, Ordering::Relaxed).to_string();
        write(&*store, move |tx| {
            if tx.open_discussion_runs(&UserId::from("ann"))? < MOST {
                tx.insert(&asked_for(&id, "ann", TaskStatus::Queued))?;
            }
            Ok(())
        })
        .unwrap();
    });
    assert_eq!(open_runs(&*store), MOST);
}
