//! Messages.

use std::sync::Arc;
use std::thread;

use sophon_model::ports::{MessageRange, Store};
use sophon_model::{Message, MessageId, MessageStatus, Page, Position, SessionId, TenantId, UserId};

use crate::fixtures::{at, message, move_in, session};
use crate::harness::{Place, Rule, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_message_comes_back_as_it_went_in_with_a_number),
        rule(numbers_rise_and_are_never_used_again),
        rule(who_reads_on_by_number_misses_no_message),
        rule(a_range_begins_at_since_or_ends_at_the_newest),
        rule(the_last_message_of_each_session_is_found_at_once),
        rule(a_checkpoint_is_for_pending_messages_only),
        rule(a_message_needs_a_session),
        rule(a_search_wants_all_words_by_their_beginning),
        rule(a_search_in_all_sessions_is_of_those_in_which_one_takes_part_newest_first_and_in_pages),
        rule(a_search_gives_the_best_match_first_and_no_more_than_asked),
        rule(a_search_follows_what_becomes_of_a_message),
        rule(a_search_knows_letters_of_all_scripts),
        rule(a_search_splits_at_punctuation),
        rule(a_search_is_never_an_instruction),
        rule(text_of_any_kind_and_size_is_kept_as_it_is),
        rule(the_nul_character_is_refused),
    ]
}

fn s() -> SessionId {
    SessionId::from("s")
}

fn a_message_comes_back_as_it_went_in_with_a_number(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let number = write(&*store, |tx| {
        let number = tx.insert_message(&Message { number: 999, ..message("m", "Hello") })?;
        assert_eq!(tx.get(&MessageId::from("m"))?.unwrap().number, number);
        Ok(number)
    })
    .unwrap();
    let stored = move || Message { number, ..message("m", "Hello") };
    assert_eq!(read(&*store, |tx| tx.get(&MessageId::from("m"))), Some(stored()));

    let changed =
        move || Message { attachments: vec![], usage: None, status: MessageStatus::Read, ..stored() };
    write(&*store, move |tx| tx.update(&Message { number: 0, ..changed() })).unwrap();
    assert_eq!(read(&*store, |tx| tx.get(&MessageId::from("m"))), Some(changed()));
    assert_eq!(code(write(&*store, |tx| tx.update(&message("gone", "")))), "not_found");
}

fn numbers_rise_and_are_never_used_again(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let add = |id: &'static str| write(&*store, move |tx| tx.insert_message(&message(id, ""))).unwrap();
    let (first, second) = (add("a"), add("b"));
    write(&*store, |tx| {
        tx.delete(&s())?;
        tx.insert(&session("s"))
    })
    .unwrap();
    let third = add("c");
    assert!(0 < first && first < second && second < third);
}

/// Several write at once while one reads on from the last number it saw.
fn who_reads_on_by_number_misses_no_message(place: &Place) {
    const WRITERS: usize = 4;
    const EACH: usize = 25;
    let store = place.open();
    write(&*store, move_in).unwrap();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            thread::spawn(move || {
                for n in 0..EACH {
                    let id = format!("m{writer}-{n}");
                    write(&*store, move |tx| tx.insert_message(&message(&id, ""))).unwrap();
                }
            })
        })
        .collect();
    let mut seen: Vec<i64> = Vec::new();
    loop {
        let is_over = writers.iter().all(thread::JoinHandle::is_finished);
        let range =
            MessageRange { since: Some(seen.last().copied().unwrap_or(0)), before: None, limit: 1_000 };
        seen.extend(read(&*store, move |tx| tx.messages(&s(), &range)).iter().map(|message| message.number));
        if is_over {
            break;
        }
    }
    assert!(seen.is_sorted());
    assert_eq!(seen.len(), WRITERS * EACH);
}

fn texts(store: &dyn Store, range: MessageRange) -> String {
    read(store, move |tx| tx.messages(&s(), &range)).into_iter().map(|message| message.content).collect()
}

fn a_range_begins_at_since_or_ends_at_the_newest(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let numbers = write(&*store, |tx| {
        tx.insert(&session("other"))?;
        let mut numbers = Vec::new();
        for id in ["a", "b", "c", "d", "e"] {
            numbers.push(tx.insert_message(&message(id, id))?);
            tx.insert_message(&Message {
                session_id: SessionId::from("other"),
                ..message(&format!("o{id}"), "o")
            })?;
        }
        Ok(numbers)
    })
    .unwrap();
    let range = |since: Option<usize>, before: Option<usize>, limit| MessageRange {
        since: since.map(|n| numbers[n]),
        before: before.map(|n| numbers[n]),
        limit,
    };
    assert_eq!(texts(&*store, range(None, None, 50)), "abcde");
    assert_eq!(texts(&*store, range(None, None, 2)), "de");
    assert_eq!(texts(&*store, range(None, Some(3), 2)), "bc");
    assert_eq!(texts(&*store, range(Some(0), None, 2)), "bc");
    assert_eq!(texts(&*store, range(Some(0), Some(3), 50)), "bc");
    assert_eq!(texts(&*store, range(Some(4), None, 50)), "");
    assert_eq!(texts(&*store, range(None, None, 0)), "");
}

fn the_last_message_of_each_session_is_found_at_once(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    tell(&*store, &[("a", "first"), ("b", "last")]);
    write(&*store, |tx| {
        tx.insert(&session("other"))?;
        tx.insert(&session("empty"))?;
        tx.insert_message(&Message { session_id: SessionId::from("other"), ..message("c", "alone") })?;
        tx.insert_message(&Message { session_id: SessionId::from("other"), ..message("d", "after all") })
    })
    .unwrap();
    let last = |sessions: &[&'static str]| {
        let sessions: Vec<SessionId> = sessions.iter().map(|&id| SessionId::from(id)).collect();
        let messages = read(&*store, move |tx| tx.last_messages(&sessions));
        let mut ids: Vec<String> = messages.into_iter().map(|message| message.id.to_string()).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(last(&["s", "empty", "other"]), ["b", "d"]);
    assert_eq!(last(&["s"]), ["b"]);
    assert_eq!(last(&["empty"]), NOTHING);
    assert_eq!(last(&[]), NOTHING);
}

fn a_checkpoint_is_for_pending_messages_only(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        tx.insert_message(&Message { status: MessageStatus::Pending, ..message("open", "") })?;
        tx.insert_message(&message("closed", "whole"))?;
        for id in ["open", "closed", "gone"] {
            tx.checkpoint_message(&MessageId::from(id), "so far", at(77))?;
        }
        Ok(())
    })
    .unwrap();
    let content_and_time = |id: &'static str| {
        let message = read(&*store, move |tx| tx.get(&MessageId::from(id))).unwrap();
        (message.content, message.updated_at)
    };
    assert_eq!(content_and_time("open"), ("so far".into(), at(77)));
    assert_eq!(content_and_time("closed"), ("whole".into(), at(9)));
}

fn a_message_needs_a_session(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let lost = || Message { session_id: SessionId::from("gone"), ..message("m", "") };
    assert_eq!(code(write(&*store, move |tx| tx.insert_message(&lost()))), "conflict");
}

/// The ids of the messages found, in order.
fn found(store: &dyn Store, words: &str) -> Vec<String> {
    let words = words.to_owned();
    let messages = read(store, move |tx| tx.search_messages(&s(), &words, 10));
    messages.into_iter().map(|message| message.id.to_string()).collect()
}

fn tell(store: &dyn Store, messages: &[(&'static str, &'static str)]) {
    let messages = messages.to_vec();
    write(store, move |tx| {
        for (id, content) in messages {
            tx.insert_message(&message(id, content))?;
        }
        Ok(())
    })
    .unwrap();
}

const NOTHING: [&str; 0] = [];

fn a_search_wants_all_words_by_their_beginning(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    tell(&*store, &[("a", "The blue whale sings"), ("b", "A blue sky")]);
    write(&*store, |tx| {
        tx.insert(&session("other"))?;
        tx.insert_message(&Message { session_id: SessionId::from("other"), ..message("c", "blue whale") })
    })
    .unwrap();
    assert_eq!(found(&*store, "WHA blu"), ["a"]);
    assert_eq!(found(&*store, "hale"), NOTHING);
    assert_eq!(found(&*store, "blue red"), NOTHING);
    assert_eq!(found(&*store, ""), NOTHING);
}

fn a_search_in_all_sessions_is_of_those_in_which_one_takes_part_newest_first_and_in_pages(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    tell(&*store, &[("a", "a blue whale"), ("b", "a red whale"), ("c", "blue whales")]);
    write(&*store, |tx| {
        tx.insert(&session("other"))?;
        tx.insert_message(&Message { session_id: SessionId::from("other"), ..message("d", "Blue. Whale.") })?;
        let open = Message { status: MessageStatus::Pending, ..message("e", "blue whale") };
        tx.insert_message(&open)
    })
    .unwrap();
    let owner = read(&*store, |tx| tx.get(&s())).unwrap().owner_id;
    let find = |user: UserId, after: Option<Position>| {
        let page = Page::new(Some(2), after);
        let found =
            read(&*store, move |tx| tx.find_messages(&TenantId::from("home"), &user, "blu WHALE", &page));
        let ids: Vec<String> = found.items.iter().map(|message| message.id.to_string()).collect();
        (ids, found.next)
    };
    let (first, next) = find(owner.clone(), None);
    assert_eq!(first, ["d", "c"]);
    assert_eq!(find(owner, next), (vec!["a".into()], None));
    assert_eq!(find(UserId::from("stranger"), None), (vec![], None));
}

fn a_search_gives_the_best_match_first_and_no_more_than_asked(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    tell(
        &*store,
        &[("a", "whale and then some other things at length"), ("b", "whale whale whale"), ("c", "no")],
    );
    assert_eq!(found(&*store, "whale"), ["b", "a"]);
    let one = read(&*store, |tx| tx.search_messages(&s(), "whale", 1));
    assert_eq!(one.len(), 1);
}

fn a_search_follows_what_becomes_of_a_message(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let open = || Message { status: MessageStatus::Pending, ..message("m", "first") };
    write(&*store, move |tx| {
        tx.insert_message(&open())?;
        tx.checkpoint_message(&MessageId::from("m"), "first second", at(10))
    })
    .unwrap();
    assert_eq!(found(&*store, "first"), NOTHING);
    let finish = |content: &'static str| {
        let done = Message { status: MessageStatus::Delivered, ..message("m", content) };
        write(&*store, move |tx| tx.update(&done)).unwrap();
    };
    finish("first second third");
    assert_eq!(found(&*store, "first third"), ["m"]);
    finish("third fourth");
    assert_eq!(found(&*store, "first"), NOTHING);
    assert_eq!(found(&*store, "fourth"), ["m"]);
    write(&*store, move |tx| tx.update(&open())).unwrap();
    assert_eq!(found(&*store, "first"), NOTHING);
}

fn a_search_knows_letters_of_all_scripts(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    tell(
        &*store,
        &[
            ("hu", "Árvíztűrő tükörfúrógép"),
            ("ru", "Синий КИТ поёт"),
            ("el", "η Γαλάζια φάλαινα"),
            ("ja", "鯨が歌う"),
        ],
    );
    assert_eq!(found(&*store, "ÁRVÍZ"), ["hu"]);
    assert_eq!(found(&*store, "arviz"), NOTHING);
    assert_eq!(found(&*store, "кит син"), ["ru"]);
    assert_eq!(found(&*store, "γαλάζ"), ["el"]);
    assert_eq!(found(&*store, "鯨"), ["ja"]);
    assert_eq!(found(&*store, "🐳"), NOTHING);
}

fn a_search_splits_at_punctuation(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    tell(
        &*store,
        &[
            ("address", "write to ann.smith@example.org"),
            ("path", "see <b>https://host/a-b/report_final.txt?x=1</b>"),
            ("code", "call `foo_bar(1.5e3, \"it's\")` & {go}"),
        ],
    );
    assert_eq!(found(&*store, "smith"), ["address"]);
    assert_eq!(found(&*store, "ann.smith@example.org"), ["address"]);
    assert_eq!(found(&*store, "txt final"), ["path"]);
    assert_eq!(found(&*store, "https host"), ["path"]);
    assert_eq!(found(&*store, "bar"), ["code"]);
    assert_eq!(found(&*store, "it's go"), ["code"]);
}

fn a_search_is_never_an_instruction(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    tell(&*store, &[("a", "plain words")]);
    let long = "x".repeat(1 << 20);
    let typed = [
        "\"",
        "'",
        "plain\"",
        "plain'",
        "*",
        "plain*",
        "-words",
        "NOT plain",
        "plain NOT words",
        "plain OR zebra",
        "NEAR(plain words)",
        "content:plain",
        "{content}: plain",
        "^plain",
        "(",
        ")",
        "plain AND",
        "'':*",
        "plain:A",
        "!plain",
        "plain & ",
        "| words",
        "<->",
        "\\",
        "\\'",
        "plain\\",
        "$1",
        "?1",
        ":x",
        "; DROP TABLE messages; --",
        "%",
        "_",
        "\u{0}",
        "plain\u{0}",
        "\u{202e}",
        "\u{fffd}",
        &long,
    ];
    for words in typed {
        for id in found(&*store, words) {
            assert_eq!(id, "a", "{words}");
        }
    }
    assert_eq!(found(&*store, "plain words"), ["a"]);
    assert_eq!(found(&*store, "plain OR zebra"), NOTHING);
}

fn text_of_any_kind_and_size_is_kept_as_it_is(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let distinct = (0..300_000).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    let texts = ["\u{1}\u{7f}\r\n\t", "👩‍👩‍👧 e\u{301}\u{202e}", "", "'; --", "{\"not\": \"json\"}", &distinct];
    for (n, text) in texts.into_iter().enumerate() {
        let (id, text) = (MessageId::from(format!("m{n}")), text.to_owned());
        let told = message(id.as_str(), &text);
        write(&*store, move |tx| tx.insert_message(&told)).unwrap();
        assert_eq!(read(&*store, move |tx| tx.get(&id)).unwrap().content, text);
    }
}

fn the_nul_character_is_refused(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    assert_eq!(code(write(&*store, |tx| tx.insert_message(&message("m", "a\u{0}b")))), "validation_failed");
}
