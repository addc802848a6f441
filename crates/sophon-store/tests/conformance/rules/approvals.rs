//! Actions that wait for a verdict, or had it.

use std::sync::Arc;

use sophon_model::ports::{ApprovalFilter, Store};
use sophon_model::{
    AgentId, Approval, ApprovalId, ApprovalStatus, Page, Risk, SessionId, TaskId, TenantId, UserId,
};

use crate::fixtures::{approval, at, move_in, session};
use crate::harness::{Place, Rule, at_once, code, in_pages, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_verdict_is_given_once),
        rule(of_several_verdicts_at_a_time_one_counts),
        rule(what_allows_an_action_is_used_once_and_for_that_action),
        rule(only_a_verdict_that_allows_can_be_used),
        rule(of_several_uses_at_a_time_one_counts),
        rule(approvals_of_a_task_come_in_order_of_request),
        rule(approvals_are_found_by_all_that_can_be_asked),
        rule(approvals_are_listed_newest_first_page_by_page),
        rule(approvals_need_their_session_and_go_with_it),
    ]
}

fn home() -> TenantId {
    TenantId::from("home")
}

fn verdict(status: ApprovalStatus, approval: Approval) -> Approval {
    Approval { status, decided_by: Some(UserId::from("ann")), resolved_at: Some(at(50)), ..approval }
}

fn settle(place: &Place, approvals: Vec<Approval>) -> Arc<dyn Store> {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, move |tx| {
        tx.insert(&session("x"))?;
        approvals.iter().try_for_each(|approval| tx.insert(approval))
    })
    .unwrap();
    store
}

fn get(store: &dyn Store, id: &str) -> Option<Approval> {
    let id = ApprovalId::from(id);
    read(store, move |tx| tx.get_in(&home(), &id))
}

fn resolve(store: &dyn Store, approval: Approval) -> bool {
    write(store, move |tx| tx.resolve_approval(&approval)).unwrap()
}

fn consume(store: &dyn Store, id: &str, digest: &'static str, now: i64) -> bool {
    let id = ApprovalId::from(id);
    write(store, move |tx| tx.consume_approval(&id, digest, at(now))).unwrap()
}

fn a_verdict_is_given_once(place: &Place) {
    let store = settle(place, vec![approval("a", 1)]);
    let approved = verdict(ApprovalStatus::Approved, approval("a", 1));
    assert!(resolve(&*store, approved.clone()));
    assert!(!resolve(&*store, verdict(ApprovalStatus::Rejected, approval("a", 1))));
    assert!(!resolve(&*store, verdict(ApprovalStatus::Rejected, approval("gone", 1))));
    assert_eq!(get(&*store, "a"), Some(approved));
}

fn of_several_verdicts_at_a_time_one_counts(place: &Place) {
    let ids: Vec<String> = (0..20).map(|n| format!("a{n}")).collect();
    let store = settle(place, ids.iter().map(|id| approval(id, 1)).collect());
    for id in &ids {
        let given = at_once(8, || resolve(&*store, verdict(ApprovalStatus::Approved, approval(id, 1))));
        assert_eq!(given.into_iter().filter(|counts| *counts).count(), 1);
    }
}

fn what_allows_an_action_is_used_once_and_for_that_action(place: &Place) {
    let store = settle(place, vec![verdict(ApprovalStatus::Approved, approval("a", 1))]);
    assert!(!consume(&*store, "a", "d2", 60), "it allows another action");
    assert!(!consume(&*store, "gone", "d1", 60));
    assert!(consume(&*store, "a", "d1", 60));
    assert!(!consume(&*store, "a", "d1", 61), "it was used before");
    assert_eq!(get(&*store, "a").unwrap().consumed_at, Some(at(60)));
}

fn only_a_verdict_that_allows_can_be_used(place: &Place) {
    let ids = ApprovalStatus::ALL.iter().map(|status| status.as_str());
    let of_each = ApprovalStatus::ALL.iter().zip(ids).map(|(status, id)| verdict(*status, approval(id, 1)));
    let store = settle(place, of_each.collect());
    for status in ApprovalStatus::ALL {
        assert_eq!(consume(&*store, status.as_str(), "d1", 60), status.allows(), "{status:?}");
    }
}

fn of_several_uses_at_a_time_one_counts(place: &Place) {
    let ids: Vec<String> = (0..20).map(|n| format!("a{n}")).collect();
    let allowed = ids.iter().map(|id| verdict(ApprovalStatus::Approved, approval(id, 1)));
    let store = settle(place, allowed.collect());
    for id in &ids {
        let used = at_once(8, || consume(&*store, id, "d1", 60));
        assert_eq!(used.into_iter().filter(|counts| *counts).count(), 1);
    }
}

fn approvals_of_a_task_come_in_order_of_request(place: &Place) {
    let other = Approval { task_id: TaskId::from("u"), ..approval("other", 1) };
    let store = settle(place, vec![approval("c", 2), approval("b", 3), approval("a", 3), other]);
    let listed = read(&*store, |tx| tx.approvals_of_task(&TaskId::from("t")));
    assert_eq!(listed, [approval("c", 2), approval("a", 3), approval("b", 3)]);
}

fn ids(store: &dyn Store, filter: ApprovalFilter) -> String {
    let paged = read(store, move |tx| tx.page(&home(), &filter, &Page::new(None, None)));
    paged.items.into_iter().map(|approval| approval.id.to_string()).collect()
}

fn approvals_are_found_by_all_that_can_be_asked(place: &Place) {
    let rejected = verdict(ApprovalStatus::Rejected, approval("b", 2));
    let store = settle(
        place,
        vec![
            Approval { risk: Risk::High, ..approval("a", 1) },
            Approval { tool: "other".into(), ..rejected },
            Approval { user_id: UserId::from("bob"), session_id: SessionId::from("x"), ..approval("c", 3) },
            Approval {
                agent_id: AgentId::from("other"),
                ..verdict(ApprovalStatus::TimedOut, approval("d", 4))
            },
            Approval { tenant_id: TenantId::from("other"), ..approval("e", 5) },
        ],
    );
    let any = ApprovalFilter::default;
    assert_eq!(ids(&*store, any()), "dcba");
    assert_eq!(ids(&*store, ApprovalFilter { user: Some(UserId::from("bob")), ..any() }), "c");
    assert_eq!(ids(&*store, ApprovalFilter { session: Some(SessionId::from("x")), ..any() }), "c");
    assert_eq!(ids(&*store, ApprovalFilter { agent: Some(AgentId::from("other")), ..any() }), "d");
    assert_eq!(ids(&*store, ApprovalFilter { tool: Some("other".into()), ..any() }), "b");
    assert_eq!(ids(&*store, ApprovalFilter { risk: Some(Risk::High), ..any() }), "a");
    assert_eq!(ids(&*store, ApprovalFilter { from: Some(at(2)), until: Some(at(4)), ..any() }), "cb");
    let ended = vec![ApprovalStatus::Rejected, ApprovalStatus::TimedOut];
    assert_eq!(ids(&*store, ApprovalFilter { statuses: ended.clone(), ..any() }), "db");
    let of_bob = ApprovalFilter { statuses: ended, user: Some(UserId::from("bob")), ..any() };
    assert_eq!(ids(&*store, of_bob), "");
}

fn approvals_are_listed_newest_first_page_by_page(place: &Place) {
    let same_time = ["c", "a", "d", "b"].map(|id| approval(id, 5));
    let store = settle(place, same_time.into_iter().chain([approval("e", 6), approval("z", 4)]).collect());
    let listed = in_pages(
        &*store,
        |tx, page| tx.page(&home(), &ApprovalFilter::default(), page),
        |approval| approval.id.to_string(),
    );
    assert_eq!(listed, "ed cb az");
}

fn approvals_need_their_session_and_go_with_it(place: &Place) {
    let in_x = Approval { session_id: SessionId::from("x"), ..approval("b", 1) };
    let store = settle(place, vec![approval("a", 1), in_x]);
    write(&*store, |tx| tx.delete(&SessionId::from("s"))).unwrap();
    assert_eq!(["a", "b"].map(|id| get(&*store, id).is_some()), [false, true]);
    assert_eq!(code(write(&*store, |tx| tx.insert(&approval("c", 1)))), "conflict");
}
