//! Asking for one answer: a provider again after trouble that passes, with less where it was too much, and then the next.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use sophon_model::ports::{ModelError, ModelErrorKind, ModelInfo, ModelProvider, ModelRequest, ModelStream};
use sophon_model::{Error, Fallback, Kind, LeftOut, Result};

use super::history::{shorten, text_tokens, tool_tokens, well_formed};
use super::provider_set::{Availability, ProviderSet, cleaned};

/// Attempts at a provider that does not begin to answer, before the next one is asked.
const ATTEMPTS: u32 = 3;
/// Attempts at a provider whose answers break off or say nothing: each of them is paid for.
const BROKEN_ATTEMPTS: u32 = 2;
/// The pause after the first failed attempt; it grows fourfold.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// A provider that asks for a longer pause than this is passed over.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How often the conversation, and likewise the limit of output, is halved for a provider that refuses it.
const MOST_HALVINGS: u32 = 5;
/// How long the lists of all providers count for turns whose model they do not name.
const LISTS_COUNT: Duration = Duration::from_mins(1);
/// The fewest tokens of output that are asked for.
const LEAST_OUTPUT: u32 = 256;

/// One answer being asked for.
pub(crate) struct Asking {
    models: ProviderSet,
    preferred: Option<String>,
    request: ModelRequest,
    /// The providers in the order in which they are asked. Nothing until the first is.
    providers: Option<Vec<Arc<dyn ModelProvider>>>,
    /// Whether the preferred model can be asked for.
    availability: Availability,
    place: usize,
    at: Attempt,
    failures: Vec<ModelError>,
    left_out: LeftOut,
}

/// How it goes at one provider.
#[derive(Clone, Copy, Debug, Default)]
struct Attempt {
    failed: u32,
    wait: Duration,
    /// How often the conversation was halved.
    halvings: u32,
    /// How often the limit of output was halved.
    output_halvings: u32,
    /// The limit of output of the last request.
    output: u32,
    /// Whether the provider turned out not to have the model that nobody knew of whether it has it.
    lacks_model: bool,
}

impl Asking {
    pub(super) fn new(models: ProviderSet, preferred: Option<&str>, request: ModelRequest) -> Self {
        Self {
            models,
            preferred: preferred.map(ToOwned::to_owned),
            request,
            providers: None,
            availability: Availability::Offered,
            place: 0,
            at: Attempt::default(),
            failures: Vec::new(),
            left_out: LeftOut::default(),
        }
    }

    /// Begins an answer. Fails when no provider is left; the error names each that was asked and its reason. Fails also if
    /// nobody offers the preferred model, and no other may answer in its place.
    pub(crate) async fn begin(&mut self) -> Result<ModelStream> {
        if self.providers.is_none() {
            if let Some(preferred) = &self.preferred {
                self.availability = self.models.availability(preferred, LISTS_COUNT).await;
                if self.availability == Availability::Unknown && !self.models.fails_over() {
                    return Err(self.models.not_offered(preferred));
                }
            }
            self.providers = Some(self.models.in_order(self.preferred.as_deref()));
        }
        while let Some(provider) = self.present() {
            let wait = std::mem::take(&mut self.at.wait);
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            let request = self.request_for(&*provider);
            match provider.stream(request).await {
                Ok(stream) => return Ok(stream.map(cleaned).boxed()),
                Err(error) => self.note(error, ATTEMPTS),
            }
        }
        self.models.offers.advise(&mut self.failures).await;
        Err(all_failed(&self.failures))
    }

    /// The provider whose turn it is.
    fn present(&self) -> Option<Arc<dyn ModelProvider>> {
        self.providers.as_ref()?.get(self.place).cloned()
    }

    /// The answer that was begun came to nothing: the next one is asked for elsewhere, or once more.
    pub(crate) fn failed(&mut self, error: ModelError) {
        self.note(error, BROKEN_ATTEMPTS);
    }

    /// The answer that was begun says nothing and calls nothing.
    pub(crate) fn came_to_nothing(&mut self) {
        let Some(provider) = self.present() else { return };
        let error = ModelError {
            provider: provider.id().to_owned(),
            kind: ModelErrorKind::Empty,
            model: Some(self.info(&*provider).id.into()),
            url: provider.service().map(|service| service.url.into()),
            message: "it has no text".to_owned(),
            retry_after: None,
            nearest: [].into(),
        };
        self.failed(error);
    }

    /// What was left out of the last request because the model could not have read it.
    pub(crate) fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// Whether the preferred model could not be looked for, because the list of a provider cannot be read.
    pub(crate) fn is_unchecked(&self) -> bool {
        self.availability == Availability::Unchecked
    }

    /// That another model answers than the one that was asked for, or than the first one if none was.
    pub(crate) fn fallback(&self) -> Option<Fallback> {
        let (provider, first) = (self.present()?, self.providers.as_ref()?.first()?);
        let model = self.info(&*provider).id;
        let requested = match &self.preferred {
            Some(preferred) => preferred.clone(),
            None => self.info(&**first).id,
        };
        let is_other = model != requested || self.preferred.is_none() && self.place > 0;
        is_other.then(|| Fallback {
            reason: match self.failures.first() {
                Some(failure) => failure.summary(),
                None => format!("No model provider offers the model '{requested}'."),
            },
            requested,
            model,
            provider: provider.id().to_owned(),
        })
    }

    /// The name of the preferred model, if this provider is to be asked for it: it is known to have the model, or it may
    /// have it, as far as anybody knows.
    fn name_for(&self, provider: &dyn ModelProvider) -> Option<String> {
        let preferred = self.preferred.as_ref()?;
        let is_known = self.models.model_of(provider, preferred).is_some();
        (is_known || self.may_have(provider)).then(|| preferred.clone())
    }

    fn may_have(&self, provider: &dyn ModelProvider) -> bool {
        let is_open = !self.models.has_known_list(provider) || !self.models.fails_over();
        self.is_unchecked() && is_open && !self.at.lacks_model
    }

    /// The request as this provider can answer it: its model, the output that it can write, and of the conversation what
    /// fits beside that.
    fn request_for(&mut self, provider: &dyn ModelProvider) -> ModelRequest {
        let model = self.name_for(provider);
        let info = self.info(provider);
        let learned = self.models.learned_output(provider.id(), &info.id);
        let most = learned.unwrap_or(info.output_tokens).min(info.context_tokens / 2);
        let output = (self.request.max_output_tokens.min(most) >> self.at.output_halvings).max(LEAST_OUTPUT);
        self.at.output = output;
        let tools = if info.calls_tools { self.request.tools.clone() } else { Vec::new() };
        let fixed = text_tokens(&self.request.system) + tool_tokens(&tools) + output as usize;
        // With a system prompt larger than the context nothing fits; the provider says so.
        let context = info.context_tokens as usize;
        let room = context.saturating_sub(fixed).max(context / 8) >> self.at.halvings;
        let mut messages = well_formed(self.request.messages.clone());
        self.left_out = shorten(&mut messages, room);
        ModelRequest {
            model,
            messages,
            tools,
            max_output_tokens: output,
            system: self.request.system.clone(),
        }
    }

    /// The model that this provider would answer with.
    fn info(&self, provider: &dyn ModelProvider) -> ModelInfo {
        match self.name_for(provider) {
            Some(name) if self.models.model_of(provider, &name).is_none() => {
                ModelInfo::unknown(&name, provider.id())
            }
            _ => self.models.info_of(provider, self.preferred.as_deref()),
        }
    }

    fn note(&mut self, error: ModelError, attempts: u32) {
        let may_answer_otherwise = error.kind == ModelErrorKind::UnknownModel
            && self.models.fails_over()
            && self.present().is_some_and(|provider| self.may_have(&*provider));
        if may_answer_otherwise {
            self.at.lacks_model = true;
            self.failures.push(error);
            return;
        }
        let at = &mut self.at;
        match error.kind {
            ModelErrorKind::OutputTooLong
                if at.output_halvings < MOST_HALVINGS && at.output > LEAST_OUTPUT =>
            {
                at.output_halvings += 1;
                tracing::info!(provider = error.provider, "fewer tokens of output are asked for");
                return;
            }
            ModelErrorKind::TooLong if at.halvings < MOST_HALVINGS => {
                at.halvings += 1;
                tracing::info!(provider = error.provider, "less of the conversation is sent");
                return;
            }
            _ => {}
        }
        at.failed += 1;
        let pause = error.retry_after.unwrap_or(FIRST_PAUSE * 4_u32.pow(at.failed - 1));
        if error.is_passing() && at.failed < attempts && pause <= LONGEST_PAUSE {
            at.wait = pause;
            return;
        }
        tracing::warn!(provider = error.provider, %error, "a model provider could not answer");
        self.failures.push(error);
        self.place += 1;
        self.at = Attempt::default();
    }

    /// The answer is whole: what was learned about the provider's limits is kept.
    pub(crate) fn succeeded(&self) {
        if self.at.output_halvings > 0
            && let Some(provider) = self.present()
        {
            self.models.learn_output(provider.id(), &self.info(&*provider).id, self.at.output);
        }
    }
}

impl ProviderSet {
    /// The error of a turn whose model nobody offers.
    fn not_offered(&self, model: &str) -> Error {
        let nearest = self.nearest(model).join(", ");
        let text = format!(
            "No model provider offers the model '{model}' any more. Nearest: {nearest}. Choose another model for the \
             session or the agent."
        );
        Error::new(Kind::UpstreamUnavailable, text)
    }
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
