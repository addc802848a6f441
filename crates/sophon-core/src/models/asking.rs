//! Asking for one answer: a provider again after trouble that passes, with less where it was too much, and then the next.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use sophon_model::ports::{ModelError, ModelErrorKind, ModelInfo, ModelProvider, ModelRequest, ModelStream};
use sophon_model::{Error, Kind, Result};

use super::history::{LeftOut, shorten, text_tokens, tool_tokens, well_formed};
use super::{Models, cleaned};

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
/// The fewest tokens of output that are asked for.
const LEAST_OUTPUT: u32 = 256;

/// One answer being asked for.
pub(crate) struct Asking {
    models: Models,
    preferred: Option<String>,
    request: ModelRequest,
    /// The providers in the order in which they are asked. Nothing until the first is.
    providers: Option<Vec<Arc<dyn ModelProvider>>>,
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
}

impl Asking {
    pub(super) fn new(models: Models, preferred: Option<&str>, request: ModelRequest) -> Self {
        Self {
            models,
            preferred: preferred.map(ToOwned::to_owned),
            request,
            providers: None,
            place: 0,
            at: Attempt::default(),
            failures: Vec::new(),
            left_out: LeftOut::default(),
        }
    }

    /// Begins an answer. Fails when no provider is left; the error names each that was asked and its reason.
    pub(crate) async fn begin(&mut self) -> Result<ModelStream> {
        if self.providers.is_none() {
            self.models.look_for(self.preferred.as_deref()).await;
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

    /// The request as this provider can answer it: its model, the output that it can write, and of the conversation what
    /// fits beside that.
    fn request_for(&mut self, provider: &dyn ModelProvider) -> ModelRequest {
        let model = self.preferred.clone().filter(|model| self.models.model_of(provider, model).is_some());
        let info = self.info(provider);
        let learned = self.models.learned_output(provider.id(), &info.id);
        let most = learned.unwrap_or(info.output_tokens).min(info.context_tokens / 2);
        let output = (self.request.max_output_tokens.min(most) >> self.at.output_halvings).max(LEAST_OUTPUT);
        self.at.output = output;
        let fixed = text_tokens(&self.request.system) + tool_tokens(&self.request.tools) + output as usize;
        // With a system prompt larger than the context nothing fits; the provider says so.
        let context = info.context_tokens as usize;
        let room = context.saturating_sub(fixed).max(context / 8) >> self.at.halvings;
        let mut messages = well_formed(self.request.messages.clone());
        self.left_out = shorten(&mut messages, room);
        ModelRequest { model, messages, max_output_tokens: output, ..self.request.clone() }
    }

    /// The model that this provider would answer with.
    fn info(&self, provider: &dyn ModelProvider) -> ModelInfo {
        self.models.info_of(provider, self.preferred.as_deref())
    }

    fn note(&mut self, error: ModelError, attempts: u32) {
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

fn all_failed(failures: &[ModelError]) -> Error {
    let text: Vec<String> = failures.iter().map(ToString::to_string).collect();
    let providers: Vec<_> = failures
        .iter()
        .map(|failure| serde_json::json!({ "provider": failure.provider, "reason": failure.message }))
        .collect();
    Error::new(Kind::UpstreamUnavailable, text.join(" "))
        .with_details(serde_json::json!({ "providers": providers }))
}
