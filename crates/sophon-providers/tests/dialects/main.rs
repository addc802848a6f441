//! Answers as servers really send them, and what is made of each.
//!
//! A shape is a file in the folder of its dialect: what is known of it and the right outcome as TOML, a line `---`, and
//! the body, byte for byte.

mod shape;

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use futures_util::TryStreamExt;
use sophon_egress::{Egress, EgressOptions, Limits};
use sophon_model::ports::{ModelErrorKind, ModelEvent, ModelMessage, ModelRequest, StopReason};
use sophon_providers::{ProviderConfig, ProviderKind, build};
use sophon_testkit::{Gate, ModelServer, Script};

use shape::{Outcome, Shape, Then};

#[tokio::test]
async fn every_shape_of_chat_completions_has_its_right_outcome() {
    check("openai", ProviderKind::OpenAi, 100).await;
}

#[tokio::test]
async fn every_shape_of_responses_has_its_right_outcome() {
    check("responses", ProviderKind::Responses, 20).await;
}

#[tokio::test]
async fn every_shape_of_anthropics_messages_has_its_right_outcome() {
    check("anthropic", ProviderKind::Anthropic, 35).await;
}

#[tokio::test]
async fn every_shape_of_gemini_has_its_right_outcome() {
    check("gemini", ProviderKind::Gemini, 20).await;
}

#[tokio::test]
async fn every_shape_of_ollama_has_its_right_outcome() {
    check("ollama", ProviderKind::Ollama, 20).await;
}

/// Checks the shapes in a folder, of which there are at least so many: one that is not found is no success.
async fn check(dialect: &str, kind: ProviderKind, fewest: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialects").join(dialect);
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    assert!(files.len() >= fewest, "only {} shapes", files.len());
    sophon_egress::install_crypto();
    let limits = Limits { idle: Duration::from_secs(20), ..Limits::default() };
    let egress = Egress::new(EgressOptions { limits, ..EgressOptions::default() }).unwrap();
    let mut wrong = String::new();
    for file in files {
        let shape = Shape::read(&file).unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
        // Cut in the middle of characters, lines and records, and as one piece.
        let pieces: &[usize] = if shape.is_slow() { &[7] } else { &[1, 7, usize::MAX] };
        for &piece in pieces {
            let got = answer(kind, &egress, &shape, piece).await;
            if let Err(problem) = shape.expected.compare(&got) {
                let name = file.file_stem().unwrap().display();
                let _ = write!(wrong, "\n{name} in pieces of {piece}: {problem}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

async fn answer(kind: ProviderKind, egress: &Egress, shape: &Shape, piece: usize) -> Outcome {
    let script = Script::recorded(shape.status, &shape.headers(), shape.body.clone()).in_pieces_of(piece);
    let gate = Gate::new();
    let server = ModelServer::playing([match shape.then {
        Then::Nothing => script,
        Then::Reset => script.wait(&gate).then_cut(),
        Then::Open => script.then_silence(),
    }])
    .await;
    // What was said before the connection breaks has arrived by then.
    tokio::spawn(async move {
        gate.reached().await;
        gate.open();
    });
    let is_openai = matches!(kind, ProviderKind::OpenAi | ProviderKind::Responses);
    let config = ProviderConfig {
        base_url: Some(if is_openai { server.openai_url() } else { server.url() }),
        models: vec!["m1".into()],
        ..ProviderConfig::new("p", kind)
    };
    let request = ModelRequest {
        model: None,
        system: String::new(),
        messages: vec![ModelMessage::User { content: "Hi".into() }],
        tools: ["weather.get", "clock.now"].map(shape::tool).to_vec(),
        max_output_tokens: 64,
    };
    let mut got = Outcome::default();
    let mut stream = match build(&config, egress).unwrap().stream(request).await {
        Ok(stream) => stream,
        Err(error) => return got.failed(error),
    };
    loop {
        match stream.try_next().await {
            Ok(Some(ModelEvent::Text(text))) => got.text.push_str(&text),
            Ok(Some(ModelEvent::ToolCall(call))) => {
                got.calls.push(format!("{} {}", call.name, call.arguments));
            }
            Ok(Some(ModelEvent::Usage(usage))) => got.usage = Some((usage.input_tokens, usage.output_tokens)),
            Ok(Some(ModelEvent::Reasoning(reasoning))) => got.reasoning = Some(reasoning.data),
            Ok(Some(ModelEvent::Stop(reason))) => got.stop = Some(stop_name(reason).to_owned()),
            Ok(None) => return got,
            Err(error) => return got.failed(error),
        }
    }
}

fn stop_name(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Stop => "stop",
        StopReason::ToolCalls => "tool_calls",
        StopReason::Length => "length",
        StopReason::ContentFilter => "content_filter",
        StopReason::Incomplete => "incomplete",
    }
}

fn kind_name(kind: ModelErrorKind) -> String {
    format!("{kind:?}").to_lowercase()
}
