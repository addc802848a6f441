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

mod shared {
    //! One order for the buses of several processes.

    use fanout::Inserted;

    use super::*;

    fn shared() -> Bus<u8, &'static str> {
        Bus::shared(Limits::default(), 10)
    }

    fn following(bus: &Bus<u8, &'static str>, topics: &[u8]) -> Subscription<u8, &'static str> {
        let reader = bus.subscribe();
        for topic in topics {
            reader.follow(topic, Start::Now);
        }
        reader
    }

    #[test]
    fn who_reads_waits_where_a_number_of_another_process_is_missing() {
        let bus = shared();
        let reader = following(&bus, &[1, 2]);
        let own = bus.reserve_at(13, vec![1]).unwrap();
        own.fulfil("own");
        assert_eq!(bus.gaps(), [(11, 12)]);
        assert_eq!(read(&reader).unwrap(), []);
        assert_eq!(bus.insert(12, &[2], Some("second")), Inserted::Done);
        assert_eq!(read(&reader).unwrap(), []);
        assert_eq!(bus.insert(11, &[1], Some("first")), Inserted::Done);
        assert_eq!(bus.insert(11, &[1], Some("first")), Inserted::Known);
        assert_eq!(read(&reader).unwrap(), [(11, "first"), (12, "second"), (13, "own")]);
    }

    #[test]
    fn what_nobody_could_read_here_is_noted_without_its_value() {
        let bus = shared();
        let reader = following(&bus, &[1]);
        assert_eq!(bus.insert(11, &[1, 2], None), Inserted::Wanted);
        assert_eq!(bus.insert(11, &[2, 3], None), Inserted::Done);
        assert_eq!((bus.last_seq(), bus.topics()), (11, 1));
        assert_eq!(
            reader.follow(&2, Start::After(10)),
            11,
            "what was not kept is a gap for who follows later"
        );
    }

    #[test]
    fn numbers_that_are_nobodys_hold_nobody_up() {
        let bus = shared();
        let reader = following(&bus, &[1]);
        bus.reserve_at(20, vec![1]).unwrap().fulfil("a");
        bus.note_given(25);
        assert_eq!(bus.gaps(), [(11, 19), (21, 25)]);
        bus.give_up_gaps(19);
        assert_eq!(read(&reader).unwrap(), [(20, "a")]);
        bus.give_up_gaps(25);
        assert!(bus.gaps().is_empty());
    }

    #[test]
    fn a_number_that_was_given_up_here_may_be_another_processs() {
        let bus = shared();
        let reader = following(&bus, &[1]);
        drop(bus.reserve_at(11, vec![1]).unwrap());
        bus.reserve_at(12, vec![1]).unwrap().fulfil("b");
        assert_eq!(read(&reader).unwrap(), []);
        assert_eq!(bus.insert(11, &[1], Some("a")), Inserted::Done);
        assert_eq!(read(&reader).unwrap(), [(11, "a"), (12, "b")]);
    }

    #[test]
    fn what_passes_stands_before_a_missing_number_unless_its_topic_is_behind_it() {
        let bus = shared();
        let (quiet, busy) = (following(&bus, &[1]), following(&bus, &[2]));
        bus.reserve_at(12, vec![2]).unwrap().fulfil("opened");
        bus.pass(&[1], "quiet");
        bus.pass(&[2], "busy");
        assert_eq!(read(&quiet).unwrap(), [(10, "quiet")]);
        assert_eq!(read(&busy).unwrap(), []);
        bus.insert(11, &[1, 2], Some("missed"));
        assert_eq!(read(&quiet).unwrap(), [(11, "missed")]);
        assert_eq!(read(&busy).unwrap(), [(11, "missed"), (12, "opened"), (12, "busy")]);
    }

    #[test]
    fn what_passed_elsewhere_after_a_number_that_is_missing_here_waits_for_it() {
        let bus = shared();
        let reader = following(&bus, &[1]);
        bus.insert_passing(&[1, 9], 11, "delta");
        assert_eq!((read(&reader).unwrap(), bus.gaps()), (vec![], vec![(11, 11)]));
        bus.insert(11, &[1], Some("opened"));
        assert_eq!(read(&reader).unwrap(), [(11, "opened"), (11, "delta")]);
        assert_eq!(bus.topics(), 1, "no log is made for what nobody follows");
    }

    #[test]
    fn who_was_told_from_elsewhere_up_to_a_number_is_not_told_it_again_when_it_arrives() {
        let bus = shared();
        let reader = bus.subscribe();
        reader.follow(&1, Start::After(12));
        bus.insert(11, &[1], Some("known"));
        bus.insert(12, &[1], Some("known too"));
        bus.insert(13, &[1], Some("new"));
        assert_eq!(read(&reader).unwrap(), [(13, "new")]);
    }

    #[test]
    fn who_begins_while_a_number_is_missing_is_told_of_it_and_of_what_came_after() {
        let bus = shared();
        following(&bus, &[1]);
        bus.reserve_at(12, vec![1]).unwrap().fulfil("b");
        let (now, position) = (following(&bus, &[1]), bus.position());
        let at = bus.subscribe();
        assert_eq!((at.follow(&1, Start::At(position)), bus.shown(&1)), (10, 10));
        bus.insert(11, &[1], Some("a"));
        assert_eq!(read(&now).unwrap(), [(11, "a"), (12, "b")]);
        assert_eq!(read(&at).unwrap(), [(11, "a"), (12, "b")]);
    }

    #[tokio::test]
    async fn who_waits_for_a_missing_number_is_woken_when_it_is_there() {
        let bus = shared();
        let reader = following(&bus, &[1]);
        bus.reserve_at(12, vec![1]).unwrap().fulfil("b");
        let mut out = Vec::new();
        let (read, ()) = tokio::join!(reader.next(&mut out), async {
            tokio::task::yield_now().await;
            bus.insert(11, &[2], None);
        });
        assert_eq!((read, out.len()), (Ok(()), 1));
    }

    proptest! {
        /// Two processes: each has its own events at once and the other's in any order later. Both are told the same.
        #[test]
        fn two_processes_tell_each_topic_alike(
            events in proptest::collection::vec((any::<bool>(), 0_u8..3), 1..60),
            seed in any::<u64>(),
        ) {
            let buses = [shared(), shared()];
            let readers = buses.each_ref().map(|bus| following(bus, &[0, 1]));
            let mut late: [Vec<(u64, u8)>; 2] = Default::default();
            let mut random = seed | 1;
            let mut heard: [Values; 2] = Default::default();
            for (number, (is_first, topic)) in (11..).zip(&events) {
                let own = usize::from(!is_first);
                buses[own].reserve_at(number, vec![*topic]).unwrap().fulfil("e");
                late[1 - own].push((number, *topic));
                for (at, bus) in buses.iter().enumerate() {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    if !late[at].is_empty() && random >> 63 == 1 {
                        let (number, topic) = late[at].remove((random >> 33) as usize % late[at].len());
                        if bus.insert(number, &[topic], None) == Inserted::Wanted {
                            bus.insert(number, &[topic], Some("e"));
                        }
                    }
                    heard[at].extend(read(&readers[at]).unwrap());
                }
            }
            for (at, bus) in buses.iter().enumerate() {
                for (number, topic) in late[at].drain(..) {
                    bus.insert(number, &[topic], Some("e"));
                }
                heard[at].extend(read(&readers[at]).unwrap());
            }
            let expected: Values =
                (11..).zip(&events).filter(|(_, (_, topic))| *topic < 2).map(|(number, _)| (number, "e")).collect();
            prop_assert_eq!(&heard[0], &expected);
            prop_assert_eq!(&heard[1], &expected);
        }
    }
}
