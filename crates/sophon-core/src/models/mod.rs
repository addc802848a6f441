//! Which model answers: by preference, with retries, and over to the next provider when one fails.

mod asking;
mod history;
mod offline;

pub(crate) use asking::Asking;
pub use offline::OfflineModel;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt;
use parking_lot::Mutex;
use sophon_model::ports::{
    ModelError, ModelEvent, ModelInfo, ModelProvider, ModelRequest, ModelStream, ModelToolCall,
};
use sophon_model::text::{clean, clean_json};
use sophon_model::{Error, Result, Usage};

/// The providers, in order of priority.
#[derive(Clone)]
pub struct Models {
    providers: Arc<[Arc<dyn ModelProvider>]>,
    is_offline: bool,
    /// For each provider and model the most output that it turned out to accept.
    outputs: Arc<Mutex<HashMap<(String, String), u32>>>,
}

impl Models {
    /// With none configured, the built-in offline agent answers.
    pub(crate) fn new(mut providers: Vec<Arc<dyn ModelProvider>>) -> Self {
        let is_offline = providers.is_empty();
        if is_offline {
            providers.push(Arc::new(OfflineModel::new()));
        }
        Self { providers: providers.into(), is_offline, outputs: Arc::default() }
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

    /// Begins to ask for an answer, of the preferred model first.
    pub(crate) fn asking(&self, preferred: Option<&str>, request: ModelRequest) -> Asking {
        Asking::new(self.clone(), preferred, request)
    }

    /// The text of a whole answer, cut at `longest` bytes. What it consumed is added to `usage`, also if it fails.
    pub(crate) async fn answer(
        &self,
        preferred: Option<&str>,
        request: ModelRequest,
        longest: usize,
        usage: &mut Usage,
    ) -> Result<String> {
        let mut asking = self.asking(preferred, request);
        loop {
            let stream = asking.begin().await?;
            match read_text(stream, longest, usage).await {
                Ok(text) if text.trim().is_empty() => asking.came_to_nothing(),
                Ok(text) => {
                    asking.succeeded();
                    return Ok(text);
                }
                Err(error) => asking.failed(error),
            }
        }
    }

    fn learned_output(&self, provider: &str, model: &str) -> Option<u32> {
        self.outputs.lock().get(&(provider.to_owned(), model.to_owned())).copied()
    }

    fn learn_output(&self, provider: &str, model: &str, output: u32) {
        self.outputs.lock().insert((provider.to_owned(), model.to_owned()), output);
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

/// The whole text of an answer, cut at `longest` bytes. Calls are no text.
async fn read_text(mut stream: ModelStream, longest: usize, usage: &mut Usage) -> Result<String, ModelError> {
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
            ModelEvent::Stop(_) => break,
        }
    }
    Ok(text)
}
