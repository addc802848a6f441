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
        (ProviderKind::Responses, "max_output_tokens", StopReason::Length),
        (ProviderKind::Gemini, "SAFETY", StopReason::ContentFilter),
        (ProviderKind::Ollama, "length", StopReason::Length),
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

#[tokio::test]
async fn the_request_carries_credential_model_limit_and_tools() {
    for kind in KINDS {
        let server = ModelServer::playing([Script::say("x"), Script::say("x")]).await;
        let provider = provider(kind, &server);
        drop(provider.stream(asking("Hi")).await.unwrap());
        drop(provider.stream(ModelRequest { model: Some("other".into()), ..asking("Hi") }).await.unwrap());

        let [first, second] = <[_; 2]>::try_from(server.requests()).unwrap();
        assert_eq!(first.last_text(), "Hi");
        let (path, key, tool, limit) = match kind {
            ProviderKind::OpenAi => {
                ("/v1/chat/completions", "authorization", "/tools/0/function/name", "/max_tokens")
            }
            ProviderKind::Responses => {
                ("/v1/responses", "authorization", "/tools/0/name", "/max_output_tokens")
            }
            ProviderKind::Anthropic => ("/v1/messages", "x-api-key", "/tools/0/name", "/max_tokens"),
            ProviderKind::Gemini => (
                "/models/m1:streamGenerateContent",
                "x-goog-api-key",
                "/tools/0/functionDeclarations/0/name",
                "/generationConfig/maxOutputTokens",
            ),
            ProviderKind::Ollama => {
                ("/api/chat", "authorization", "/tools/0/function/name", "/options/num_predict")
            }
        };
        assert_eq!(first.path, path);
        let expected = if key == "authorization" { format!("Bearer {KEY}") } else { KEY.to_owned() };
        assert_eq!(first.header(key), expected);
        assert_eq!(first.body.pointer(tool), Some(&json!("memory__search")), "{kind:?}");
        assert_eq!(first.body.pointer(limit), Some(&json!(64)), "{kind:?}");
        assert!(first.body.to_string().contains("Be brief."));
        if kind == ProviderKind::Gemini {
            assert_eq!(second.path, "/models/other:streamGenerateContent");
        } else {
            assert_eq!((&first.body["model"], &second.body["model"]), (&json!("m1"), &json!("other")));
            assert_eq!(first.body["stream"], true);
        }
    }
}

#[tokio::test]
async fn ollama_is_found_by_its_host_alone_and_needs_no_key() {
    let server = ModelServer::playing([Script::say("x")]).await;
    let host = server.url().replace("http://", "");
    let mut config = config(ProviderKind::Ollama, Some(host));
    config.api_key = None;
    let provider = build(&config, &egress(Limits::default())).unwrap();
    drop(provider.stream(asking("Hi")).await.unwrap());
    let request = &server.requests()[0];
    assert_eq!((request.path.as_str(), request.header("authorization")), ("/api/chat", ""));
}

#[test]
fn what_the_configuration_leaves_out_is_filled_in() {
    let egress = egress(Limits::default());
    for kind in KINDS {
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
        for url in ["ftp://127.0.0.1", "http://169.254.169.254/v1", "https://user@api.example"] {
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
