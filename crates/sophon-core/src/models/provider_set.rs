//! Which model answers: by preference, with retries, and over to the next provider when one fails.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use parking_lot::Mutex;
use serde_json::json;
use sophon_model::ports::{
    ModelError, ModelEvent, ModelInfo, ModelProvider, ModelRequest, ModelStream, ModelToolCall,
};
use sophon_model::text::{clean, clean_json};
use sophon_model::{Error, Result, Usage};

use super::history::BYTES_A_TOKEN;
use super::offered::{Hidden, Offers, nearest};
use super::{Asking, OfflineModel};
use crate::lifecycle::Lifecycle;

/// The providers that are asked, in order of priority. Never changes: with other providers there is another set, and an
/// answer that has begun keeps the set that it began with.
#[derive(Clone)]
pub(crate) struct ProviderSet {
    pub(super) providers: Arc<[Arc<dyn ModelProvider>]>,
    pub(super) is_offline: bool,
    /// For each provider and model the most output that it turned out to accept.
    outputs: Arc<Mutex<HashMap<(String, String), u32>>>,
    pub(super) offers: Arc<Offers>,
}

/// Whether a model can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Availability {
    /// A provider has it configured or offers it.
    Offered,
    /// No provider offers it.
    Unknown,
    /// The list of a provider that may offer it cannot be read.
    Unchecked,
}

/// A model that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedModel {
    /// The model.
    pub info: ModelInfo,
    /// Whether it is configured. Otherwise its provider's service offers it.
    pub is_configured: bool,
}

impl ProviderSet {
    /// With no providers, the built-in offline agent answers. What is hidden is not on offer, whatever a service lists.
    pub(crate) fn new(
        mut providers: Vec<Arc<dyn ModelProvider>>,
        hidden: Hidden,
        lifecycle: Lifecycle,
    ) -> Self {
        let is_offline = providers.is_empty();
        if is_offline {
            providers.push(Arc::new(OfflineModel::new()));
        }
        let providers: Arc<[_]> = providers.into();
        let offers = Offers::new(providers.clone(), hidden, lifecycle);
        Self { providers, is_offline, outputs: Arc::default(), offers }
    }

    /// Refuses what only a language model can do if there is none.
    pub(crate) fn require_language_model(&self) -> Result<()> {
        if !self.is_offline {
            return Ok(());
        }
        let text = "No model provider is configured, and this needs a language model. Add one in the dashboard under \
            Models, or with `sophon onboard`.";
        Err(Error::conflict(text).with_code("no_model_provider"))
    }

    /// What can be asked for: the models that are configured, and then what the services offered when they were last
    /// asked. The first call waits for them, three seconds at the most.
    pub(crate) async fn list(&self) -> Vec<ListedModel> {
        self.offers.look().await;
        self.known()
    }

    /// The same, as far as it is known now. What is not is looked for meanwhile.
    pub(crate) fn known_now(&self) -> Vec<ListedModel> {
        self.offers.look_if_due();
        self.known()
    }

    fn known(&self) -> Vec<ListedModel> {
        let configured = self.providers.iter().flat_map(|provider| provider.models().to_vec());
        let configured = configured.map(|info| ListedModel { info, is_configured: true });
        let offered = self.providers.iter().flat_map(|provider| {
            let offer = self.offers.of(provider.id()).unwrap_or_default();
            let others = offer.iter().filter(|model| !is_configured(&**provider, &model.id));
            others.cloned().collect::<Vec<_>>()
        });
        configured.chain(offered.map(|info| ListedModel { info, is_configured: false })).collect()
    }

    /// Refuses the name of a model that no provider offers, with the nearest that one does. While the list of a
    /// provider cannot be read, every name is accepted; a turn that asks for it says what the provider makes of it.
    pub(crate) async fn require_offered(&self, field: &str, model: &str) -> Result<()> {
        // The caller that names it may just have put it there.
        if self.availability(model, Duration::ZERO).await != Availability::Unknown {
            return Ok(());
        }
        let nearest = self.nearest(model);
        let text = format!("No model provider offers the model '{model}'. Nearest: {}.", nearest.join(", "));
        let details = json!({ "field": field, "reason": text, "nearest": nearest });
        Err(Error::validation(field, text).with_details(details))
    }

    /// Whether a provider offers a model of this name, as far as can be found out now. Lists that do not name it are
    /// read again if they are older than `max_age`.
    pub(super) async fn availability(&self, model: &str, max_age: Duration) -> Availability {
        self.look_for(Some(model)).await;
        if self.is_available(model) {
            return Availability::Offered;
        }
        let is_read = self.offers.refresh(max_age).await;
        if self.is_available(model) {
            Availability::Offered
        } else if is_read && self.providers.iter().all(|provider| self.has_known_list(&**provider)) {
            Availability::Unknown
        } else {
            Availability::Unchecked
        }
    }

    fn is_available(&self, model: &str) -> bool {
        self.providers.iter().any(|provider| self.model_of(&**provider, model).is_some())
    }

    /// Whether all models of a provider are known: a part of this process has those that are configured.
    pub(super) fn has_known_list(&self, provider: &dyn ModelProvider) -> bool {
        provider.service().is_none() || self.offers.of(provider.id()).is_some()
    }

    /// The names of models that are nearest to a wrong one.
    pub(super) fn nearest(&self, wanted: &str) -> Box<[String]> {
        let mut known: Vec<ModelInfo> = Vec::new();
        for provider in &*self.providers {
            known.extend(provider.models().iter().cloned());
            known.extend(self.offers.of(provider.id()).iter().flat_map(|offer| offer.iter().cloned()));
        }
        known.sort_by(|one, other| one.id.cmp(&other.id));
        known.dedup_by(|one, other| one.id == other.id);
        nearest(wanted, &known)
    }

    /// Whether another model may answer than the one that is asked for: there is another provider, or none at all.
    pub(super) fn fails_over(&self) -> bool {
        self.providers.len() > 1 || self.is_offline
    }

    /// Begins to ask for an answer, of the preferred model first.
    pub(crate) fn asking(&self, preferred: Option<&str>, request: ModelRequest) -> Asking {
        Asking::new(self.clone(), preferred, request)
    }

    /// Bytes of text that whichever model may be asked can surely read at once.
    pub(crate) fn readable_bytes(&self, preferred: Option<&str>) -> usize {
        let contexts =
            self.providers.iter().map(|provider| self.info_of(&**provider, preferred).context_tokens);
        contexts.min().unwrap_or_default() as usize * BYTES_A_TOKEN
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

    pub(super) fn learned_output(&self, provider: &str, model: &str) -> Option<u32> {
        self.outputs.lock().get(&(provider.to_owned(), model.to_owned())).copied()
    }

    pub(super) fn learn_output(&self, provider: &str, model: &str, output: u32) {
        self.outputs.lock().insert((provider.to_owned(), model.to_owned()), output);
    }

    /// Looks what the services offer if the preferred model is not configured, and no look has ended yet.
    async fn look_for(&self, preferred: Option<&str>) {
        let is_known = |model| self.providers.iter().any(|provider| is_configured(&**provider, model));
        if preferred.is_some_and(|model| !is_known(model)) {
            self.offers.look().await;
        }
    }

    /// Those first for which the preferred model is configured, then those that offer it, then those that may;
    /// otherwise as configured.
    pub(super) fn in_order(&self, preferred: Option<&str>) -> Vec<Arc<dyn ModelProvider>> {
        let mut ordered: Vec<_> = self.providers.iter().cloned().collect();
        ordered.sort_by_key(|provider| match preferred {
            Some(model) if is_configured(&**provider, model) => 0,
            Some(model) if self.model_of(&**provider, model).is_some() => 1,
            Some(_) if !self.has_known_list(&**provider) => 2,
            _ => 3,
        });
        ordered
    }

    /// The model that this provider would answer with.
    pub(super) fn info_of(&self, provider: &dyn ModelProvider, preferred: Option<&str>) -> ModelInfo {
        let wanted = preferred.and_then(|model| self.model_of(provider, model));
        let first = || provider.models().first().cloned();
        wanted.or_else(first).unwrap_or_else(|| ModelInfo::unknown("", provider.id()))
    }

    /// The provider's model of this name, if it is configured or on offer.
    pub(super) fn model_of(&self, provider: &dyn ModelProvider, model: &str) -> Option<ModelInfo> {
        let named = |models: &[ModelInfo]| models.iter().find(|info| info.id == model).cloned();
        named(provider.models()).or_else(|| named(&self.offers.of(provider.id())?))
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
pub(super) fn cleaned(event: Result<ModelEvent, ModelError>) -> Result<ModelEvent, ModelError> {
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

pub(super) fn is_configured(provider: &dyn ModelProvider, model: &str) -> bool {
    provider.models().iter().any(|configured| configured.id == model)
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
