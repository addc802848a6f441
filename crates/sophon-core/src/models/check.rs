//! Whether the providers answer: each is asked for its list of models and for one word.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use sophon_model::Result;
use sophon_model::ports::{
    ModelError, ModelErrorKind, ModelInfo, ModelMessage, ModelProvider, ModelRequest, ModelService,
};
use tokio::time::{Instant, timeout};

use super::offered::{LOOK, nearest};
use super::provider_set::ProviderSet;

/// The longest that a check waits for the beginning of an answer. A model on a slow machine has to be loaded first.
const ANSWER: Duration = Duration::from_secs(30);
/// The most tokens that the answer may have: the fewest that all services accept as a limit.
const MOST_TOKENS: u32 = 16;

/// What came of asking a provider.
#[derive(Clone, Debug)]
pub struct ProviderCheck {
    /// The provider's id.
    pub provider: String,
    /// Where it is found. Nothing if it is a part of this process.
    pub service: Option<ModelService>,
    /// The model that was asked.
    pub model: String,
    /// How long it took until the answer began, or until it was known that there is none.
    pub took: Duration,
    /// How many models the service lists, if that is known.
    pub offered: Option<usize>,
    /// What is wrong, if something is.
    pub problem: Option<ModelError>,
}

/// What came of asking a provider, and what it offers, as far as it said so.
pub(super) struct Checked {
    pub(super) check: ProviderCheck,
    /// Whether it was learned what it offers.
    is_offer_known: bool,
    /// Nothing if it has no list, or if that is not known.
    pub(super) offer: Option<Vec<ModelInfo>>,
}

impl ProviderSet {
    /// Asks each provider for its list of models and its preferred model for a word, all at once. Takes 30 seconds at
    /// the most. Nothing if no provider is configured.
    pub(super) async fn check(&self) -> Vec<ProviderCheck> {
        if self.is_offline {
            return Vec::new();
        }
        join_all(self.providers.iter().map(|provider| self.check_one(&**provider))).await
    }

    /// Asks one of them.
    pub(super) async fn check_one(&self, provider: &dyn ModelProvider) -> ProviderCheck {
        let Checked { check, is_offer_known, offer } =
            check_model(provider, &self.info_of(provider, None).id).await;
        if is_offer_known {
            self.offers.note(provider.id(), offer);
        }
        check
    }
}

/// Asks a provider for its list of models and one of them for a word. Takes 30 seconds at the most.
pub(super) async fn check_model(provider: &dyn ModelProvider, model: &str) -> Checked {
    let began = Instant::now();
    let answering = async {
        let answered = timeout(ANSWER, say_something(provider, model)).await;
        (answered.unwrap_or_else(|_| Err(too_late(provider, model))), began.elapsed())
    };
    let (listed, (answered, took)) = tokio::join!(timeout(LOOK, provider.offered()), answering);
    let listed = listed.ok().and_then(Result::ok);
    let (is_offer_known, offer) = (listed.is_some(), listed.flatten());
    let problem = answered.err().map(|problem| explained(problem, model, offer.as_deref()));
    let offered = offer.as_ref().map(Vec::len);
    let check = ProviderCheck { took, offered, problem, ..of(provider, model) };
    Checked { check, is_offer_known, offer }
}

/// A check of which nothing has come yet.
pub(super) fn of(provider: &dyn ModelProvider, model: &str) -> ProviderCheck {
    let (provider, service) = (provider.id().to_owned(), provider.service());
    let (model, took) = (model.to_owned(), Duration::ZERO);
    ProviderCheck { provider, service, model, took, offered: None, problem: None }
}

/// Waits for the beginning of an answer.
async fn say_something(provider: &dyn ModelProvider, model: &str) -> Result<(), ModelError> {
    let request = ModelRequest {
        model: Some(model.to_owned()),
        system: String::new(),
        messages: vec![ModelMessage::User { content: "Say ok.".to_owned() }],
        tools: Vec::new(),
        max_output_tokens: MOST_TOKENS,
    };
    let begun = match provider.stream(request).await {
        Ok(mut stream) => stream.next().await.map_or(Ok(()), |event| event.map(drop)),
        Err(error) => Err(error),
    };
    match begun {
        // A model that thinks before it speaks gets no further: it is there, and that was the question.
        Err(error) if matches!(error.kind, ModelErrorKind::Empty | ModelErrorKind::OutputTooLong) => Ok(()),
        begun => begun,
    }
}

fn too_late(provider: &dyn ModelProvider, model: &str) -> ModelError {
    ModelError {
        provider: provider.id().to_owned(),
        kind: ModelErrorKind::TimedOut,
        model: Some(model.into()),
        url: provider.service().map(|service| service.url.into()),
        message: format!("no answer within {} s", ANSWER.as_secs()),
        retry_after: None,
        nearest: [].into(),
    }
}

/// A refusal of a model that is not on offer is about the model, whatever the service calls it. One that is answered is
/// fine, on offer or not: lists leave aliases out.
fn explained(problem: ModelError, model: &str, offer: Option<&[ModelInfo]>) -> ModelError {
    let Some(offer) = offer else { return problem };
    let is_offered = offer.iter().any(|offered| offered.id == model);
    match problem.kind {
        ModelErrorKind::Refused | ModelErrorKind::UnknownModel if !is_offered => {
            ModelError { kind: ModelErrorKind::UnknownModel, nearest: nearest(model, offer), ..problem }
        }
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;
    use sophon_model::ports::ModelStream;

    use super::*;
    use crate::lifecycle::Lifecycle;
    use crate::models::offered::Hidden;

    /// Accepts every request and never answers.
    struct Silent(Vec<ModelInfo>);

    #[async_trait]
    impl ModelProvider for Silent {
        fn id(&self) -> &'static str {
            "main"
        }

        fn models(&self) -> &[ModelInfo] {
            &self.0
        }

        fn service(&self) -> Option<ModelService> {
            Some(ModelService { kind: "openai", url: "http://127.0.0.1:1".into() })
        }

        async fn offered(&self) -> Result<Option<Vec<ModelInfo>>, ModelError> {
            std::future::pending().await
        }

        async fn stream(&self, _: ModelRequest) -> Result<ModelStream, ModelError> {
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_ends_in_time_whoever_does_not_answer() {
        let silent = || Arc::new(Silent(vec![ModelInfo::unknown("m", "main")]));
        let providers = ProviderSet::new(vec![silent(), silent()], Hidden::new(), Lifecycle::default());
        let begun = Instant::now();
        let checks = providers.check().await;
        assert_eq!((begun.elapsed(), checks.len()), (ANSWER, 2));
        let problem = checks[0].problem.clone().unwrap();
        assert_eq!(problem.kind, ModelErrorKind::TimedOut);
        assert_eq!(
            problem.summary(),
            "The model provider 'main' (model 'm' at http://127.0.0.1:1) did not answer in time: no answer within 30 s."
        );
    }
}
