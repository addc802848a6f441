//! The three promises of the crate: order, publishers that never wait, and no silent gap.

use fanout::{Bus, Lagged, Limits, OutOfOrder, Position, Start, Subscription};
use proptest::prelude::*;

type Values = Vec<(u64, &'static str)>;

fn bus(limits: Limits) -> Bus<u8, &'static str> {
    Bus::new(limits, 0)
}

fn read(reader: &Subscription<u8, &'static str>) -> Result<Values, Lagged> {
    let mut out = Vec::new();
    reader.try_next(&mut out)?;
    Ok(out.iter().map(|entry| (entry.seq(), *entry.value())).collect())
}

#[test]
fn a_reader_of_several_topics_sees_them_merged_and_each_event_once() {
    let bus = bus(Limits::default());
    let reader = bus.subscribe();
    reader.follow(&1, Start::Now);
    reader.follow(&2, Start::Now);
    bus.publish(&[1], "a");
    bus.publish(&[2, 1], "b");
    bus.publish(&[3], "not for us");
    bus.publish(&[2], "c");
    assert_eq!(read(&reader).unwrap(), [(1, "a"), (2, "b"), (4, "c")]);
    assert_eq!(read(&reader).unwrap(), []);
}

#[test]
fn what_comes_after_a_reserved_number_waits_for_it() {
    let bus = bus(Limits::default());
    let (both, other) = (bus.subscribe(), bus.subscribe());
    both.follow(&1, Start::Now);
    both.follow(&2, Start::Now);
    other.follow(&2, Start::Now);
    let reserved = bus.reserve(vec![1]);
    bus.publish(&[2], "later");
    assert_eq!(read(&both).unwrap(), []);
    assert_eq!(read(&other).unwrap(), [(2, "later")], "who does not follow the topic does not wait");
    reserved.fulfil("first");
    assert_eq!(read(&both).unwrap(), [(1, "first"), (2, "later")]);
}

#[test]
fn a_dropped_reservation_lets_the_others_pass() {
    let bus = bus(Limits::default());
    let reader = bus.subscribe();
    reader.follow(&1, Start::Now);
    let reserved = bus.reserve(vec![1]);
    bus.publish(&[1], "b");
    drop(reserved);
    assert_eq!(read(&reader).unwrap(), [(2, "b")]);
}

#[test]
fn who_begins_while_a_number_is_reserved_still_sees_that_event() {
    let bus = bus(Limits::default());
    let reserved = bus.reserve(vec![1]);
    let reader = bus.subscribe();
    reader.follow(&1, Start::Now);
    reserved.fulfil("a");
    assert_eq!(read(&reader).unwrap(), [(1, "a")]);
}

#[test]
fn a_reader_at_the_limit_is_served_and_one_event_more_cuts_it_alone() {
    let bus = bus(Limits { max_behind: 10, ..Limits::default() });
    let (slow, quick) = (bus.subscribe(), bus.subscribe());
    slow.follow(&1, Start::Now);
    quick.follow(&1, Start::Now);
    for _ in 0..10 {
        bus.publish(&[1], "x");
    }
    assert_eq!(read(&quick).unwrap().len(), 10);
    bus.publish(&[1], "one more");
    assert_eq!(read(&slow), Err(Lagged));
    assert_eq!(read(&quick).unwrap(), [(11, "one more")]);
}

#[tokio::test]
async fn a_stuck_reader_learns_that_it_lags_without_reading() {
    let bus = bus(Limits { max_behind: 1, ..Limits::default() });
    let reader = bus.subscribe();
    reader.follow(&1, Start::Now);
    let (lagged, ()) = tokio::join!(reader.lagged(), async {
        tokio::task::yield_now().await;
        bus.publish(&[1], "a");
        bus.publish(&[1], "b");
    });
    assert_eq!(lagged, Lagged);
}

#[tokio::test]
async fn next_waits_for_news() {
    let bus = bus(Limits::default());
    let reader = bus.subscribe();
    reader.follow(&1, Start::Now);
    let mut out = Vec::new();
    let (read, ()) = tokio::join!(reader.next(&mut out), async {
        tokio::task::yield_now().await;
        bus.publish(&[1], "news");
    });
    read.unwrap();
    assert_eq!(out.len(), 1);
}

#[test]
fn coming_back_replays_what_the_log_holds_and_says_where_it_begins() {
    let bus = bus(Limits { max_behind: 2, log_entries: 3, ..Limits::default() });
    for _ in 0..5 {
        bus.publish(&[1], "x");
    }
    let reader = bus.subscribe();
    assert_eq!(reader.follow(&1, Start::After(3)), 3, "3 and what follows it is held: no gap");
    assert_eq!(read(&reader).unwrap(), [(4, "x"), (5, "x")]);
    assert_eq!((bus.complete_after(&1), bus.complete_after(&9)), (2, 5));
    let late = bus.subscribe();
    assert_eq!(late.follow(&1, Start::After(1)), 2, "number 2 was dropped: the gap is told");
    assert_eq!(read(&late).unwrap().first(), Some(&(3, "x")));
}

#[test]
fn a_topic_unknown_to_the_bus_is_complete_only_from_now_on() {
    let bus = Bus::<u8, &str>::new(Limits::default(), 999);
    assert_eq!(bus.subscribe().follow(&1, Start::After(7)), 999);
}

#[test]
fn numbers_given_elsewhere_must_rise_and_may_leave_out_some() {
    let bus = bus(Limits::default());
    let reader = bus.subscribe();
    reader.follow(&1, Start::Now);
    let reserved = bus.reserve_at(7, vec![1]).unwrap();
    assert_eq!(bus.reserve_at(7, vec![1]).err(), Some(OutOfOrder { number: 7, last: 7 }));
    bus.reserve_at(9, vec![1]).unwrap().fulfil("b");
    reserved.fulfil("a");
    assert_eq!(read(&reader).unwrap(), [(7, "a"), (9, "b")]);
    assert_eq!(bus.last_seq(), 9);
}

#[test]
fn what_passes_stands_behind_the_last_number_and_is_not_for_those_who_come_later() {
    let bus = bus(Limits::default());
    let there = bus.subscribe();
    there.follow(&1, Start::Now);
    let before = bus.position();
    bus.publish(&[1], "a");
    assert_eq!(bus.pass(&[1], "~"), Position { number: 1, ordinal: 1 });
    let reserved = bus.reserve(vec![1]);
    bus.pass(&[1], "~~");
    let (now, back, at) = (bus.subscribe(), bus.subscribe(), bus.subscribe());
    now.follow(&1, Start::Now);
    back.follow(&1, Start::After(0));
    at.follow(&1, Start::At(before));
    assert_eq!(read(&back).unwrap(), [(1, "a")]);
    reserved.fulfil("b");
    bus.pass(&[1], "~~~");
    assert_eq!(read(&there).unwrap(), [(1, "a"), (1, "~"), (2, "b"), (2, "~~"), (2, "~~~")]);
    assert_eq!(read(&at).unwrap(), [(1, "a"), (1, "~"), (2, "b"), (2, "~~"), (2, "~~~")]);
    assert_eq!(read(&back).unwrap(), [(2, "b"), (2, "~~~")]);
    assert_eq!(read(&now).unwrap(), [(2, "b"), (2, "~~~")]);
}

#[test]
fn following_a_topic_again_moves_nothing_and_tells_the_gap() {
    let bus = bus(Limits::default());
    for _ in 0..3 {
        bus.publish(&[1], "x");
    }
    let reader = bus.subscribe();
    assert_eq!(reader.complete_after(&1), 0, "the log holds them all");
    reader.follow(&1, Start::Now);
    assert_eq!(reader.complete_after(&1), 3);
    assert_eq!(reader.follow(&1, Start::After(1)), 3, "2 and 3 are to be fetched from elsewhere");
    bus.publish(&[1], "y");
    assert_eq!(read(&reader).unwrap(), [(4, "y")]);
}

#[test]
fn what_comes_by_topics_that_are_followed_aside_is_marked() {
    let bus = bus(Limits::default());
    let reader = bus.subscribe();
    reader.follow_aside(&1, Start::Now);
    let is_aside = || {
        let mut out = Vec::new();
        reader.try_next(&mut out).unwrap();
        out.iter().map(fanout::Delivery::is_aside).collect::<Vec<_>>()
    };
    bus.publish(&[1, 2], "before");
    assert_eq!(is_aside(), [true]);
    reader.follow(&2, Start::Now);
    bus.publish(&[1], "still aside");
    bus.publish(&[1, 2], "by both");
    assert_eq!(is_aside(), [true, false]);
    reader.follow(&1, Start::Now);
    reader.follow_aside(&1, Start::Now);
    bus.publish(&[1], "placed for good");
    assert_eq!(is_aside(), [false]);
}

#[test]
fn idle_topics_are_forgotten_and_followed_ones_are_not() {
    let bus = bus(Limits { idle_sweeps: 1, ..Limits::default() });
    let reader = bus.subscribe();
    reader.follow(&1, Start::Now);
    bus.publish(&[2], "x");
    for _ in 0..3 {
        bus.sweep();
    }
    assert_eq!(bus.topics(), 1);
}

proptest! {
    /// Whatever is reserved, fulfilled, given up or published in whatever order, a reader who reads in between
    /// sees rising numbers, everything that was shown, and nothing twice.
    #[test]
    fn readers_see_everything_once_and_in_order(steps in prop::collection::vec((0..5_u8, 1..4_u8), 1..80)) {
        let bus = bus(Limits::default());
        let reader = bus.subscribe();
        reader.follow(&1, Start::Now);
        reader.follow(&2, Start::Now);
        let (mut open, mut shown, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        for (step, topics) in steps {
            let topics: Vec<u8> = [1, 2].into_iter().filter(|topic| topics & topic != 0).collect();
            match step {
                0 => shown.push(bus.publish(&topics, "x")),
                1 => open.push(bus.reserve(topics)),
                2 if !open.is_empty() => {
                    let reserved = open.remove(0);
                    shown.push(reserved.seq());
                    reserved.fulfil("x");
                }
                3 => drop(open.pop()),
                _ => seen.extend(read(&reader).unwrap().into_iter().map(|(seq, _)| seq)),
            }
        }
        drop(open);
        seen.extend(read(&reader).unwrap().into_iter().map(|(seq, _)| seq));
        shown.sort_unstable();
        prop_assert_eq!(seen, shown);
    }
}

#[test]
fn the_program_of_the_readme_is_the_example() {
    assert!(include_str!("../README.md").contains(include_str!("../examples/news.rs")));
}
