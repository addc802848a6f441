//! What a provider makes of good answers.

use futures_util::TryStreamExt;
use serde_json::json;
use sophon_egress::Limits;
use sophon_model::Usage;
use sophon_model::ports::{ModelEvent, ModelRequest, ModelToolCall, StopReason};
use sophon_providers::{ProviderKind, build};
use sophon_testkit::model_server::Call;
use sophon_testkit::{Gate, ModelServer, Script};

use crate::support::{KEY, KINDS, asking, config, egress, events, provider, stop_of, text_of};

#[tokio::test]
async fn text_usage_and_stop_come_in_this_order() {
    for kind in KINDS {
        let server = ModelServer::playing([Script::say("Good ").text("day").usage(12, 3)]).await;
        let usage = Usage { input_tokens: 12, output_tokens: 3, model: "m1".into(), provider: "main".into() };
        let expected = vec![
            ModelEvent::Text("Good ".into()),
            ModelEvent::Text("day".into()),
            ModelEvent::Usage(usage),
            ModelEvent::Stop(StopReason::Stop),
        ];
        let (events, error) = events(&provider(kind, &server)).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(events, expected, "{kind:?}");
    }
}

#[tokio::test]
async fn text_arrives_while_the_model_still_writes() {
    for kind in KINDS {
        let gate = Gate::new();
        let server = ModelServer::playing([Script::say("one").wait(&gate).text(" two")]).await;
        let mut stream = provider(kind, &server).stream(asking("Count")).await.unwrap();

        assert_eq!(stream.try_next().await.unwrap(), Some(ModelEvent::Text("one".into())));
        gate.reached().await;
        gate.open();
        assert_eq!(stream.try_next().await.unwrap(), Some(ModelEvent::Text(" two".into())));
    }
}

#[tokio::test]
async fn letters_that_are_split_between_chunks_come_whole() {
    let said = "Grüße, 世界! 👩‍🚀 ça va?";
    for kind in KINDS {
        for bytes in [1, 3, 7] {
            let server = ModelServer::playing([Script::say(said).text(said).in_pieces_of(bytes)]).await;
            let (events, error) = events(&provider(kind, &server)).await;
            assert!(error.is_none(), "{error:?}");
            assert_eq!(text_of(&events), format!("{said}{said}"), "{kind:?} in pieces of {bytes}");
        }
    }
}

#[tokio::test]
async fn tool_calls_made_at_once_are_put_together_each_by_itself() {
    let calls = [
        Call::new("c1", "memory.search", json!({ "query": "größe", "limit": 3 })),
        Call::new("c2", "clock.now", json!({})),
        Call::new("c3", "memory.search", json!("{\"query\": brok")),
    ];
    let expected = [
        ModelToolCall {
            id: "c1".into(),
            name: "memory.search".into(),
            arguments: json!({ "query": "größe", "limit": 3 }),
        },
        ModelToolCall { id: "c2".into(), name: "clock.now".into(), arguments: json!({}) },
        ModelToolCall { id: "c3".into(), name: "memory.search".into(), arguments: json!("{\"query\": brok") },
    ];
    for kind in KINDS {
        let script = Script::say("Let me look.").tool_calls(calls.clone()).in_pieces_of(11);
        let server = ModelServer::playing([script]).await;
        let (events, error) = events(&provider(kind, &server)).await;
        assert!(error.is_none(), "{error:?}");
        let made: Vec<_> = events
            .iter()
            .filter_map(
                |event| if let ModelEvent::ToolCall(call) = event { Some(call.clone()) } else { None },
            )
            .collect();
        assert_eq!(made, expected, "{kind:?}");
        assert_eq!(text_of(&events), "Let me look.");
        assert_eq!(stop_of(&events), Some(StopReason::ToolCalls));
    }
}

#[tokio::test]
async fn each_reason_to_stop_has_its_meaning() {
    let table = [
        (ProviderKind::OpenAi, "stop", StopReason::Stop),
        (ProviderKind::OpenAi, "length", StopReason::Length),
        (ProviderKind::OpenAi, "content_filter", StopReason::ContentFilter),
        (ProviderKind::Anthropic, "end_turn", StopReason::Stop),
        (ProviderKind::Anthropic, "stop_sequence", StopReason::Stop),
        (ProviderKind::Anthropic, "max_tokens", StopReason::Length),
        (ProviderKind::Anthropic, "model_context_window_exceeded", StopReason::Length),
        (ProviderKind::Anthropic, "refusal", StopReason::ContentFilter),
    ];
    for (kind, reason, expected) in table {
        let server = ModelServer::playing([Script::say("x").stopping_for(reason)]).await;
        let (events, _) = events(&provider(kind, &server)).await;
        assert_eq!(stop_of(&events), Some(expected), "{reason}");
    }
}

/// Some compatible servers number no calls, give the same number to all, leave out ids, `[DONE]` or usage, or say
/// `stop` after calls.
#[tokio::test]
async fn looser_speakers_of_chat_completions_are_understood() {
    let chunk = |delta: serde_json::Value, reason: Option<&str>| {
        format!("data: {}\n\n", json!({ "choices": [{ "delta": delta, "finish_reason": reason }] }))
    };
    let call = |id: &str, index: Option<u8>, name: &str| {
        let function = json!({ "name": name, "arguments": "{}" });
        json!({ "tool_calls": [{ "id": id, "index": index, "function": function }] })
    };
    let script = Script::answer()
        .raw(": a comment\n\n")
        .raw(&chunk(call("a", Some(0), "one"), None))
        .raw(&chunk(call("b", Some(0), "two"), None))
        .raw(&chunk(call("", None, "three"), None))
        .raw(&chunk(json!({ "content": "", "reasoning_content": "hm" }), Some("stop")))
        .then_nothing();
    let server = ModelServer::playing([script]).await;
    let (events, error) = events(&provider(ProviderKind::OpenAi, &server)).await;
    assert!(error.is_none(), "{error:?}");
    let event = |id: &str, name: &str| {
        ModelEvent::ToolCall(ModelToolCall { id: id.into(), name: name.into(), arguments: json!({}) })
    };
    let expected = [
        event("a", "one"),
        event("b", "two"),
        event("call_2", "three"),
        ModelEvent::Stop(StopReason::ToolCalls),
    ];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn thinking_and_unknown_records_are_passed_over() {
    let record = |value: serde_json::Value| format!("data: {value}\n\n");
    let thinking = json!({ "type": "thinking", "thinking": "", "signature": "" });
    let delta = json!({ "type": "thinking_delta", "thinking": "hm" });
    let script = Script::answer()
        .raw(&record(json!({ "type": "content_block_start", "index": 7, "content_block": thinking })))
        .raw(&record(json!({ "type": "content_block_delta", "index": 7, "delta": delta })))
        .raw(&record(json!({ "type": "content_block_stop", "index": 7 })))
        .raw(&record(json!({ "type": "something_new", "index": 1 })))
        .text("Hello");
    let server = ModelServer::playing([script]).await;
    let (events, error) = events(&provider(ProviderKind::Anthropic, &server)).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(text_of(&events), "Hello");
}

#[tokio::test]
async fn the_request_carries_credential_model_limit_and_tools() {
    for kind in KINDS {
        let server = ModelServer::playing([Script::say("x"), Script::say("x")]).await;
        let provider = provider(kind, &server);
        drop(provider.stream(asking("Hi")).await.unwrap());
        drop(provider.stream(ModelRequest { model: Some("other".into()), ..asking("Hi") }).await.unwrap());

        let [first, second] = <[_; 2]>::try_from(server.requests()).unwrap();
        assert_eq!((&first.body["model"], &second.body["model"]), (&json!("m1"), &json!("other")));
        assert_eq!((&first.body["stream"], &first.body["max_tokens"]), (&json!(true), &json!(64)));
        assert_eq!(first.last_text(), "Hi");
        if kind == ProviderKind::Anthropic {
            assert_eq!((first.path.as_str(), first.header("x-api-key")), ("/v1/messages", KEY));
            assert_eq!(first.header("anthropic-version"), "2023-06-01");
            assert_eq!(first.body["tools"][0]["name"], "memory__search");
            assert_eq!(first.body["system"], "Be brief.");
        } else {
            assert_eq!(first.path, "/v1/chat/completions");
            assert_eq!(first.header("authorization"), format!("Bearer {KEY}"));
            assert_eq!(first.body["tools"][0]["function"]["name"], "memory__search");
        }
    }
}

#[tokio::test]
async fn ollama_speaks_below_v1_and_needs_no_key() {
    let server = ModelServer::playing([Script::say("x")]).await;
    let mut config = config(ProviderKind::Ollama, Some(format!("{}/", server.url())));
    config.api_key = None;
    let provider = build(&config, &egress(Limits::default())).unwrap();
    drop(provider.stream(asking("Hi")).await.unwrap());
    let request = &server.requests()[0];
    assert_eq!((request.path.as_str(), request.header("authorization")), ("/v1/chat/completions", ""));
}

#[test]
fn what_the_configuration_leaves_out_is_filled_in() {
    let egress = egress(Limits::default());
    for kind in [ProviderKind::OpenAi, ProviderKind::Anthropic, ProviderKind::Ollama, ProviderKind::Gemini] {
        let mut config = config(kind, None);
        config.models.clear();
        let provider = build(&config, &egress).unwrap();
        assert_eq!(provider.id(), "main");
        assert!(
            provider.models().iter().all(|model| model.provider == "main") && !provider.models().is_empty()
        );
    }
}

#[test]
fn a_configuration_that_cannot_work_is_refused_without_telling_the_key() {
    let egress = egress(Limits::default());
    for kind in KINDS {
        for url in ["ftp://127.0.0.1", "http://169.254.169.254/v1", "nonsense", "https://user@api.example"] {
            let refused = build(&config(kind, Some(url.into())), &egress).err().unwrap();
            assert_eq!(refused.field(), Some("base_url"), "{url}");
        }
        let mut odd = config(kind, None);
        odd.api_key = Some(format!("{KEY}\nx"));
        let refused = build(&odd, &egress).err().unwrap();
        assert_eq!(refused.field(), Some("api_key"));
        assert!(!format!("{refused:?} {odd:?}").contains("secret"));
    }
}
