//! Whole rows that are read, changed and stored: nobody undoes what another one changes at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};

use sophon_model::ports::Tx;
use sophon_model::{
    Agent, ApiToken, ApiTokenId, AuthSession, AuthSessionId, Discussion, DiscussionId, Result, Session,
    SessionId, TenantId, Timestamp, UserId,
};

use crate::fixtures::{self, api_token, auth_session, discussion, move_in};
use crate::harness::{Place, Rule, at_once, read, rule, write};

/// How often each of the two changes its field.
const TIMES: usize = 40;

pub fn rules() -> Vec<Rule> {
    vec![
        rule(two_fields_of_a_session_change_at_a_time),
        rule(two_fields_of_an_agent_change_at_a_time),
        rule(two_fields_of_a_discussion_change_at_a_time),
        rule(a_revoked_sign_in_stays_so_while_it_is_refreshed),
        rule(a_refresh_token_counts_once),
        rule(a_revoked_api_token_stays_so_while_its_use_is_noted),
    ]
}

/// A job that reads a row, changes it and stores it.
type Change = fn(&mut dyn Tx) -> Result<()>;

/// Makes two changes many times, side by side.
fn race(place: &Place, one: Change, other: Change) {
    let store = place.open();
    let place = AtomicUsize::new(0);
    at_once(2, || {
        let change = if place.fetch_add(1, Ordering::Relaxed) == 0 { one } else { other };
        for _ in 0..TIMES {
            write(&*store, change).unwrap();
        }
    });
}

/// A time that counts changes.
fn next(time: Option<Timestamp>) -> Timestamp {
    Timestamp::from_millis(time.map_or(0, Timestamp::as_millis) + 1)
}

fn after_all() -> Timestamp {
    Timestamp::from_millis(TIMES as i64)
}

fn settle(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        tx.insert(&Discussion { rounds: 0, round_timeout_seconds: 0, ..discussion("d", 1) })?;
        tx.insert(&auth_session("a", 0))?;
        tx.insert(&ApiToken { last_used_at: None, ..api_token("t", 5) })
    })
    .unwrap();
}

fn two_fields_of_a_session_change_at_a_time(place: &Place) {
    fn change(tx: &mut dyn Tx, by: fn(&mut Session)) -> Result<()> {
        let mut session = tx.get(&SessionId::from("s"))?.unwrap();
        by(&mut session);
        tx.update(&session)
    }
    settle(place);
    race(
        place,
        |tx| change(tx, |session| session.title.push('x')),
        |tx| change(tx, |session| session.message_count += 1),
    );
    let session = read(&*place.open(), |tx| tx.get(&SessionId::from("s"))).unwrap();
    let counted_before = fixtures::session("s").message_count;
    assert_eq!((session.title.len(), session.message_count - counted_before), (TIMES, TIMES as i64));
}

fn two_fields_of_an_agent_change_at_a_time(place: &Place) {
    fn change(tx: &mut dyn Tx, by: fn(&mut Agent)) -> Result<()> {
        let mut agent = tx.agent_to_change(&TenantId::from("home"), "sophon")?.unwrap();
        by(&mut agent);
        tx.update(&agent)
    }
    settle(place);
    race(place, |tx| change(tx, |agent| agent.slug.push('x')), |tx| change(tx, |agent| agent.boot.push('x')));
    let agent = read(&*place.open(), |tx| tx.agent(&TenantId::from("home"), "sophon")).unwrap();
    assert_eq!((agent.slug.len() - "sophon-slug".len(), agent.boot.len()), (TIMES, TIMES));
}

fn two_fields_of_a_discussion_change_at_a_time(place: &Place) {
    fn change(tx: &mut dyn Tx, by: fn(&mut Discussion)) -> Result<()> {
        let mut discussion = tx.get(&DiscussionId::from("d"))?.unwrap();
        by(&mut discussion);
        tx.update(&discussion)
    }
    settle(place);
    race(
        place,
        |tx| change(tx, |discussion| discussion.rounds += 1),
        |tx| change(tx, |discussion| discussion.round_timeout_seconds += 1),
    );
    let discussion = read(&*place.open(), |tx| tx.get(&DiscussionId::from("d"))).unwrap();
    assert_eq!((discussion.rounds, discussion.round_timeout_seconds), (TIMES as i64, TIMES as i64));
}

fn a_revoked_sign_in_stays_so_while_it_is_refreshed(place: &Place) {
    fn change(tx: &mut dyn Tx, by: fn(&mut AuthSession)) -> Result<()> {
        let mut sign_in = tx.get(&AuthSessionId::from("a"))?.unwrap();
        by(&mut sign_in);
        tx.update(&sign_in)
    }
    settle(place);
    race(
        place,
        |tx| change(tx, |sign_in| sign_in.last_seen_at = next(Some(sign_in.last_seen_at))),
        |tx| change(tx, |sign_in| sign_in.revoked_at = Some(next(sign_in.revoked_at))),
    );
    let sign_in = read(&*place.open(), |tx| tx.get(&AuthSessionId::from("a"))).unwrap();
    assert_eq!((sign_in.last_seen_at, sign_in.revoked_at), (after_all(), Some(after_all())));
}

fn a_refresh_token_counts_once(place: &Place) {
    settle(place);
    let store = place.open();
    for n in 0..TIMES {
        let trade = move |tx: &mut dyn Tx| {
            let presented = if n == 0 { "a-new".into() } else { format!("token {n}") };
            let sign_in = tx.auth_session_by_refresh(&presented)?.unwrap();
            let is_first = sign_in.refresh_hash == presented;
            let (refresh_hash, previous_hash) = (format!("token {}", n + 1), Some(presented));
            tx.update(&AuthSession { refresh_hash, previous_hash, ..sign_in })?;
            Ok(is_first)
        };
        let traded = at_once(2, || write(&*store, trade).unwrap());
        assert!(traded.contains(&true) && traded.contains(&false), "{traded:?}");
    }
}

fn a_revoked_api_token_stays_so_while_its_use_is_noted(place: &Place) {
    fn change(tx: &mut dyn Tx, by: fn(&mut ApiToken)) -> Result<()> {
        let mut token = tx.get_in(&UserId::from("ann"), &ApiTokenId::from("t"))?.unwrap();
        by(&mut token);
        tx.update(&token)
    }
    settle(place);
    race(
        place,
        |tx| change(tx, |token| token.last_used_at = Some(next(token.last_used_at))),
        |tx| change(tx, |token| token.revoked_at = Some(next(token.revoked_at))),
    );
    let token = read(&*place.open(), |tx| tx.get_in(&UserId::from("ann"), &ApiTokenId::from("t"))).unwrap();
    assert_eq!((token.last_used_at, token.revoked_at), (Some(after_all()), Some(after_all())));
}
