//! The three promises of the crate: order, publishers that never wait, and no silent gap.

use std::sync::Arc;

use fanout::{Bus, Entry, Lagged, Limits, Start, Subscription};
use proptest::prelude::*;

type Values = Vec<(u64, &'static str)>;

fn bus(limits: Limits) -> Bus<u8, &'static str> {
    Bus::new(limits, 1..1_000_000)
}

fn read(reader: &Subscription<u8, &'static str>) -> Result<Values, Lagged> {
    let mut out: Vec<Arc<Entry<&'static str>>> = Vec::new();
    reader.try_next(&mut out)?;
    Ok(out.iter().map(|entry| (entry.seq(), *entry.value())).collect())
}

#[test]
fn a_reader_of_several_topics_sees_them_merged_and_each_event_once() {
    let bus = bus(Limits::default());
    let reader = bus.subscribe();
    reader.follow(&1, Start::Now);
    reader.follow(&2, Start::Now);
    bus.publish(&[1], "a").unwrap();
    bus.publish(&[2, 1], "b").unwrap();
    bus.publish(&[3], "not for us").unwrap();
    bus.publish(&[2], "c").unwrap();
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
    let reserved = bus.reserve(vec![1]).unwrap();
    bus.publish(&[2], "later").unwrap();
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
    let reserved = bus.reserve(vec![1]).unwrap();
    bus.publish(&[1], "b").unwrap();
    drop(reserved);
    assert_eq!(read(&reader).unwrap(), [(2, "b")]);
}

#[test]
fn who_begins_while_a_number_is_reserved_still_sees_that_event() {
    let bus = bus(Limits::default());
    let reserved = bus.reserve(vec![1]).unwrap();
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
        bus.publish(&[1], "x").unwrap();
    }
    assert_eq!(read(&quick).unwrap().len(), 10);
    bus.publish(&[1], "one more").unwrap();
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
        bus.publish(&[1], "a").unwrap();
        bus.publish(&[1], "b").unwrap();
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
        bus.publish(&[1], "news").unwrap();
    });
    read.unwrap();
    assert_eq!(out.len(), 1);
}

#[test]
fn coming_back_replays_what_the_log_holds_and_says_where_it_begins() {
    let bus = bus(Limits { max_behind: 2, log_entries: 3, ..Limits::default() });
    for _ in 0..5 {
        bus.publish(&[1], "x").unwrap();
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
    let bus = Bus::<u8, &str>::new(Limits::default(), 1_000..2_000);
    assert_eq!(bus.subscribe().follow(&1, Start::After(7)), 999);
}

#[test]
fn numbers_end_with_the_block_and_go_on_in_the_next() {
    let bus = Bus::<u8, &str>::new(Limits::default(), 1..3);
    assert_eq!(bus.publish(&[1], "a"), Ok(1));
    assert_eq!(bus.publish(&[1], "b"), Ok(2));
    assert!(bus.publish(&[1], "c").is_err());
    bus.extend(10..20);
    assert_eq!(bus.publish(&[1], "c"), Ok(10));
}

#[test]
fn idle_topics_are_forgotten_and_followed_ones_are_not() {
    let bus = bus(Limits { idle_sweeps: 1, ..Limits::default() });
    let reader = bus.subscribe();
    reader.follow(&1, Start::Now);
    bus.publish(&[2], "x").unwrap();
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
                0 => shown.push(bus.publish(&topics, "x").unwrap()),
                1 => open.push(bus.reserve(topics).unwrap()),
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
