//! Models, and whether their providers answer.

use serde::{Deserialize, Serialize};
#[cfg(feature = "core")]
use sophon_core::models;
use sophon_model::ports::{ModelError, ModelErrorKind};
use utoipa::ToSchema;

/// A model that agents can be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Model {
    /// The name to ask for it by.
    #[schema(example = "offline")]
    pub id: String,
    /// The provider that has it.
    #[schema(example = "sophon")]
    pub provider: String,
    /// Whether it is in the provider's configuration. If not, the provider's service listed it when it was last asked.
    pub configured: bool,
}

#[cfg(feature = "core")]
impl From<models::ListedModel> for Model {
    fn from(models::ListedModel { info, is_configured }: models::ListedModel) -> Self {
        Self { id: info.id, provider: info.provider, configured: is_configured }
    }
}

/// What came of asking a model provider for its list of models and for a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderCheck {
    /// The provider's id.
    #[schema(example = "main")]
    pub provider: String,
    /// The kind of provider, as it is configured.
    #[schema(required, example = "openai")]
    pub kind: Option<String>,
    /// Its base URL.
    #[schema(required, example = "http://127.0.0.1:11434")]
    pub url: Option<String>,
    /// The model that was asked: the provider's first.
    #[schema(example = "gemma4")]
    pub model: String,
    /// Whether the model began to answer.
    pub ok: bool,
    /// How long it took until the answer began, or until there was none.
    #[schema(example = 180)]
    pub duration_ms: u64,
    /// How many models the service lists; null if it has no list, or did not send it.
    #[schema(required)]
    pub offered: Option<u64>,
    /// What is wrong; null if nothing is.
    #[schema(required)]
    pub problem: Option<ProviderProblem>,
}

/// What is wrong with a model provider, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderProblem {
    /// The kind of problem.
    pub kind: ModelErrorKind,
    /// What is wrong, with the provider, the model and the URL.
    #[schema(example = "ollama at http://127.0.0.1:11434 has no model named llama3.")]
    pub message: String,
    /// What to do about it.
    #[schema(example = "Choose one of the models that the provider has.")]
    pub next_step: String,
    /// If the model is unknown: names on offer, the nearest first.
    #[schema(example = json!(["llama3.2"]))]
    pub nearest: Vec<String>,
}

impl From<ModelError> for ProviderProblem {
    fn from(error: ModelError) -> Self {
        let (message, next_step) = (error.summary(), error.next_step());
        Self { kind: error.kind, message, next_step, nearest: error.nearest.into_vec() }
    }
}

#[cfg(feature = "core")]
impl From<models::ProviderCheck> for ProviderCheck {
    fn from(check: models::ProviderCheck) -> Self {
        let (kind, url) = check.service.map(|service| (service.kind.to_owned(), service.url)).unzip();
        Self {
            provider: check.provider,
            kind,
            url,
            model: check.model,
            ok: check.problem.is_none(),
            duration_ms: check.took.as_millis() as u64,
            offered: check.offered.map(|count| count as u64),
            problem: check.problem.map(ProviderProblem::from),
        }
    }
}
