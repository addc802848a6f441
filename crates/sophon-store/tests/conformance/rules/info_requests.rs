//! Questions to people.

use std::sync::Arc;

use sophon_model::ports::{PendingInfoRequests, Store};
use sophon_model::{InfoRequest, InfoRequestId, InfoRequestStatus, SessionId, TaskId, TenantId, UserId};

use crate::fixtures::{at, info_request as question, move_in};
use crate::harness::{Place, Rule, at_once, in_pages, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_question_is_answered_once),
        rule(of_several_answers_at_a_time_one_counts),
        rule(questions_of_a_task_come_in_order_of_request),
        rule(pending_questions_of_a_person_are_listed_newest_first_page_by_page),
        rule(questions_go_with_their_session),
    ]
}

fn home() -> TenantId {
    TenantId::from("home")
}

fn answered(question: InfoRequest) -> InfoRequest {
    InfoRequest {
        status: InfoRequestStatus::Answered,
        response: Some("b".into()),
        resolved_at: Some(at(50)),
        ..question
    }
}

fn settle(place: &Place, questions: Vec<InfoRequest>) -> Arc<dyn Store> {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, move |tx| questions.iter().try_for_each(|question| tx.insert(question))).unwrap();
    store
}

fn get(store: &dyn Store, tenant: &'static str) -> Option<InfoRequest> {
    read(store, move |tx| tx.get_in(&TenantId::from(tenant), &InfoRequestId::from("a")))
}

fn resolve(store: &dyn Store, question: InfoRequest) -> bool {
    write(store, move |tx| tx.resolve_info_request(&question)).unwrap()
}

fn a_question_is_answered_once(place: &Place) {
    let store = settle(place, vec![question("a", 1)]);
    assert!(resolve(&*store, answered(question("a", 1))));
    let cancelled = InfoRequest { status: InfoRequestStatus::Cancelled, ..question("a", 1) };
    assert!(!resolve(&*store, cancelled));
    assert_eq!(get(&*store, "home"), Some(answered(question("a", 1))));
}

fn of_several_answers_at_a_time_one_counts(place: &Place) {
    let ids: Vec<String> = (0..20).map(|n| format!("q{n}")).collect();
    let store = settle(place, ids.iter().map(|id| question(id, 1)).collect());
    for id in &ids {
        let given = at_once(8, || resolve(&*store, answered(question(id, 1))));
        assert_eq!(given.into_iter().filter(|counts| *counts).count(), 1);
    }
}

fn questions_of_a_task_come_in_order_of_request(place: &Place) {
    let other = InfoRequest { task_id: TaskId::from("u"), ..question("other", 1) };
    let store = settle(place, vec![question("c", 2), question("b", 3), question("a", 3), other]);
    let listed = read(&*store, |tx| tx.info_requests_of_task(&TaskId::from("t")));
    assert_eq!(listed, [question("c", 2), question("a", 3), question("b", 3)]);
}

fn pending_questions_of_a_person_are_listed_newest_first_page_by_page(place: &Place) {
    let pending = ["c", "a", "b"].map(|id| question(id, 5)).into_iter().chain([question("z", 4)]);
    let others = [
        answered(question("answered", 5)),
        InfoRequest { user_id: UserId::from("bob"), ..question("of bob", 5) },
        InfoRequest { tenant_id: TenantId::from("other"), ..question("elsewhere", 5) },
    ];
    let store = settle(place, pending.chain(others).collect());
    let listed = in_pages(
        &*store,
        |tx, page| tx.page(&home(), &PendingInfoRequests { user: UserId::from("ann") }, page),
        |question| question.id.to_string(),
    );
    assert_eq!(listed, "cb az");
}

fn questions_go_with_their_session(place: &Place) {
    let store = settle(place, vec![question("a", 1)]);
    write(&*store, |tx| tx.delete(&SessionId::from("s"))).unwrap();
    assert_eq!(get(&*store, "home"), None);
}
