//! What a provider makes of bad answers and of none.

use std::num::NonZeroU32;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use serde_json::json;
use sophon_egress::Limits;
use sophon_model::ports::{ModelError, ModelErrorKind, ModelEvent};
use sophon_providers::{ProviderConfig, ProviderKind, build};
use sophon_testkit::{Gate, ModelServer, Script};

use crate::support::{
    KEY, KINDS, asking, config, egress, events, provider, provider_with, record, text_of, url,
};

async fn refused(kind: ProviderKind, script: Script) -> ModelError {
    let server = ModelServer::playing([script]).await;
    provider(kind, &server).stream(asking("Hi")).await.err().expect("a refusal")
}

#[tokio::test]
async fn each_refusal_has_its_meaning_and_the_providers_words() {
    use ModelErrorKind as K;
    let table = [
        (400, "bad request", K::Refused),
        (401, "who are you", K::Unauthorized),
        (403, "not for you", K::Unauthorized),
        (404, "no such page", K::Refused),
        (404, "no such model", K::UnknownModel),
        (422, "odd", K::Refused),
        (400, "This model's maximum context length is 8192 tokens", K::TooLong),
        (413, "request too large", K::TooLong),
        (429, "slow down", K::RateLimited),
        (500, "oh", K::ServerError),
        (503, "busy", K::ServerError),
        (529, "Overloaded", K::ServerError),
    ];
    for kind in KINDS {
        for (status, words, expected) in table {
            let error = refused(kind, Script::refuse(status, words)).await;
            assert_eq!(error.kind, expected, "{kind:?} {status} {words}");
            assert_eq!(error.message, format!("HTTP {status}: {words}"));
            assert_eq!(error.provider, "main");
        }
    }
}

#[tokio::test]
async fn a_rate_limit_tells_when_to_come_back() {
    for kind in KINDS {
        let error = refused(kind, Script::refuse(429, "slow down").retry_after("7")).await;
        assert_eq!(
            (error.kind, error.retry_after),
            (ModelErrorKind::RateLimited, Some(Duration::from_secs(7)))
        );
    }
}

#[tokio::test]
async fn one_call_is_one_request_whatever_comes_back() {
    for kind in KINDS {
        let server = ModelServer::start(|_| Script::refuse(503, "busy").retry_after("0")).await;
        provider(kind, &server).stream(asking("Hi")).await.err().unwrap();
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn the_key_is_in_no_error_even_if_the_provider_repeats_it() {
    for kind in KINDS {
        let echo = format!("Bad key {KEY}, I say: {KEY}");
        let told = echo.clone();
        let broken = record(kind, &format!("{{\"error\":{{\"message\":\"{KEY}\"}},\"type\":\"error\"}}"));
        let server = ModelServer::playing([Script::refuse(401, &told), Script::answer().raw(&broken)]).await;
        let provider = provider(kind, &server);
        for _ in 0..2 {
            let error = events(&provider).await.1.unwrap();
            let all = format!("{error} {error:?} {:?}", sophon_model::Error::from(error.clone()));
            assert!(!all.contains("secret") && all.contains("[API key]"), "{all}");
        }
    }
}

#[tokio::test]
async fn an_error_in_the_middle_keeps_what_was_said() {
    let error = json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
    for kind in KINDS {
        let server = ModelServer::playing([Script::say("Half").raw(&record(kind, &error.to_string()))]).await;
        let (events, error) = events(&provider(kind, &server)).await;
        assert_eq!(text_of(&events), "Half");
        let error = error.unwrap();
        assert_eq!((error.kind, error.message.as_str()), (ModelErrorKind::ServerError, "Overloaded"));
    }
}

#[tokio::test]
async fn garbage_is_named_as_such() {
    for kind in KINDS {
        for garbage in ["{garbage", "\u{1}", "{\"a\":1}}"] {
            // Where a line is a record, a broken one is known only at the end.
            let garbage = record(kind, garbage);
            let garbage = garbage.as_str();
            let server = ModelServer::playing([Script::say("Half").raw(garbage)]).await;
            let (events, error) = events(&provider(kind, &server)).await;
            assert_eq!(text_of(&events), "Half");
            if kind != ProviderKind::Ollama {
                assert_eq!(error.unwrap().kind, ModelErrorKind::Malformed, "{kind:?} {garbage}");
            }
        }
    }
}

#[tokio::test]
async fn an_answer_without_an_end_broke_off() {
    for kind in KINDS {
        for script in [Script::say("Half").then_nothing(), Script::answer().then_nothing()] {
            let server = ModelServer::playing([script]).await;
            let (_, error) = events(&provider(kind, &server)).await;
            assert_eq!(error.unwrap().kind, ModelErrorKind::BrokenOff, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_breaks_keeps_what_was_said_and_broke_off() {
    for kind in KINDS {
        let gate = Gate::new();
        let server = ModelServer::playing([Script::say("Half").wait(&gate).then_cut()]).await;
        let mut stream = provider(kind, &server).stream(asking("Hi")).await.unwrap();
        assert_eq!(stream.try_next().await.unwrap(), Some(ModelEvent::Text("Half".into())));
        gate.open();
        let error = stream.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::BrokenOff, "{kind:?}: {error}");
        assert!(stream.next().await.is_none(), "an error is the last item");
    }
}

#[tokio::test]
async fn a_stream_that_goes_silent_times_out() {
    for kind in KINDS {
        let server = ModelServer::playing([Script::say("Half").then_silence()]).await;
        let config =
            ProviderConfig { idle_seconds: NonZeroU32::new(1), ..config(kind, Some(url(kind, &server))) };
        let (events, error) = events(&build(&config, &egress(Limits::default())).unwrap()).await;
        assert_eq!(text_of(&events), "Half");
        assert_eq!(error.unwrap().kind, ModelErrorKind::TimedOut, "{kind:?}");
        server.wait_until_idle().await;
    }
}

#[tokio::test]
async fn a_provider_that_never_begins_times_out() {
    for kind in KINDS {
        let server = ModelServer::playing([Script::silence()]).await;
        let config = ProviderConfig {
            first_byte_seconds: NonZeroU32::new(1),
            ..config(kind, Some(url(kind, &server)))
        };
        let provider = build(&config, &egress(Limits::default())).unwrap();
        let error = provider.stream(asking("Hi")).await.err().unwrap();
        assert!(!error.is_passing(), "what took too long is not asked for again");
        assert_eq!(error.kind, ModelErrorKind::TimedOut, "{kind:?}");
    }
}

#[tokio::test]
async fn a_head_is_no_beginning_of_an_answer() {
    for kind in KINDS {
        let server = ModelServer::playing([Script::recorded(200, &[], "").then_silence()]).await;
        let config = ProviderConfig {
            first_byte_seconds: NonZeroU32::new(1),
            idle_seconds: NonZeroU32::new(300),
            ..config(kind, Some(url(kind, &server)))
        };
        let (_, error) = events(&build(&config, &egress(Limits::default())).unwrap()).await;
        let error = error.unwrap();
        assert_eq!(error.kind, ModelErrorKind::TimedOut, "{kind:?}");
        assert!(error.message.contains("The limit is first_byte_seconds."), "{error}");
    }
}

#[tokio::test]
async fn an_answer_without_bounds_is_cut_off() {
    let limits = Limits { stream_bytes: 10_000, ..Limits::default() };
    for kind in KINDS {
        let server = ModelServer::playing([Script::say(&"long ".repeat(10_000))]).await;
        let (_, error) = events(&provider_with(kind, &server, limits.clone())).await;
        assert_eq!(error.unwrap().kind, ModelErrorKind::AnswerTooLong, "{kind:?}");
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_unavailable() {
    let gone = ModelServer::playing([]).await.url();
    for kind in KINDS {
        let provider = build(&config(kind, Some(gone.clone())), &egress(Limits::default())).unwrap();
        let error = provider.stream(asking("Hi")).await.err().unwrap();
        assert!(error.is_passing());
        assert_eq!(error.kind, ModelErrorKind::Unavailable, "{error}");
    }
}

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() {
    for kind in KINDS {
        let gate = Gate::new();
        let server = ModelServer::playing([Script::say("one").wait(&gate)]).await;
        let mut stream = provider(kind, &server).stream(asking("Hi")).await.unwrap();
        stream.try_next().await.unwrap();
        gate.reached().await;
        drop(stream);
        server.wait_until_idle().await;
    }
}

#[tokio::test]
async fn calls_without_a_name_or_without_number_are_malformed() {
    let calls = |count: usize| {
        (0..count).map(|n| sophon_testkit::model_server::Call::new(&n.to_string(), "t", json!({})))
    };
    for kind in KINDS {
        let nameless = Script::answer().tool_call("c", "", json!({}));
        let server = ModelServer::playing([nameless, Script::answer().tool_calls(calls(257))]).await;
        let provider = provider(kind, &server);
        for _ in 0..2 {
            assert_eq!(events(&provider).await.1.unwrap().kind, ModelErrorKind::Malformed, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn a_record_without_end_is_cut_off_before_it_fills_the_memory() {
    for kind in KINDS {
        let server =
            ModelServer::playing([Script::say("Half").raw("data: ").raw(&"x".repeat(5 * 1024 * 1024))]).await;
        let (_, error) = events(&provider(kind, &server)).await;
        let error = error.unwrap();
        assert!(error.message.contains("a record is longer than 4096 KiB"), "{kind:?}: {error}");
    }
}

#[tokio::test]
async fn how_long_a_record_and_an_answer_may_be_is_the_operators_to_say() {
    for (record, answer, told) in
        [(2, 64, "a record is longer than 2 KiB"), (64, 2, "is longer than 2048 bytes")]
    {
        let server = ModelServer::playing([Script::say(&"word ".repeat(1_000))]).await;
        let config = ProviderConfig {
            max_record_kib: NonZeroU32::new(record),
            max_answer_kib: NonZeroU32::new(answer),
            ..config(ProviderKind::OpenAi, Some(server.openai_url()))
        };
        let (_, error) = events(&build(&config, &egress(Limits::default())).unwrap()).await;
        let error = error.unwrap();
        assert_eq!(error.kind, ModelErrorKind::AnswerTooLong);
        assert!(error.message.contains(told) && !error.is_passing(), "{error}");
        assert!(error.to_string().contains("max_answer_kib"), "{error}");
    }
}

#[tokio::test]
async fn an_error_names_the_model_the_url_and_the_next_step() {
    for kind in KINDS {
        let server = ModelServer::playing([Script::refuse(401, "who are you")]).await;
        let text = provider(kind, &server).stream(asking("Hi")).await.err().unwrap().to_string();
        let url = url(kind, &server);
        assert_eq!(
            text,
            format!(
                "The model provider 'main' (model 'm1' at {url}) does not accept the API key: HTTP 401: who are you. Check the provider's API key."
            )
        );
    }
}
