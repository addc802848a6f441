//! The ledger of work.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread;

use sophon_model::ports::{Store, TaskFilter};
use sophon_model::{AgentId, Page, SessionId, Task, TaskId, TaskStatus, TenantId, UserId};

use crate::fixtures::{at, move_in, session, task, usage, user};
use crate::harness::{Place, Rule, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_claim_takes_the_oldest_task_and_marks_it),
        rule(a_claim_passes_over_sessions_with_a_running_task),
        rule(a_task_whose_lease_is_over_is_taken_up_again),
        rule(no_task_is_handed_out_twice_and_no_session_runs_two),
        rule(a_worker_that_lost_its_task_writes_nothing),
        rule(a_lease_is_prolonged_by_its_holder_alone),
        rule(a_wish_to_cancel_outlives_what_the_worker_writes),
        rule(a_lease_outlives_what_the_worker_writes),
        rule(only_what_has_not_ended_can_be_cancelled),
        rule(a_queued_task_is_cancelled_before_it_is_taken_up_or_not_at_all),
        rule(all_leases_can_be_released),
        rule(a_session_never_has_two_running_tasks),
        rule(tasks_are_found_by_all_that_can_be_asked),
        rule(tasks_are_listed_newest_first_page_by_page),
        rule(waiting_tasks_are_counted),
    ]
}

fn home() -> TenantId {
    TenantId::from("home")
}

/// A home with a session for each of `sessions` besides `s`.
fn settle(place: &Place, sessions: &'static [&'static str]) -> Arc<dyn Store> {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, move |tx| sessions.iter().try_for_each(|id| tx.insert_session(&session(id)))).unwrap();
    store
}

fn add(store: &dyn Store, tasks: Vec<Task>) {
    write(store, move |tx| tasks.iter().try_for_each(|task| tx.insert_task(task))).unwrap();
}

fn claim(store: &dyn Store, now: i64, lease_until: i64) -> Option<Task> {
    write(store, move |tx| tx.claim_task(at(now), at(lease_until))).unwrap()
}

fn get(store: &dyn Store, id: &'static str) -> Task {
    read(store, move |tx| tx.task(&home(), &TaskId::from(id))).unwrap()
}

/// Ends a task as its holder.
fn complete(store: &dyn Store, task: &Task) -> bool {
    let ended =
        Task { status: TaskStatus::Completed, lease_until: None, ended_at: Some(at(99)), ..task.clone() };
    write(store, move |tx| tx.update_running_task(&ended)).unwrap()
}

fn a_claim_takes_the_oldest_task_and_marks_it(place: &Place) {
    let store = settle(place, &["x", "y"]);
    assert_eq!(claim(&*store, 10, 20), None);
    add(&*store, vec![task("late", "s", 3), task("b", "x", 2), task("a", "y", 2)]);
    let claimed = claim(&*store, 10, 20).unwrap();
    let expected = Task {
        status: TaskStatus::Running,
        attempt: 1,
        lease_until: Some(at(20)),
        started_at: Some(at(10)),
        ..task("a", "y", 2)
    };
    assert_eq!(claimed, expected);
    assert_eq!(get(&*store, "a"), expected);
    assert_eq!(claim(&*store, 10, 20).unwrap().id, TaskId::from("b"));
    assert_eq!(claim(&*store, 10, 20).unwrap().id, TaskId::from("late"));
    assert_eq!(claim(&*store, 10, 20), None);
}

fn a_claim_passes_over_sessions_with_a_running_task(place: &Place) {
    let store = settle(place, &["x"]);
    add(&*store, vec![task("1", "s", 1), task("2", "s", 2), task("3", "x", 3)]);
    let first = claim(&*store, 10, 20).unwrap();
    assert_eq!(claim(&*store, 10, 20).unwrap().id, TaskId::from("3"));
    assert_eq!(claim(&*store, 10, 20), None);
    assert!(complete(&*store, &first));
    assert_eq!(claim(&*store, 10, 20).unwrap().id, TaskId::from("2"));
}

fn a_task_whose_lease_is_over_is_taken_up_again(place: &Place) {
    let store = settle(place, &[]);
    add(&*store, vec![task("1", "s", 1), task("2", "s", 2)]);
    claim(&*store, 10, 20).unwrap();
    assert_eq!(claim(&*store, 19, 40), None);
    let again = claim(&*store, 20, 40).unwrap();
    assert_eq!((again.id.as_str(), again.attempt, again.lease_until), ("1", 2, Some(at(40))));
    assert_eq!(again.started_at, Some(at(10)), "it was started once");
}

fn no_task_is_handed_out_twice_and_no_session_runs_two(place: &Place) {
    const WORKERS: usize = 8;
    let store = settle(place, &["a", "b", "c", "d", "e"]);
    let tasks: Vec<Task> = (0..60)
        .map(|n: i64| task(&format!("t{n}"), ["s", "a", "b", "c", "d", "e"][n as usize % 6], n / 7))
        .collect();
    add(&*store, tasks);
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let store = Arc::clone(&store);
            thread::spawn(move || {
                let mut mine = Vec::new();
                while read(&*store, |tx| tx.queued_tasks()) > 0 {
                    let Some(task) = claim(&*store, 100, 1_000) else { continue };
                    mine.push(task.clone());
                    assert!(complete(&*store, &task), "a task was taken from its worker");
                }
                mine
            })
        })
        .collect();
    let done: Vec<Task> = workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect();
    let distinct: HashSet<&str> = done.iter().map(|task| task.id.as_str()).collect();
    assert_eq!((done.len(), distinct.len()), (60, 60));
    assert!(done.iter().all(|task| task.attempt == 1));
}

fn a_worker_that_lost_its_task_writes_nothing(place: &Place) {
    let store = settle(place, &[]);
    add(&*store, vec![task("1", "s", 1)]);
    let slow = claim(&*store, 10, 20).unwrap();
    let quick = claim(&*store, 30, 40).unwrap();
    assert!(!complete(&*store, &slow));
    assert_eq!(get(&*store, "1"), quick);
    assert!(complete(&*store, &quick));
    assert!(!complete(&*store, &quick), "it has ended");
}

fn a_lease_is_prolonged_by_its_holder_alone(place: &Place) {
    let store = settle(place, &[]);
    add(&*store, vec![task("1", "s", 1)]);
    let held = claim(&*store, 10, 20).unwrap();
    let renew = |attempt: i64, until: i64| {
        write(&*store, move |tx| tx.renew_lease(&TaskId::from("1"), attempt, at(until))).unwrap()
    };
    assert_eq!(renew(1, 50), Some(Task { lease_until: Some(at(50)), ..held.clone() }));
    assert_eq!(renew(0, 90), None);
    assert_eq!(claim(&*store, 49, 60), None);
    assert!(complete(&*store, &held));
    assert_eq!(renew(1, 90), None);
}

fn a_wish_to_cancel_outlives_what_the_worker_writes(place: &Place) {
    let store = settle(place, &[]);
    add(&*store, vec![task("1", "s", 1)]);
    let read_before = claim(&*store, 10, 20).unwrap();
    let cancel = |by: &'static str, now| {
        write(&*store, move |tx| tx.request_cancel(&TaskId::from("1"), &UserId::from(by), at(now))).unwrap()
    };
    let noted = cancel("ann", 12).unwrap();
    assert_eq!((noted.cancelled_by, noted.cancel_requested_at), (Some(UserId::from("ann")), Some(at(12))));
    assert_eq!(cancel("bob", 15).unwrap().cancel_requested_at, Some(at(12)), "the first wish counts");

    let progress = Task { usage: Some(usage()), is_streaming: false, ..read_before };
    assert!(write(&*store, move |tx| tx.update_running_task(&progress)).unwrap());
    let stored = get(&*store, "1");
    assert_eq!((stored.usage, stored.is_streaming), (Some(usage()), false));
    assert_eq!((stored.cancelled_by, stored.cancel_requested_at), (Some(UserId::from("ann")), Some(at(12))));
}

fn a_lease_outlives_what_the_worker_writes(place: &Place) {
    let store = settle(place, &[]);
    add(&*store, vec![task("1", "s", 1)]);
    let read_before = claim(&*store, 10, 20).unwrap();
    let ended = read_before.clone();
    write(&*store, move |tx| {
        tx.renew_lease(&TaskId::from("1"), 1, at(50))?;
        tx.update_running_task(&read_before)
    })
    .unwrap();
    assert_eq!(get(&*store, "1").lease_until, Some(at(50)));
    assert!(complete(&*store, &ended));
    assert_eq!(get(&*store, "1").lease_until, None);
}

fn only_what_has_not_ended_can_be_cancelled(place: &Place) {
    let store = settle(place, &[]);
    add(&*store, vec![task("1", "s", 1)]);
    let cancel =
        || write(&*store, |tx| tx.request_cancel(&TaskId::from("1"), &UserId::from("ann"), at(12))).unwrap();
    assert_eq!(cancel().unwrap().status, TaskStatus::Queued);
    let held = claim(&*store, 10, 20).unwrap();
    assert_eq!(cancel().unwrap().status, TaskStatus::Running);
    assert!(complete(&*store, &held));
    assert_eq!(cancel(), None);
}

fn a_queued_task_is_cancelled_before_it_is_taken_up_or_not_at_all(place: &Place) {
    let store = settle(place, &["x"]);
    add(&*store, vec![task("1", "s", 1), task("2", "x", 2)]);
    let cancel = |task: Task| {
        let cancelled = Task { status: TaskStatus::Cancelled, ended_at: Some(at(9)), ..task };
        write(&*store, move |tx| tx.cancel_queued_task(&cancelled)).unwrap()
    };
    assert!(cancel(task("1", "s", 1)));
    assert_eq!(get(&*store, "1").status, TaskStatus::Cancelled);
    let held = claim(&*store, 10, 20).unwrap();
    assert_eq!(held.id, TaskId::from("2"));
    assert!(!cancel(task("2", "x", 2)));
    assert_eq!(get(&*store, "2"), held);
}

fn all_leases_can_be_released(place: &Place) {
    let store = settle(place, &["x"]);
    add(&*store, vec![task("1", "s", 1), task("2", "x", 2)]);
    claim(&*store, 10, 1_000).unwrap();
    assert_eq!(write(&*store, |tx| tx.release_leases(at(15))).unwrap(), 1);
    assert_eq!(write(&*store, |tx| tx.release_leases(at(15))).unwrap(), 0);
    let again = claim(&*store, 15, 1_000).unwrap();
    assert_eq!((again.id.as_str(), again.attempt), ("1", 2));
}

fn a_session_never_has_two_running_tasks(place: &Place) {
    let store = settle(place, &[]);
    add(&*store, vec![Task { status: TaskStatus::Running, ..task("1", "s", 1) }]);
    let second = Task { status: TaskStatus::Running, ..task("2", "s", 1) };
    assert!(write(&*store, move |tx| tx.insert_task(&second)).is_err());
}

fn ids(store: &dyn Store, filter: &TaskFilter) -> String {
    let filter = filter.clone();
    let paged = read(store, move |tx| tx.tasks(&home(), &filter, &Page::new(None, None)));
    paged.items.into_iter().map(|task| task.id.to_string()).collect()
}

fn tasks_are_found_by_all_that_can_be_asked(place: &Place) {
    let store = settle(place, &["x"]);
    write(&*store, |tx| tx.insert_user(&user("bob"))).unwrap();
    add(
        &*store,
        vec![
            Task { description: "Sum up 100% of ÉCOLE_1".into(), ..task("a", "s", 1) },
            Task { status: TaskStatus::Failed, error: Some("no".into()), ..task("b", "s", 2) },
            Task { user_id: UserId::from("bob"), status: TaskStatus::Cancelled, ..task("c", "x", 3) },
            Task { agent_id: Some(AgentId::from("other")), ..task("d", "x", 4) },
        ],
    );
    let any = TaskFilter::default;
    assert_eq!(ids(&*store, &any()), "dcba");
    assert_eq!(ids(&*store, &TaskFilter { user: Some(UserId::from("bob")), ..any() }), "c");
    assert_eq!(ids(&*store, &TaskFilter { agent: Some(AgentId::from("other")), ..any() }), "d");
    assert_eq!(ids(&*store, &TaskFilter { session: Some(SessionId::from("x")), ..any() }), "dc");
    assert_eq!(ids(&*store, &TaskFilter { from: Some(at(2)), until: Some(at(4)), ..any() }), "cb");
    let ended = vec![TaskStatus::Failed, TaskStatus::Cancelled];
    assert_eq!(ids(&*store, &TaskFilter { statuses: ended.clone(), ..any() }), "cb");
    assert_eq!(ids(&*store, &TaskFilter { statuses: ended, user: Some(UserId::from("ann")), ..any() }), "b");
    for (text, expected) in
        [("00% of éc", "a"), ("école_", "a"), ("DO ", "dcb"), ("_", "a"), ("%", "a"), ("\\", "")]
    {
        assert_eq!(ids(&*store, &TaskFilter { text: Some(text.into()), ..any() }), expected, "{text}");
    }
    let elsewhere = read(&*store, |tx| {
        assert_eq!(tx.task(&TenantId::from("other"), &TaskId::from("a"))?, None);
        tx.tasks(&TenantId::from("other"), &TaskFilter::default(), &Page::new(None, None))
    });
    assert!(elsewhere.items.is_empty());
}

fn tasks_are_listed_newest_first_page_by_page(place: &Place) {
    let store = settle(place, &[]);
    add(&*store, ["e", "d", "c", "b", "a"].iter().map(|id| task(id, "s", 5)).collect());
    add(&*store, vec![task("f", "s", 6), task("0", "s", 4)]);
    let mut seen = String::new();
    let mut after = None;
    for _ in 0..4 {
        let page = Page::new(Some(2), after);
        let paged = read(&*store, move |tx| tx.tasks(&home(), &TaskFilter::default(), &page));
        seen.extend(paged.items.into_iter().map(|task| task.id.to_string()));
        after = paged.next;
    }
    assert_eq!((seen.as_str(), after), ("fedcba0", None));
}

fn waiting_tasks_are_counted(place: &Place) {
    let store = settle(place, &[]);
    assert_eq!(read(&*store, |tx| tx.queued_tasks()), 0);
    add(&*store, vec![task("1", "s", 1), task("2", "s", 2)]);
    assert_eq!(read(&*store, |tx| tx.queued_tasks()), 2);
    claim(&*store, 10, 20);
    assert_eq!(read(&*store, |tx| tx.queued_tasks()), 1);
}
