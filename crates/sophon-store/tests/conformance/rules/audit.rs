//! The audit log: entries are appended, read, and removed by a cut only.

use sophon_model::ports::{AuditFilter, AuditRange, ChainHead, Tx};
use sophon_model::{
    ActorKind, AuditDetails, AuditEntry, AuditOutcome, CredentialKind, Error, Page, Result, TenantId,
};

use crate::fixtures::at;
use crate::harness::{Place, Rule, at_once, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(an_entry_comes_back_as_it_was_appended),
        rule(chains_of_tenants_have_ends_of_their_own),
        rule(what_is_undone_is_no_end),
        rule(appending_at_once_makes_one_chain),
        rule(entries_are_never_changed_and_removed_by_a_cut_only),
        rule(a_cut_ends_with_what_is_old_and_before_the_last_entry),
    ]
}

fn tenant() -> TenantId {
    "home".into()
}

fn entry(of: &str, number: i64) -> AuditEntry {
    AuditEntry {
        id: format!("audit_{of}_{number}").as_str().into(),
        tenant_id: of.into(),
        number,
        at: at(number),
        actor: ActorKind::Person,
        user_id: Some("ann".into()),
        email: Some("ann@example.com".into()),
        role: Some("Admin".into()),
        credential: Some(CredentialKind::SignIn),
        credential_id: Some("auth_1".into()),
        agent_id: None,
        node_id: None,
        action: "user.update".into(),
        resource_type: "user".into(),
        resource_id: Some("usr_1".into()),
        resource_name: None,
        outcome: AuditOutcome::Success,
        address: Some("10.0.0.1".into()),
        user_agent: Some("curl".into()),
        request_id: Some("req_1".into()),
        session_id: None,
        task_id: None,
        details: AuditDetails { fields: vec!["name".into()], count: Some(2), ..AuditDetails::default() },
        prev_hash: format!("hash {}", number - 1),
        hash: format!("hash {number}"),
    }
}

fn append_next(tx: &mut dyn Tx, of: &str) -> Result<i64> {
    let head = tx.audit_head(&of.into())?;
    let next = entry(of, head.number + 1);
    assert_eq!(head.hash, if head.number == 0 { String::new() } else { next.prev_hash.clone() });
    tx.append_audit_entry(&next)?;
    Ok(next.number)
}

fn all(place: &dyn sophon_model::ports::Store) -> Vec<AuditEntry> {
    let range = AuditRange { filter: AuditFilter::default(), after: 0, up_to: i64::MAX };
    read(place, move |tx| tx.list_in(&tenant(), &range, 1_000))
}

fn an_entry_comes_back_as_it_was_appended(place: &Place) {
    let store = place.open();
    write(&*store, |tx| append_next(tx, "home")).unwrap();
    assert_eq!(all(&*store), [entry("home", 1)]);
    let page = read(&*store, |tx| tx.page(&tenant(), &AuditFilter::default(), &Page::new(None, None)));
    assert_eq!(page.items, [entry("home", 1)]);
}

fn chains_of_tenants_have_ends_of_their_own(place: &Place) {
    let store = place.open();
    for of in ["home", "away", "home", "home"] {
        write(&*store, move |tx| append_next(tx, of)).unwrap();
    }
    drop(store);
    let store = place.open();
    let end = |number: i64| ChainHead { number, hash: format!("hash {number}") };
    let heads = read(&*store, |tx| tx.audit_heads());
    assert_eq!(heads, [("away".into(), end(1)), ("home".into(), end(3))]);
    assert_eq!(read(&*store, |tx| tx.audit_head(&tenant())), end(3));
    assert_eq!(read(&*store, |tx| tx.audit_head(&"nobody".into())), ChainHead::default());
}

fn what_is_undone_is_no_end(place: &Place) {
    let store = place.open();
    write(&*store, |tx| append_next(tx, "home")).unwrap();
    let undone = write(&*store, |tx| {
        append_next(tx, "home")?;
        Err::<(), _>(Error::conflict("no"))
    });
    assert_eq!(code(undone), "conflict");
    assert_eq!(write(&*store, |tx| append_next(tx, "home")).unwrap(), 2);
}

fn appending_at_once_makes_one_chain(place: &Place) {
    let store = place.open();
    at_once(4, || {
        for _ in 0..10 {
            write(&*store, |tx| append_next(tx, "home")).unwrap();
        }
    });
    let numbers: Vec<i64> = all(&*store).iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
}

fn entries_are_never_changed_and_removed_by_a_cut_only(place: &Place) {
    let store = place.open();
    for _ in 0..3 {
        write(&*store, |tx| append_next(tx, "home")).unwrap();
    }
    drop(store);
    for forbidden in [
        "UPDATE audit_entries SET action = 'x'",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_entries WHERE number = 3",
        "INSERT INTO audit_cuts (tenant_id, up_to, hash, at) VALUES ('home', 3, 'hash 3', 1)",
        "INSERT INTO audit_cuts (tenant_id, up_to, hash, at) VALUES ('home', 1, 'another', 1)",
    ] {
        assert!(place.refuses(forbidden), "{forbidden}");
    }
    let store = place.open();
    let cut = ChainHead { number: 2, hash: "hash 2".into() };
    assert_eq!(write(&*store, move |tx| tx.cut_audit(&tenant(), &cut, at(9))).unwrap(), 2);
    assert_eq!(all(&*store), [entry("home", 3)]);
    drop(store);
    for forbidden in
        ["DELETE FROM audit_entries", "UPDATE audit_cuts SET up_to = 3", "DELETE FROM audit_cuts"]
    {
        assert!(place.refuses(forbidden), "{forbidden}");
    }
}

fn a_cut_ends_with_what_is_old_and_before_the_last_entry(place: &Place) {
    let store = place.open();
    for _ in 0..5 {
        write(&*store, |tx| append_next(tx, "home")).unwrap();
    }
    let point = |before: i64, oldest_before: i64, at_most: usize| {
        let found =
            read(&*store, move |tx| tx.audit_cut_point(&tenant(), at(before), at(oldest_before), at_most));
        found.map(|head| head.number)
    };
    assert_eq!(point(4, 2, 10), Some(3));
    assert_eq!(point(4, 1, 10), None, "nothing is old enough for a cut");
    assert_eq!(point(4, 2, 2), Some(2));
    assert_eq!(point(100, 100, 10), Some(4), "the last one stays");
}
