//! The ledger of work.

use std::sync::Arc;

use sophon_model::ports::{Canceller, Store, TaskFilter};
use sophon_model::{
    AgentId, ApiToken, Page, RightsOf, SessionId, Task, TaskId, TaskStatus, TenantId, User, UserId,
    UserStatus,
};

use crate::fixtures::{api_token, at, move_in, session, task, usage, user};
use crate::harness::{Place, Rule, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_task_that_has_not_ended_is_overwritten_and_one_that_has_is_not),
        rule(a_wish_to_cancel_outlives_what_the_worker_writes),
        rule(only_what_has_not_ended_can_be_cancelled),
        rule(running_tasks_that_are_to_be_cancelled_are_found),
        rule(open_tasks_of_a_session_are_listed_oldest_first),
        rule(tasks_are_found_by_all_that_can_be_asked),
        rule(tasks_are_listed_newest_first_page_by_page),
        rule(waiting_tasks_are_counted),
        rule(open_tasks_whose_rights_have_ended_are_found),
    ]
}

fn home() -> TenantId {
    TenantId::from("home")
}

/// A home with a session for each of `sessions` besides `s`.
fn settle(place: &Place, sessions: &'static [&'static str]) -> Arc<dyn Store> {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, move |tx| sessions.iter().try_for_each(|id| tx.insert(&session(id)))).unwrap();
    store
}

fn add(store: &dyn Store, tasks: Vec<Task>) {
    write(store, move |tx| tasks.iter().try_for_each(|task| tx.insert(task))).unwrap();
}

fn update(store: &dyn Store, task: Task) -> bool {
    write(store, move |tx| tx.update_open_task(&task)).unwrap()
}

fn get(store: &dyn Store, id: &'static str) -> Task {
    read(store, move |tx| tx.get_in(&home(), &TaskId::from(id))).unwrap()
}

fn running(task: Task) -> Task {
    Task { status: TaskStatus::Running, attempt: 1, started_at: Some(at(10)), ..task }
}

fn completed(task: Task) -> Task {
    Task { status: TaskStatus::Completed, ended_at: Some(at(99)), ..task }
}

fn a_task_that_has_not_ended_is_overwritten_and_one_that_has_is_not(place: &Place) {
    let store = settle(place, &[]);
    add(&*store, vec![task("1", "s", 1)]);
    let started = || running(task("1", "s", 1));
    let ended = || Task { usage: Some(usage()), ..completed(started()) };
    assert!(update(&*store, started()));
    assert_eq!(get(&*store, "1"), started());
    assert!(update(&*store, ended()));
    assert_eq!(get(&*store, "1"), ended());
    assert!(!update(&*store, started()));
    assert_eq!(get(&*store, "1"), ended());
    assert!(!update(&*store, task("gone", "s", 1)));
}

fn a_wish_to_cancel_outlives_what_the_worker_writes(place: &Place) {
    let store = settle(place, &[]);
    let read_before = || running(task("1", "s", 1));
    add(&*store, vec![read_before()]);
    let cancel = |by: &'static str, now| {
        write(&*store, move |tx| tx.request_cancel(&TaskId::from("1"), Canceller::User(&by.into()), at(now)))
            .unwrap()
    };
    let noted = cancel("ann", 12).unwrap();
    assert_eq!((noted.cancelled_by, noted.cancel_requested_at), (Some(UserId::from("ann")), Some(at(12))));
    assert_eq!(cancel("bob", 15).unwrap().cancel_requested_at, Some(at(12)), "the first wish counts");

    let progress = || Task { usage: Some(usage()), is_streaming: false, ..read_before() };
    assert!(update(&*store, progress()));
    let noted =
        Task { cancelled_by: Some(UserId::from("ann")), cancel_requested_at: Some(at(12)), ..progress() };
    assert_eq!(get(&*store, "1"), noted);
}

fn only_what_has_not_ended_can_be_cancelled(place: &Place) {
    let store = settle(place, &[]);
    add(&*store, vec![task("1", "s", 1)]);
    let cancel = || {
        write(&*store, |tx| tx.request_cancel(&TaskId::from("1"), Canceller::User(&"ann".into()), at(12)))
            .unwrap()
    };
    assert_eq!(cancel().unwrap().status, TaskStatus::Queued);
    assert!(update(&*store, running(task("1", "s", 1))));
    assert_eq!(cancel().unwrap().status, TaskStatus::Running);
    assert!(update(&*store, completed(task("1", "s", 1))));
    assert_eq!(cancel(), None);
}

fn running_tasks_that_are_to_be_cancelled_are_found(place: &Place) {
    let store = settle(place, &[]);
    let wished = |id: &str| Task { cancel_requested_at: Some(at(12)), ..task(id, "s", 1) };
    let tasks = vec![
        running(wished("a")),
        running(wished("b")),
        running(task("goes on", "s", 1)),
        wished("waits"),
        completed(wished("over")),
    ];
    add(&*store, tasks);
    let to_cancel = |limit| {
        let mut found = read(&*store, move |tx| tx.tasks_to_cancel(limit));
        found.sort();
        found.into_iter().map(|id| id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(to_cancel(9), ["a", "b"]);
    assert_eq!(to_cancel(1).len(), 1);
}

fn open_tasks_of_a_session_are_listed_oldest_first(place: &Place) {
    let store = settle(place, &["x"]);
    let tasks = vec![
        task("c", "s", 2),
        running(task("b", "s", 2)),
        task("z", "s", 1),
        completed(task("over", "s", 1)),
        task("x", "x", 1),
    ];
    add(&*store, tasks);
    let open = read(&*store, |tx| tx.open_tasks_of(&SessionId::from("s")));
    assert_eq!(open, [task("z", "s", 1), running(task("b", "s", 2)), task("c", "s", 2)]);
}

fn ids(store: &dyn Store, filter: &TaskFilter) -> String {
    let filter = filter.clone();
    let paged = read(store, move |tx| tx.page(&home(), &filter, &Page::new(None, None)));
    paged.items.into_iter().map(|task| task.id.to_string()).collect()
}

fn tasks_are_found_by_all_that_can_be_asked(place: &Place) {
    let store = settle(place, &["x"]);
    write(&*store, |tx| tx.insert(&user("bob"))).unwrap();
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
        assert_eq!(tx.get_in(&TenantId::from("other"), &TaskId::from("a"))?, None);
        tx.page(&TenantId::from("other"), &TaskFilter::default(), &Page::new(None, None))
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
        let paged = read(&*store, move |tx| tx.page(&home(), &TaskFilter::default(), &page));
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
    assert!(update(&*store, running(task("1", "s", 1))));
    assert_eq!(read(&*store, |tx| tx.queued_tasks()), 1);
}

fn open_tasks_whose_rights_have_ended_are_found(place: &Place) {
    let store = settle(place, &[]);
    let with = |id: &str, token: &str| Task { api_token_id: Some(token.into()), ..task(id, "s", 1) };
    let is = |status| {
        let ann = User { status, ..user("ann") };
        write(&*store, move |tx| tx.update(&ann)).unwrap();
    };
    is(UserStatus::Active);
    let live = ApiToken { expires_at: Some(at(50)), revoked_at: None, ..api_token("live", 1) };
    let revoked = ApiToken { expires_at: None, revoked_at: Some(at(5)), ..api_token("revoked", 1) };
    write(&*store, move |tx| [live, revoked].iter().try_for_each(|token| tx.insert(token))).unwrap();
    let part = Task { parent_id: Some(TaskId::from("d")), ..running(with("a", "revoked")) };
    let tasks = vec![
        task("own", "s", 1),
        with("lives", "live"),
        running(with("d", "revoked")),
        with("e", "unknown"),
        Task { cancel_requested_at: Some(at(6)), ..running(with("stops", "revoked")) },
        completed(with("over", "revoked")),
        Task { user_id: UserId::from("bob"), ..with("anothers", "revoked") },
        part,
    ];
    add(&*store, tasks);
    let found = |now, limit| {
        let ann = RightsOf::User(UserId::from("ann"));
        let found = read(&*store, move |tx| tx.tasks_without_rights(&ann, at(now), limit));
        found.into_iter().map(|id| id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found(49, 9), ["d", "e", "a"], "no part before its whole");
    assert_eq!(found(50, 9), ["d", "e", "lives", "a"]);
    assert_eq!(found(50, 1), ["d"]);
    is(UserStatus::Suspended);
    assert_eq!(found(1, 9).len(), 5, "all of a user who may do nothing");
}
