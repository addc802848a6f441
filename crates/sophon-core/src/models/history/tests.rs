use proptest::prelude::*;
use serde_json::json;
use sophon_testkit::strict_roles;

use super::*;
use crate::untrusted::fence;

fn person(content: &str) -> ModelMessage {
    ModelMessage::User { content: content.into() }
}

fn calling(content: &str, ids: &[&str]) -> ModelMessage {
    let call = |id: &&str| ModelToolCall { id: (*id).into(), name: "t".into(), arguments: json!({}) };
    ModelMessage::Assistant {
        content: content.into(),
        tool_calls: ids.iter().map(call).collect(),
        reasoning: None,
    }
}

fn result(id: &str, content: &str) -> ModelMessage {
    ModelMessage::Tool { call_id: id.into(), name: "t".into(), content: content.into() }
}

#[test]
fn questions_sent_together_are_joined_and_what_says_nothing_is_left_out() {
    let formed = well_formed(vec![
        said("Hello, I am an answer"),
        person("One"),
        said(" "),
        person("Two"),
        person(""),
        said("Both."),
        person("Three"),
    ]);
    assert_eq!(formed, [person("One\n\nTwo"), said("Both."), person("Three")]);
}

#[test]
fn files_are_left_out_first_of_earlier_questions_and_of_the_last_one_only_if_nothing_else_is_left() {
    let with_file =
        |words: &str| person(&format!("{words}\n{}", fence("attachment", &"x".repeat(3_000), [1; 8])));
    let without = |words: &str| person(&format!("{words}\n{}", fence("attachment", FILE_LEFT_OUT, [1; 8])));
    let mut messages = vec![with_file("One"), said("Yes."), with_file("Two")];
    assert_eq!(shorten(&mut messages, 1_500), LeftOut { files: 1, ..LeftOut::default() });
    assert_eq!(messages, [without("One"), said("Yes."), with_file("Two")]);
    assert_eq!(shorten(&mut messages, 200), LeftOut { messages: 2, files: 1, results: 0 });
    assert_eq!(messages, [without("Two")]);
}

#[test]
fn every_call_has_its_result_and_every_result_its_call() {
    let formed = well_formed(vec![
        person("Go"),
        calling("", &["a", "b"]),
        result("x", "nobody asked"),
        result("b", "B"),
        person("Stop"),
        calling("Again", &["c"]),
        result("c", "C"),
    ]);
    let expected = [
        person("Go"),
        calling("", &["a", "b"]),
        result("a", NO_RESULT),
        result("b", "B"),
        said(NO_ANSWER),
        person("Stop"),
        calling("Again", &["c"]),
        result("c", "C"),
    ];
    assert_eq!(formed, expected);
}

#[test]
fn the_oldest_goes_first_and_the_question_stays() {
    let long = "x".repeat(3_000);
    let conversation = || {
        vec![
            person("first"),
            calling("", &["a"]),
            result("a", &long),
            said(&long),
            person("second"),
            said("short"),
            person("third"),
            calling("", &["b"]),
            result("b", &long),
            calling("", &["c"]),
            result("c", "new"),
        ]
    };
    let mut messages = conversation();
    assert_eq!(shorten(&mut messages, 100_000), LeftOut::default());
    assert_eq!(shorten(&mut messages, 2_500), LeftOut { results: 1, ..LeftOut::default() });
    assert_eq!((&messages[2], messages.len()), (&result("a", LEFT_OUT), 11));
    assert_eq!(shorten(&mut messages, 1_500), LeftOut { messages: 4, ..LeftOut::default() });
    assert_eq!(messages[0], person("second"));
    assert_eq!(shorten(&mut messages, 100), LeftOut { messages: 2, results: 1, files: 0 });
    assert_eq!(
        messages,
        [
            person("third"),
            calling("", &["b"]),
            result("b", LEFT_OUT),
            calling("", &["c"]),
            result("c", "new")
        ]
    );
}

fn message() -> impl Strategy<Value = ModelMessage> {
    let id = prop_oneof![Just("a"), Just("b"), Just("c")];
    let text = prop_oneof![Just(""), Just(" \n"), Just("words"), Just("many many many words")];
    prop_oneof![
        text.clone().prop_map(person),
        (text.clone(), prop::collection::vec(id.clone(), 0..3)).prop_map(|(text, mut ids)| {
            ids.dedup();
            calling(text, &ids)
        }),
        (id, text).prop_map(|(id, text)| result(id, text)),
    ]
}

proptest! {
    #[test]
    fn any_history_becomes_well_formed_and_stays_so_when_shortened(
        before in prop::collection::vec(message(), 0..25),
        room in 0_usize..300,
    ) {
        let mut messages = before;
        messages.push(person("the question"));
        let mut formed = well_formed(messages);
        strict_roles::check(&formed).map_err(TestCaseError::fail)?;
        prop_assert_eq!(well_formed(formed.clone()), formed.clone());
        shorten(&mut formed, room);
        strict_roles::check(&formed).map_err(TestCaseError::fail)?;
        let ends_with_it = matches!(formed.last(), Some(ModelMessage::User { content }) if content.ends_with("the question"));
        prop_assert!(ends_with_it);
    }
}
