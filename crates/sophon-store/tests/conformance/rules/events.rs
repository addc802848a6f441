//! Durable events, their numbers, and requests that are applied once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use serde_json::json;
use sophon_model::event::SessionChange;
use sophon_model::ports::{IdempotentReply, Store, StoredEvent};
use sophon_model::{Event, SessionId, Topic, UserId};

use crate::fixtures::{at, message, move_in, session, task, tool_call};
use crate::harness::{Place, Rule, queue_write, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(an_event_is_found_under_each_of_its_topics),
        rule(events_of_every_kind_come_back_as_they_were),
        rule(events_are_read_from_a_number_to_a_number),
        rule(old_events_are_removed),
        rule(numbers_are_reserved_once_even_after_a_restart),
        rule(numbers_are_reserved_once_by_many_at_a_time),
        rule(a_reply_is_kept_under_its_scope_and_key),
        rule(old_replies_are_removed),
        rule(a_request_that_comes_many_times_at_once_is_applied_once),
    ]
}

fn topic(id: &str) -> Topic {
    Topic::Session(SessionId::from(id))
}

fn event(id: &str) -> Event {
    Event::SessionChanged {
        session: Box::new(session(id)),
        change: SessionChange::Updated,
        users: Vec::new(),
    }
}

fn an_event_is_found_under_each_of_its_topics(place: &Place) {
    let store = place.open();
    let topics = [topic("s"), Topic::User(UserId::from("s")), Topic::Tasks(UserId::from("s"))];
    let of = topics.clone();
    write(&*store, move |tx| tx.append_event(7, &of, &event("s"), at(3))).unwrap();
    for topic in topics {
        let found = read(&*store, move |tx| tx.events(&topic, 0, 100, 10));
        assert_eq!(found, [StoredEvent { seq: 7, at: at(3), event: event("s") }]);
    }
    assert_eq!(read(&*store, |tx| tx.events(&topic("t"), 0, 100, 10)), []);
}

fn events_of_every_kind_come_back_as_they_were(place: &Place) {
    let store = place.open();
    let call = Box::new(tool_call("c", "t", 1));
    let events = vec![
        Event::MessageCreated { message: Box::new(message("m", "a\u{1}\"\n")), origin: None },
        Event::MessageFinished { message: Box::new(message("m", "")), tool_calls: vec![*call.clone()] },
        Event::TaskQueued(Box::new(task("t", "s", 1))),
        Event::ToolCallStarted { call },
        event("s"),
    ];
    let stored = events.clone();
    write(&*store, move |tx| {
        (1..).zip(&stored).try_for_each(|(seq, event)| tx.append_event(seq, &[topic("s")], event, at(1)))
    })
    .unwrap();
    let found = read(&*store, |tx| tx.events(&topic("s"), 0, 100, 100));
    assert_eq!(found.into_iter().map(|stored| stored.event).collect::<Vec<_>>(), events);
}

/// The numbers of the events that are kept for the topic `s`.
fn numbers(store: &dyn Store, after: u64, up_to: u64, limit: usize) -> Vec<u64> {
    let found = read(store, move |tx| tx.events(&topic("s"), after, up_to, limit));
    found.into_iter().map(|stored| stored.seq).collect()
}

fn events_are_read_from_a_number_to_a_number(place: &Place) {
    let store = place.open();
    write(&*store, |tx| {
        for seq in [5, 3, 9, 7] {
            tx.append_event(seq, &[topic("s")], &event("s"), at(1))?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(numbers(&*store, 0, u64::MAX, 10), [3, 5, 7, 9]);
    assert_eq!(numbers(&*store, 3, 7, 10), [5, 7]);
    assert_eq!(numbers(&*store, 3, 9, 2), [5, 7]);
    assert_eq!(numbers(&*store, 9, 9, 2), [0; 0]);
}

fn old_events_are_removed(place: &Place) {
    let store = place.open();
    let oldest = || read(&*store, |tx| tx.oldest_event());
    assert_eq!(oldest(), None);
    write(&*store, |tx| {
        for seq in 1..=6_u64 {
            tx.append_event(seq, &[topic("s"), topic("t")], &event("s"), at(seq as i64 * 10))?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(oldest(), Some(1));
    assert_eq!(write(&*store, |tx| tx.prune_events(at(30))).unwrap(), 4, "one for each topic");
    assert_eq!((numbers(&*store, 0, 100, 100), oldest()), (vec![3, 4, 5, 6], Some(3)));

    let many = sophon_store::PRUNED_AT_ONCE as u64;
    write(&*store, move |tx| {
        (100..=100 + many).try_for_each(|seq| tx.append_event(seq, &[topic("u")], &event("s"), at(1_000)))
    })
    .unwrap();
    write(&*store, |tx| tx.prune_events(at(999))).unwrap();
    let prune = || write(&*store, |tx| tx.prune_events(at(1_001))).unwrap();
    assert_eq!([prune(), prune(), prune()], [many, 1, 0]);
}

fn numbers_are_reserved_once_even_after_a_restart(place: &Place) {
    let reserve = |store: &dyn Store, count| write(store, move |tx| tx.reserve_sequence(count)).unwrap();
    let store = place.open();
    assert_eq!([reserve(&*store, 10), reserve(&*store, 1)], [1, 11]);
    drop(store);
    let store = place.open();
    assert_eq!([reserve(&*store, 1_000), reserve(&*store, 1)], [12, 1_012]);
}

fn numbers_are_reserved_once_by_many_at_a_time(place: &Place) {
    let store = place.open();
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            let reserve = move || write(&*store, |tx| tx.reserve_sequence(5)).unwrap();
            thread::spawn(move || (0..10).map(|_| reserve()).collect::<Vec<u64>>())
        })
        .collect();
    let firsts: BTreeSet<u64> = callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect();
    assert_eq!(firsts, (0..80).map(|block| 1 + block * 5).collect());
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
