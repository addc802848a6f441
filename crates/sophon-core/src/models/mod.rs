//! Which model answers: by preference, with retries, and over to the next provider when one fails.

mod offline;

pub use offline::OfflineModel;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use sophon_model::ports::{
    ModelError, ModelEvent, ModelInfo, ModelProvider, ModelRequest, ModelStream, ModelToolCall, StopReason,
};
use sophon_model::text::{clean, clean_json};
use sophon_model::{Error, Kind, Result, Usage};

/// Attempts at a provider before the next one is asked.
const ATTEMPTS: u32 = 3;
/// The pause after the first failed attempt; it grows fourfold.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// A provider that asks for a longer pause than this is passed over.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The providers, in order of priority.
#[derive(Clone)]
pub struct Models {
    providers: Arc<[Arc<dyn ModelProvider>]>,
    is_offline: bool,
}

impl Models {
    /// With none configured, the built-in offline agent answers.
    pub(crate) fn new(mut providers: Vec<Arc<dyn ModelProvider>>) -> Self {
        let is_offline = providers.is_empty();
        if is_offline {
            providers.push(Arc::new(OfflineModel::new()));
        }
        Self { providers: providers.into(), is_offline }
    }

    /// Refuses what only a language model can do if there is none.
    pub(crate) fn require_language_model(&self) -> Result<()> {
        if !self.is_offline {
            return Ok(());
        }
        let text = "No model provider is configured, and this needs a language model. Set OPENAI_API_KEY, \
            ANTHROPIC_API_KEY or OLLAMA_HOST and start the gateway again.";
        Err(Error::conflict(text).with_code("no_model_provider"))
    }

    /// What can be asked for.
    pub fn list(&self) -> Vec<ModelInfo> {
        self.providers.iter().flat_map(|provider| provider.models().to_vec()).collect()
    }

    /// Begins an answer by the preferred model, or by another one if its provider cannot answer. The error names
    /// each provider that was asked and its reason.
    pub(crate) async fn stream(&self, preferred: Option<&str>, request: ModelRequest) -> Result<ModelStream> {
        let mut failures = Vec::new();
        for provider in self.in_order(preferred) {
            let model = preferred.filter(|model| offers(&**provider, model)).map(ToOwned::to_owned);
            let request = ModelRequest { model, ..request.clone() };
            match ask(&**provider, request).await {
                Ok(stream) => return Ok(stream.map(cleaned).boxed()),
                Err(failure) => {
                    tracing::warn!(provider = provider.id(), %failure, "a model provider could not answer");
                    failures.push(failure);
                }
            }
        }
        Err(all_failed(&failures))
    }

    /// The text of a whole answer, cut at `longest` bytes. What it consumed is added to `usage`, also if it fails.
    pub(crate) async fn answer(
        &self,
        preferred: Option<&str>,
        request: ModelRequest,
        longest: usize,
        usage: &mut Usage,
    ) -> Result<String> {
        let mut stream = self.stream(preferred, request).await?;
        let mut text = String::new();
        while let Some(event) = stream.next().await {
            match event? {
                ModelEvent::Text(piece) => {
                    let room = longest.saturating_sub(text.len());
                    text.push_str(&piece[..piece.floor_char_boundary(room)]);
                }
                ModelEvent::ToolCall(_) | ModelEvent::Reasoning(_) => {}
                ModelEvent::Usage(used) => {
                    count_tokens(&used);
                    usage.add(&used);
                }
                ModelEvent::Stop(reason) if text.trim().is_empty() => {
                    let text = match reason {
                        StopReason::ContentFilter => "The model's provider refused to answer this.",
                        _ => "The model said nothing.",
                    };
                    return Err(Error::new(Kind::UpstreamUnavailable, text));
                }
                ModelEvent::Stop(_) => return Ok(text),
            }
        }
        Err(Error::new(Kind::UpstreamUnavailable, "The model's answer ended without saying so."))
    }

    /// Those that offer the preferred model first; otherwise as configured.
    fn in_order(&self, preferred: Option<&str>) -> Vec<&Arc<dyn ModelProvider>> {
        let mut ordered: Vec<_> = self.providers.iter().collect();
        ordered.sort_by_key(|provider| !preferred.is_some_and(|model| offers(&***provider, model)));
        ordered
    }
}

/// Adds what a model call consumed to the figures of the process.
pub(crate) fn count_tokens(usage: &Usage) {
    for (direction, tokens) in [("input", usage.input_tokens), ("output", usage.output_tokens)] {
        metrics::counter!("sophon_model_tokens_total", "direction" => direction, "provider" => usage.provider.clone())
            .increment(u64::try_from(tokens).unwrap_or(0));
    }
}

/// An event of an answer with all its texts in a form that storage takes.
fn cleaned(event: Result<ModelEvent, ModelError>) -> Result<ModelEvent, ModelError> {
    match event {
        Ok(ModelEvent::Text(text)) => Ok(ModelEvent::Text(clean(text))),
        Ok(ModelEvent::ToolCall(mut call)) => {
            clean_json(&mut call.arguments);
            Ok(ModelEvent::ToolCall(ModelToolCall { name: clean(call.name), ..call }))
        }
        Ok(ModelEvent::Reasoning(mut reasoning)) => {
            clean_json(&mut reasoning.data);
            Ok(ModelEvent::Reasoning(reasoning))
        }
        Ok(event @ (ModelEvent::Usage(_) | ModelEvent::Stop(_))) => Ok(event),
        Err(error) => Err(ModelError { message: clean(error.message), ..error }),
    }
}

fn offers(provider: &dyn ModelProvider, model: &str) -> bool {
    provider.models().iter().any(|offered| offered.id == model)
}

async fn ask(provider: &dyn ModelProvider, request: ModelRequest) -> Result<ModelStream, ModelError> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..ATTEMPTS {
        match provider.stream(request.clone()).await {
            Err(failure) if failure.is_passing() => {
                let wanted = failure.retry_after.unwrap_or(pause);
                if wanted > LONGEST_PAUSE {
                    return Err(failure);
                }
                tokio::time::sleep(wanted).await;
                pause *= 4;
            }
            settled => return settled,
        }
    }
    provider.stream(request).await
}

fn all_failed(failures: &[ModelError]) -> Error {
    let text: Vec<String> = failures.iter().map(ToString::to_string).collect();
    let providers: Vec<_> = failures
        .iter()
        .map(|failure| serde_json::json!({ "provider": failure.provider, "reason": failure.message }))
        .collect();
    Error::new(Kind::UpstreamUnavailable, text.join(" "))
        .with_details(serde_json::json!({ "providers": providers }))
}
