//! Tasks that are parts of another, and tasks without a session.

use std::sync::Arc;

use sophon_model::ports::Store;
use sophon_model::{SessionId, Task, TaskId, TaskKind, TenantId};

use crate::fixtures::{move_in, task};
use crate::harness::{Place, Rule, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_task_without_a_session_comes_back_as_it_went_in),
        rule(a_part_is_not_counted_as_waiting),
        rule(parts_of_a_task_are_listed_oldest_first),
        rule(a_part_needs_a_task_that_it_is_a_part_of),
        rule(parts_go_with_their_task),
    ]
}

fn settle(place: &Place, tasks: Vec<Task>) -> Arc<dyn Store> {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, move |tx| tasks.iter().try_for_each(|task| tx.insert(task))).unwrap();
    store
}

/// A task that nobody asked for in a session.
fn apart(id: &str, created: i64) -> Task {
    Task {
        kind: TaskKind::Discussion,
        session_id: None,
        agent_id: None,
        request_message_id: None,
        ..task(id, "", created)
    }
}

fn part(id: &str, parent: &str, created: i64) -> Task {
    Task { kind: TaskKind::DiscussionTurn, parent_id: Some(TaskId::from(parent)), ..apart(id, created) }
}

fn get(store: &dyn Store, id: &'static str) -> Option<Task> {
    read(store, move |tx| tx.get_in(&TenantId::from("home"), &TaskId::from(id)))
}

fn a_task_without_a_session_comes_back_as_it_went_in(place: &Place) {
    let made = || Task { attempt: 4, ..apart("run", 1) };
    let store = settle(place, vec![made()]);
    assert_eq!(get(&*store, "run"), Some(made()));
}

fn a_part_is_not_counted_as_waiting(place: &Place) {
    let store = settle(place, vec![apart("run", 2), part("waits", "run", 1)]);
    assert_eq!(read(&*store, |tx| tx.queued_tasks()), 1);
}

fn parts_of_a_task_are_listed_oldest_first(place: &Place) {
    let store = settle(place, vec![apart("run", 1), apart("other", 1)]);
    let parts = [part("b", "run", 3), part("a", "run", 3), part("z", "run", 2), part("c", "other", 1)];
    write(&*store, move |tx| parts.iter().try_for_each(|part| tx.insert(part))).unwrap();
    let listed = read(&*store, |tx| tx.child_tasks(&TaskId::from("run")));
    assert_eq!(listed, [part("z", "run", 2), part("a", "run", 3), part("b", "run", 3)]);
}

fn a_part_needs_a_task_that_it_is_a_part_of(place: &Place) {
    let store = settle(place, vec![]);
    assert_eq!(code(write(&*store, |tx| tx.insert(&part("a", "gone", 1)))), "conflict");
}

fn parts_go_with_their_task(place: &Place) {
    let store = settle(place, vec![task("chat", "s", 1), apart("run", 1)]);
    write(&*store, |tx| {
        tx.insert(&part("a", "chat", 2))?;
        tx.insert(&part("of a", "a", 3))?;
        tx.insert(&part("b", "run", 2))
    })
    .unwrap();
    write(&*store, |tx| tx.delete(&SessionId::from("s"))).unwrap();
    let left = ["chat", "a", "of a", "run", "b"].map(|id| get(&*store, id).is_some());
    assert_eq!(left, [false, false, false, true, true]);
}
