//! What is hard to see from outside: time after the end, and bounds.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use sophon_egress::EgressError;
use sophon_model::ports::{ModelError, ModelEvent};
use tokio::time::{Instant, sleep};

use super::{Answer, MOST_PARTS, MOST_REASONING_BYTES, play};
use crate::ProviderKind;
use crate::failure::Reporter;
use crate::format::format_of;
use crate::names::ToolNames;

/// The events of a body, with the time that they took.
async fn played(
    kind: ProviderKind,
    pieces: impl Stream<Item = String> + Send,
) -> (Vec<ModelEvent>, Duration) {
    let answer = Answer::new("p", "m", ToolNames::new(&[]));
    let reporter = Reporter::new("p".into(), "http://p".into(), None);
    let bytes = pieces.map(|piece| Ok::<_, EgressError>(Bytes::from(piece)));
    let began = Instant::now();
    let events: Vec<Result<ModelEvent, ModelError>> =
        play(bytes, format_of(kind).reader(), answer, reporter, 16 << 20).collect().await;
    let events = events.into_iter().collect::<Result<_, _>>().unwrap();
    (events, began.elapsed())
}

fn data(record: &Value) -> String {
    format!("data: {record}\n\n")
}

fn delta(delta: &Value, reason: Option<&str>) -> String {
    data(&json!({ "choices": [{ "delta": delta, "finish_reason": reason }] }))
}

/// `piece` once a second, for ever.
fn for_ever(piece: &str) -> impl Stream<Item = String> + Send {
    stream::repeat(piece.to_owned()).then(async |piece| {
        sleep(Duration::from_secs(1)).await;
        piece
    })
}

fn reasoning(events: Vec<ModelEvent>) -> Option<Value> {
    events.into_iter().find_map(|event| match event {
        ModelEvent::Reasoning(reasoning) => Some(reasoning.data),
        _ => None,
    })
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_has_finished_ends_whatever_the_server_goes_on_sending() {
    let end = delta(&json!({ "content": "Hi" }), Some("stop"));
    let usage = data(&json!({ "choices": [], "usage": { "prompt_tokens": 1, "completion_tokens": 1 } }));
    // What is no record does not put off the end; records do, up to a limit.
    for (what, longest) in [(": keep-alive\n\n", 2), ("data: ping\n\n", 2), (usage.as_str(), 10)] {
        let pieces = stream::iter([end.clone()]).chain(for_ever(what));
        let (events, took) = played(ProviderKind::OpenAi, pieces).await;
        assert_eq!(events[0], ModelEvent::Text("Hi".into()));
        assert_eq!(took.as_secs(), longest, "{what}");
    }
}

#[tokio::test]
async fn reasoning_is_kept_up_to_a_number_of_parts() {
    let many = |record: fn(usize) -> Value| (0..MOST_PARTS + 10).map(record).map(|record| data(&record));
    let detail = |index: usize| {
        json!({ "choices": [{ "delta": {
            "reasoning_details": [{ "type": "reasoning.text", "index": index, "text": "t" }]
        } }] })
    };
    let block = |index: usize| {
        json!({ "type": "content_block_start", "index": index,
            "content_block": { "type": "thinking", "thinking": "t", "signature": "s" } })
    };
    let item = |index: usize| {
        json!({ "type": "response.output_item.done", "output_index": index,
            "item": { "type": "reasoning", "id": index.to_string() } })
    };
    let called =
        json!({ "tool_calls": [{ "index": 0, "id": "a", "function": { "name": "t", "arguments": "{}" } }] });
    let tool_use = json!({ "type": "tool_use", "id": "a", "name": "t", "input": {} });
    let function = json!({ "type": "function_call", "call_id": "a", "name": "t", "arguments": "{}" });
    let table = [
        (ProviderKind::OpenAi, many(detail), vec![delta(&called, Some("tool_calls"))]),
        (
            ProviderKind::Anthropic,
            many(block),
            vec![
                data(&json!({ "type": "content_block_start", "index": 999, "content_block": tool_use })),
                data(&json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use" } })),
            ],
        ),
        (
            ProviderKind::Responses,
            many(item),
            vec![
                data(&json!({ "type": "response.output_item.done", "output_index": 999, "item": function })),
                data(&json!({ "type": "response.completed", "response": { "status": "completed" } })),
            ],
        ),
    ];
    for (kind, parts, end) in table {
        let (events, _) = played(kind, stream::iter(parts.chain(end))).await;
        let kept = reasoning(events).unwrap();
        let kept = kept.get("reasoning_details").unwrap_or(&kept).as_array().map(Vec::len);
        assert_eq!(kept, Some(MOST_PARTS), "{kind:?}");
    }
}

#[tokio::test]
async fn thoughts_are_joined_in_linear_time_and_too_many_are_not_handed_back() {
    let thought = |piece: &str| {
        data(&json!({ "type": "content_block_delta", "index": 0,
            "delta": { "type": "thinking_delta", "thinking": piece } }))
    };
    let end = [
        data(&json!({ "type": "content_block_start", "index": 1,
            "content_block": { "type": "tool_use", "id": "a", "name": "t", "input": {} } })),
        data(&json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use" } })),
    ];
    // Were each piece to copy those before it, this would take minutes.
    let count = MOST_REASONING_BYTES / 32;
    let short = "x".repeat(16);
    let pieces = std::iter::repeat_n(thought(&short), count).chain(end.clone());
    let (events, _) = played(ProviderKind::Anthropic, stream::iter(pieces)).await;
    let kept = reasoning(events).unwrap();
    assert_eq!(kept[0]["thinking"].as_str().map(str::len), Some(count * 16));

    let long = "x".repeat(1 << 20);
    let pieces = std::iter::repeat_n(thought(&long), 5).chain(end);
    let (events, _) = played(ProviderKind::Anthropic, stream::iter(pieces)).await;
    assert!(events.iter().any(|event| matches!(event, ModelEvent::ToolCall(_))));
    assert_eq!(reasoning(events), None);
}

#[tokio::test]
async fn arguments_nested_too_deep_are_passed_on_as_text() {
    for (levels, is_object) in [(60, true), (100, false), (1_000, false)] {
        let nested = format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        let called = json!({ "tool_calls": [{ "index": 0, "id": "a", "function": { "name": "t", "arguments": nested } }] });
        let (events, _) =
            played(ProviderKind::OpenAi, stream::iter([delta(&called, Some("tool_calls"))])).await;
        let Some(ModelEvent::ToolCall(call)) = events.first() else { panic!("{events:?}") };
        assert_eq!(call.arguments.is_object(), is_object, "{levels}");
        assert!(is_object || call.arguments == nested.as_str());
    }
}
