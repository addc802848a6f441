//! Durable events, their numbers, and requests that are applied once.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use serde_json::json;
use sophon_model::event::SessionChange;
use sophon_model::ports::{IdempotentReply, NewEvent, Store, StoredEvent, Tx};
use sophon_model::{
    Error, Event, MessageEvent, Result, SessionEvent, SessionId, TaskEvent, TenantId, ToolCallEvent, Topic,
    UserId, UserInTenant,
};

use crate::fixtures::{at, message, move_in, session, task, tool_call};
use crate::harness::{Place, Rule, at_once, queue_write, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(an_event_is_found_under_each_of_its_topics),
        rule(events_of_every_kind_come_back_as_they_were),
        rule(what_another_version_stored_is_there_and_is_not_read),
        rule(events_are_read_from_a_number_to_a_number),
        rule(events_of_all_topics_are_read_with_their_topics),
        rule(old_events_are_removed),
        rule(numbers_rise_over_restarts_and_failures),
        rule(numbers_follow_the_order_of_commit),
        rule(numbers_of_a_lost_history_are_not_given_again_and_are_known),
        rule(a_reply_is_kept_under_its_scope_and_key),
        rule(old_replies_are_removed),
        rule(of_each_scope_the_newest_replies_are_kept),
        rule(a_request_that_comes_many_times_at_once_is_applied_once),
    ]
}

fn topic(id: &str) -> Topic {
    Topic::Session(SessionId::from(id))
}

fn event(id: &str) -> Event {
    Event::from(SessionEvent {
        session: Box::new(session(id)),
        change: SessionChange::Updated,
        members: vec!["ann".into()],
    })
}

/// Adds `count` events under the topic `s`; returns the number of the first.
fn append(tx: &mut dyn Tx, count: usize, millis: i64) -> Result<u64> {
    let event = event("s");
    tx.append_events(&vec![NewEvent { event: &event, topics: vec![topic("s")] }; count], 0, at(millis))
}

fn an_event_is_found_under_each_of_its_topics(place: &Place) {
    let store = place.open();
    let ann = UserInTenant { tenant: TenantId::from("home"), user: UserId::from("ann") };
    let topics = [topic("s"), Topic::User(ann.clone()), Topic::Feed(ann)];
    let of = topics.to_vec();
    let first = write(&*store, move |tx| {
        let (one, other) = (event("s"), event("t"));
        let elsewhere = NewEvent { event: &other, topics: vec![topic("t")] };
        let nowhere = NewEvent { event: &other, topics: Vec::new() };
        tx.append_events(&[nowhere, NewEvent { event: &one, topics: of }, elsewhere], 41, at(3))
    });
    assert_eq!(first.unwrap(), 42);
    let stored = |number, id| StoredEvent { number, at: at(3), event: Some(event(id)) };
    for topic in topics {
        assert_eq!(read(&*store, move |tx| tx.events(&topic, 0, 100, 10)), [stored(43, "s")]);
    }
    assert_eq!(read(&*store, |tx| tx.events(&topic("t"), 0, 100, 10)), [stored(44, "t")]);
    assert_eq!(read(&*store, |tx| tx.events(&topic("u"), 0, 100, 10)), []);
    let is_under = |number, ids: &[&str]| {
        let topics: Vec<Topic> = ids.iter().map(|id| topic(id)).collect();
        read(&*store, move |tx| tx.is_event_under(number, &topics))
    };
    assert!(is_under(43, &["t", "s"]) && is_under(44, &["t"]));
    assert!(!is_under(44, &["s", "u"]) && !is_under(42, &["s"]) && !is_under(43, &[]));
}

fn events_of_every_kind_come_back_as_they_were(place: &Place) {
    let store = place.open();
    let call = Box::new(tool_call("c", "t", 1));
    let events = vec![
        Event::from(MessageEvent::Created { message: Box::new(message("m", "a\u{1}\"\n")) }),
        Event::from(MessageEvent::Finished {
            message: Box::new(message("m", "")),
            tool_calls: vec![*call.clone()],
        }),
        Event::from(TaskEvent::Queued(Box::new(task("t", "s", 1)))),
        Event::from(ToolCallEvent::Started { call }),
        event("s"),
    ];
    let stored = events.clone();
    write(&*store, move |tx| {
        let new: Vec<_> = stored.iter().map(|event| NewEvent { event, topics: vec![topic("s")] }).collect();
        tx.append_events(&new, 0, at(1))
    })
    .unwrap();
    let found = read(&*store, |tx| tx.events(&topic("s"), 0, 100, 100));
    assert_eq!(found.into_iter().filter_map(|stored| stored.event).collect::<Vec<_>>(), events);
}

fn what_another_version_stored_is_there_and_is_not_read(place: &Place) {
    let store = place.open();
    write(&*store, |tx| append(tx, 5, 1)).unwrap();
    drop(store);
    place.run(
        r#"UPDATE events SET event = '{"event":"task","task_event":"queued","id":"of an older shape"}' WHERE number = 2;
           UPDATE events SET event = 'rubbish' WHERE number = 3;
           UPDATE events SET version = 99 WHERE number = 4;"#,
    );
    let store = place.open();
    let found = read(&*store, |tx| tx.events(&topic("s"), 0, 100, 100));
    let is_read: Vec<_> = found.iter().map(|stored| (stored.number, stored.event.is_some())).collect();
    assert_eq!(is_read, [(1, true), (2, false), (3, false), (4, false), (5, true)]);
    write(&*store, |tx| tx.prune_events(at(2))).unwrap();
}

/// The numbers of the events that are kept for the topic `s`.
fn numbers(store: &dyn Store, after: u64, up_to: u64, limit: usize) -> Vec<u64> {
    let found = read(store, move |tx| tx.events(&topic("s"), after, up_to, limit));
    found.into_iter().map(|stored| stored.number).collect()
}

fn events_are_read_from_a_number_to_a_number(place: &Place) {
    let store = place.open();
    write(&*store, |tx| {
        for above in [2, 4, 6, 8] {
            tx.append_events(&[NewEvent { event: &event("s"), topics: vec![topic("s")] }], above, at(1))?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(numbers(&*store, 0, u64::MAX, 10), [3, 5, 7, 9]);
    assert_eq!(numbers(&*store, 3, 7, 10), [5, 7]);
    assert_eq!(numbers(&*store, 3, 9, 2), [5, 7]);
    assert_eq!(numbers(&*store, 9, 9, 2), [0; 0]);
}

fn events_of_all_topics_are_read_with_their_topics(place: &Place) {
    let store = place.open();
    write(&*store, |tx| {
        let (one, other) = (event("s"), event("t"));
        let both = vec![topic("s"), Topic::Discussion("d".into())];
        tx.append_events(&[NewEvent { event: &one, topics: both }], 0, at(1))?;
        tx.append_events(&[NewEvent { event: &other, topics: vec![] }], 0, at(1))?;
        append(tx, 2, 1)
    })
    .unwrap();
    let published = |after, up_to, limit| read(&*store, move |tx| tx.published_events(after, up_to, limit));
    let found = published(0, 2, 10);
    let topics = [vec![topic("s"), Topic::Discussion("d".into())], vec![]];
    assert_eq!(
        found.iter().map(|found| (found.number, found.topics.clone())).collect::<Vec<_>>(),
        [(1, topics[0].clone()), (2, topics[1].clone())]
    );
    assert_eq!(found[1].event, Some(event("t")));
    let numbers =
        |after, up_to, limit| published(after, up_to, limit).iter().map(|it| it.number).collect::<Vec<_>>();
    assert_eq!((numbers(1, 3, 10), numbers(0, 9, 3)), (vec![2, 3], vec![1, 2, 3]));
}

fn old_events_are_removed(place: &Place) {
    let store = place.open();
    let known = |store: &dyn Store, number| read(store, move |tx| tx.has_events_since(number));
    assert!(known(&*store, 0));
    write(&*store, |tx| (1..=6).try_for_each(|n| append(tx, 1, n * 10).map(drop))).unwrap();
    assert_eq!(write(&*store, |tx| tx.prune_events(at(30))).unwrap(), 2);
    assert_eq!(numbers(&*store, 0, 100, 100), [3, 4, 5, 6]);
    assert_eq!([0, 1, 2, 6, 7].map(|number| known(&*store, number)), [false, false, true, true, false]);

    let many = sophon_store::PRUNED_AT_ONCE;
    write(&*store, move |tx| append(tx, many + 1, 1_000)).unwrap();
    write(&*store, |tx| tx.prune_events(at(999))).unwrap();
    let prune = |store: &dyn Store| write(store, |tx| tx.prune_events(at(1_001))).unwrap();
    assert_eq!([0; 3].map(|_| prune(&*store)), [many as u64, 1, 0]);
    drop(store);
    let store = place.open();
    assert_eq!(
        write(&*store, |tx| append(tx, 1, 1)).unwrap(),
        6 + many as u64 + 2,
        "no number is given twice"
    );
}

fn numbers_rise_over_restarts_and_failures(place: &Place) {
    let store = place.open();
    assert_eq!(read(&*store, |tx| tx.last_event()), 0);
    assert_eq!(write(&*store, |tx| append(tx, 10, 1)).unwrap(), 1);
    let failed = write(&*store, |tx| append(tx, 3, 1).and_then(|_| Err::<(), _>(Error::internal("no"))));
    assert!(failed.is_err());
    drop(store);
    let store = place.open();
    assert_eq!(read(&*store, |tx| tx.last_event()), 10);
    assert_eq!(write(&*store, |tx| append(tx, 1, 1)).unwrap(), 11);
    assert_eq!(numbers(&*store, 9, 100, 100), [10, 11]);
}

/// A reader that sees an event sees all with lower numbers: what two processes add, at many connections, is numbered
/// in the order of commit.
fn numbers_follow_the_order_of_commit(place: &Place) {
    let first = place.open();
    let second = if place.schema.is_some() { place.open() } else { Arc::clone(&first) };
    let (seen, told) = sync_channel(1_000);
    at_once(8, || {
        for store in [&first, &second] {
            for _ in 0..10 {
                let appended = write(&**store, |tx| append(tx, 2, 1)).unwrap();
                let last = read(&**store, |tx| tx.last_event());
                seen.send((appended, last, numbers(&**store, 0, last, 1_000).len() as u64)).unwrap();
            }
        }
    });
    drop(seen);
    let mut firsts = Vec::new();
    for (appended, last, found) in told {
        assert!(appended < last);
        assert_eq!(found, last, "an event was committed after one with a higher number");
        firsts.push(appended);
    }
    firsts.sort_unstable();
    assert_eq!(firsts, (0..160).map(|n| 1 + 2 * n).collect::<Vec<u64>>());
}

fn numbers_of_a_lost_history_are_not_given_again_and_are_known(place: &Place) {
    let store = place.open();
    assert_eq!(write(&*store, |tx| tx.begin_events(1_000)).unwrap(), 1_000);
    assert_eq!(write(&*store, |tx| append(tx, 5, 1)).unwrap(), 1_001);
    // What came after 1,005 was lost; a new process begins above all that it can have given.
    assert_eq!(write(&*store, |tx| tx.begin_events(2_000)).unwrap(), 2_000);
    assert_eq!(write(&*store, |tx| tx.begin_events(1_500)).unwrap(), 2_000, "and none goes back");
    assert_eq!(write(&*store, |tx| append(tx, 2, 1)).unwrap(), 2_001);
    let known = |number| read(&*store, move |tx| tx.has_events_since(number));
    assert_eq!([0, 999, 1_000, 1_005].map(known), [true, false, true, true]);
    assert_eq!([1_006, 1_500, 1_999].map(known), [false; 3]);
    assert_eq!([2_000, 2_002, 2_003].map(known), [true, true, false]);
}

fn reply(hash: &str) -> IdempotentReply {
    IdempotentReply { request_hash: hash.into(), reply: json!({"id": hash}) }
}

fn a_reply_is_kept_under_its_scope_and_key(place: &Place) {
    let store = place.open();
    write(&*store, |tx| tx.insert_idempotent_reply("scope", "key", &reply("1"), at(100))).unwrap();
    let get = |scope: &'static str, key: &'static str, since| {
        read(&*store, move |tx| tx.idempotent_reply(scope, key, at(since)))
    };
    assert_eq!(get("scope", "key", 100), Some(reply("1")));
    assert_eq!(get("scope", "key", 101), None, "it has lapsed");
    assert_eq!(get("scope", "other", 0), None);
    assert_eq!(get("other", "key", 0), None);
    write(&*store, |tx| tx.insert_idempotent_reply("scope", "key", &reply("2"), at(200))).unwrap();
    assert_eq!(get("scope", "key", 150), Some(reply("2")));
}

fn old_replies_are_removed(place: &Place) {
    let store = place.open();
    write(&*store, |tx| {
        (0..5).try_for_each(|n| tx.insert_idempotent_reply("scope", &n.to_string(), &reply("1"), at(n)))
    })
    .unwrap();
    assert_eq!(write(&*store, |tx| tx.prune_idempotent_replies(at(3))).unwrap(), 3);
    assert!(read(&*store, |tx| tx.idempotent_reply("scope", "2", at(0))).is_none());
    assert!(read(&*store, |tx| tx.idempotent_reply("scope", "3", at(0))).is_some());
}

fn of_each_scope_the_newest_replies_are_kept(place: &Place) {
    let store = place.open();
    write(&*store, |tx| {
        for n in 0..5 {
            tx.insert_idempotent_reply("scope", &n.to_string(), &reply("1"), at(n))?;
        }
        tx.insert_idempotent_reply("other", "0", &reply("1"), at(0))
    })
    .unwrap();
    assert_eq!(write(&*store, |tx| tx.trim_idempotent_replies(3)).unwrap(), 2);
    let is_kept = |scope: &'static str, key: &'static str| {
        read(&*store, move |tx| tx.idempotent_reply(scope, key, at(0))).is_some()
    };
    let kept = [("scope", "1"), ("scope", "2"), ("scope", "4"), ("other", "0")].map(|(s, k)| is_kept(s, k));
    assert_eq!(kept, [false, true, true, true]);
}

fn a_request_that_comes_many_times_at_once_is_applied_once(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let answers: Vec<_> = (0..40)
        .map(|n| {
            queue_write(&*store, move |tx| {
                let key = format!("key {}", n % 4);
                if let Some(known) = tx.idempotent_reply("scope", &key, at(0))? {
                    return Ok((n % 4, known));
                }
                tx.insert_message(&message(&format!("m{n}"), &key))?;
                let new = reply(&format!("m{n}"));
                tx.insert_idempotent_reply("scope", &key, &new, at(1))?;
                Ok((n % 4, new))
            })
        })
        .collect();
    let mut replies: Vec<_> = answers.into_iter().map(|answer| answer.get().unwrap()).collect();
    replies.sort_by_key(|(key, reply)| (*key, reply.request_hash.clone()));
    replies.dedup();
    assert_eq!(replies.len(), 4, "all with one key were answered alike");
    let found = read(&*store, |tx| tx.search_messages(&SessionId::from("s"), "key", 100));
    assert_eq!(found.len(), 4);
}
