//! Properties of both formats, and inputs that were or could be trouble, replayed from `tests/corpus`.

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Format, Message, Outcome, fuzzing};
use crate::payload::Invocation;

const MAX_BYTES: usize = 4 * 1024;

fn decode(format: Format, pieces: &[&[u8]]) -> (Vec<Message>, Option<String>) {
    fuzzing::decode(format, MAX_BYTES, pieces.iter().copied())
}

fn pieces<'a>(input: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = input;
    let mut pieces = Vec::new();
    for cut in cuts.iter().cycle() {
        let (piece, after) = rest.split_at((*cut).min(rest.len()));
        pieces.push(piece);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    pieces
}

fn any_format() -> impl Strategy<Value = Format> {
    prop_oneof![Just(Format::Json), Just(Format::MessagePack)]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e12..1e12_f64).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(".{0,6}", inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

proptest! {
    #[test]
    fn what_one_side_writes_the_other_reads(
        format in any_format(),
        id in ".{1,12}",
        target in ".{0,24}",
        arguments in prop::collection::vec(any_value(), 0..4),
        cuts in prop::collection::vec(1_usize..20, 1..20),
    ) {
        let call = arguments.iter().fold(Invocation::new(&target), Invocation::arg);
        let mut wire = format.invocation(Some(&id), &call).unwrap().to_vec();
        wire.extend_from_slice(&format.ping());
        for value in &arguments {
            wire.extend_from_slice(&format.stream_item(&id, value).unwrap());
            wire.extend_from_slice(&format.completion(&id, Ok(Some(value))).unwrap());
        }
        wire.extend_from_slice(&format.completion(&id, Ok(None)).unwrap());
        wire.extend_from_slice(&format.completion(&id, Err(&target)).unwrap());
        wire.extend_from_slice(&format.close(Some(&target), true));
        wire.extend_from_slice(&format.ack(7));
        wire.extend_from_slice(&format.sequence(u64::MAX));

        let (messages, error) = decode(format, &pieces(&wire, &cuts));
        prop_assert_eq!(error, None);
        let mut messages = messages.into_iter();
        let Some(Message::Invocation(read)) = messages.next() else { panic!("a call first") };
        prop_assert_eq!((read.id.as_ref(), &read.target, read.streaming), (Some(&id), &target, false));
        let values: Vec<Value> = read.arguments.iter().map(|raw| raw.decode().unwrap()).collect();
        prop_assert_eq!(&values, &arguments);
        prop_assert_eq!(messages.next(), Some(Message::Ping));
        for value in &arguments {
            let Some(Message::StreamItem { id: item_id, item }) = messages.next() else { panic!("an item") };
            prop_assert_eq!((&item_id, &item.decode::<Value>().unwrap()), (&id, value));
            let Some(Message::Completion { outcome: Outcome::Value(raw), .. }) = messages.next() else {
                panic!("a result, even if it is null")
            };
            prop_assert_eq!(&raw.decode::<Value>().unwrap(), value);
        }
        let rest: Vec<_> = messages.collect();
        prop_assert_eq!(rest, [
            Message::Completion { id: id.clone(), outcome: Outcome::Void },
            Message::Completion { id, outcome: Outcome::Error(target.clone()) },
            Message::Close { error: Some(target.clone()) },
            Message::Ack(7),
            Message::Sequence(u64::MAX),
        ]);
    }

    #[test]
    fn noise_is_an_error_or_waits_for_more_however_it_is_cut(
        format in any_format(),
        noise in prop::collection::vec(any::<u8>(), 0..600),
        cuts in prop::collection::vec(1_usize..40, 1..10),
    ) {
        prop_assert_eq!(decode(format, &[&noise]), decode(format, &pieces(&noise, &cuts)));
    }

    #[test]
    fn a_broken_message_does_not_panic(format in any_format(), at in 0_usize..200, byte in any::<u8>()) {
        let call = Invocation::new("Method").arg(json!([1, "two", { "three": [null, 4.5] }]));
        let mut wire = format.invocation(Some("17"), &call).unwrap().to_vec();
        let at = at % wire.len();
        wire[at] = byte;
        let (messages, _) = decode(format, &[&wire]);
        for message in messages {
            if let Message::Invocation(call) = message {
                let _ = call.arguments.iter().map(crate::payload::Raw::decode::<Value>).collect::<Vec<_>>();
            }
        }
    }
}

#[test]
fn what_must_hold_for_every_input_holds_for_the_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    for (name, holds) in fuzzing::TARGETS {
        let files = std::fs::read_dir(corpus.join(name)).unwrap();
        let inputs: Vec<_> = files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
        assert!(inputs.len() >= 5, "the corpus of {name} is there");
        for input in &inputs {
            holds(input);
        }
    }
}

#[test]
fn json_takes_fields_in_any_order_and_passes_over_what_it_does_not_know() {
    let record = b"{\"arguments\":[],\"x\":{\"y\":[1]},\"headers\":{\"a\":\"b\"},\"target\":\"T\",\"type\":1}\x1e{\"type\":99}\x1e";
    let (messages, error) = decode(Format::Json, &[record]);
    assert_eq!((messages.len(), error), (1, None));
}

#[test]
fn a_completion_has_a_result_or_an_error() {
    let both = b"{\"type\":3,\"invocationId\":\"1\",\"result\":null,\"error\":\"e\"}\x1e";
    assert!(decode(Format::Json, &[both]).1.is_some());
}

#[test]
fn a_value_nested_too_deep_is_an_error_and_no_crash() {
    let deep = "[".repeat(1_500) + &"]".repeat(1_500);
    let json = format!("{{\"type\":1,\"target\":\"T\",\"arguments\":[{deep}]}}\u{1e}");
    let mut packed = vec![0x95, 0x01, 0x80, 0xc0, 0xa1, b'T', 0x91];
    packed.extend([0x91; 1_500]);
    packed.push(0xc0);
    let length = packed.len();
    let mut framed = vec![(length & 0x7f) as u8 | 0x80, (length >> 7) as u8];
    framed.extend(packed);
    for (format, wire) in [(Format::Json, json.as_bytes()), (Format::MessagePack, &framed)] {
        let (messages, _) = decode(format, &[wire]);
        for message in messages {
            let Message::Invocation(call) = message else { panic!("a call") };
            assert!(call.arguments[0].decode::<Value>().is_err());
        }
    }
}

#[test]
fn a_call_with_an_empty_id_is_one_without() {
    let json = b"{\"type\":1,\"invocationId\":\"\",\"target\":\"T\",\"arguments\":[]}\x1e";
    let messagepack = b"\x08\x96\x01\x80\xa0\xa1T\x90\x90";
    for (format, wire) in [(Format::Json, &json[..]), (Format::MessagePack, messagepack)] {
        let (messages, error) = decode(format, &[wire]);
        let [Message::Invocation(call)] = &messages[..] else { panic!("{error:?}") };
        assert_eq!((&call.id, &call.target[..]), (&None, "T"));
    }
}
