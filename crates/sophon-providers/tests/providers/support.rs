//! A provider of each kind in front of a model server.

use std::sync::Arc;

use futures_util::TryStreamExt;
use serde_json::json;
use sophon_egress::{Egress, EgressOptions, Limits, install_crypto};
use sophon_model::Risk;
use sophon_model::ports::{
    ModelError, ModelEvent, ModelMessage, ModelProvider, ModelRequest, StopReason, ToolSpec,
};
use sophon_providers::{ProviderConfig, ProviderKind, build};
use sophon_testkit::ModelServer;

/// One kind for each wire format.
pub const KINDS: [ProviderKind; 5] = [
    ProviderKind::OpenAi,
    ProviderKind::Responses,
    ProviderKind::Anthropic,
    ProviderKind::Gemini,
    ProviderKind::Ollama,
];

pub const KEY: &str = "sk-test-0123456789-secret";

pub fn egress(limits: Limits) -> Egress {
    install_crypto();
    Egress::new(EgressOptions { limits, ..EgressOptions::default() }).unwrap()
}

pub fn config(kind: ProviderKind, base_url: Option<String>) -> ProviderConfig {
    ProviderConfig {
        base_url,
        api_key: Some(KEY.into()),
        models: vec!["m1".into()],
        ..ProviderConfig::new("main", kind)
    }
}

pub fn url(kind: ProviderKind, server: &ModelServer) -> String {
    match kind {
        ProviderKind::OpenAi | ProviderKind::Responses => server.openai_url(),
        ProviderKind::Anthropic | ProviderKind::Gemini | ProviderKind::Ollama => server.url(),
    }
}

/// Writes a record as the wire frames it.
pub fn record(kind: ProviderKind, data: &str) -> String {
    if kind == ProviderKind::Ollama { format!("{data}\n") } else { format!("data: {data}\n\n") }
}

pub fn provider_with(kind: ProviderKind, server: &ModelServer, limits: Limits) -> Arc<dyn ModelProvider> {
    build(&config(kind, Some(url(kind, server))), &egress(limits)).unwrap()
}

pub fn provider(kind: ProviderKind, server: &ModelServer) -> Arc<dyn ModelProvider> {
    provider_with(kind, server, Limits::default())
}

pub fn asking(text: &str) -> ModelRequest {
    ModelRequest {
        model: None,
        system: "Be brief.".into(),
        messages: vec![ModelMessage::User { content: text.into() }],
        tools: vec![ToolSpec {
            name: "memory.search".into(),
            description: "Searches.".into(),
            parameters: json!({ "type": "object" }),
            risk: Risk::None,
            is_editable: false,
        }],
        max_output_tokens: 64,
    }
}

/// All events of an answer, and the error that ended it, if one did.
pub async fn events(provider: &Arc<dyn ModelProvider>) -> (Vec<ModelEvent>, Option<ModelError>) {
    let mut stream = match provider.stream(asking("Hi")).await {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut events = Vec::new();
    loop {
        match stream.try_next().await {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, None),
            Err(error) => return (events, Some(error)),
        }
    }
}

pub fn text_of(events: &[ModelEvent]) -> String {
    let texts =
        events.iter().map(|event| if let ModelEvent::Text(text) = event { text.as_str() } else { "" });
    texts.collect()
}

pub fn stop_of(events: &[ModelEvent]) -> Option<StopReason> {
    match events.last() {
        Some(ModelEvent::Stop(reason)) => Some(*reason),
        _ => None,
    }
}
