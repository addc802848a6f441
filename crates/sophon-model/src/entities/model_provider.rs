//! Model providers that were added while the gateway ran.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Entity, Insert, Key, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{ProviderId, TenantId, Timestamp};

text_enum! {
    /// The wire format of a model provider.
    pub enum ProviderKind {
        /// OpenAI's chat completions, or anything that speaks them at another base URL.
        OpenAi = "openai",
        /// OpenAI's Responses API.
        Responses = "responses",
        /// Anthropic, or anything that speaks its messages API.
        Anthropic = "anthropic",
        /// Ollama's own API, by default the one on this machine.
        Ollama = "ollama",
        /// Google's Gemini.
        Gemini = "gemini",
    }
}

/// What is known of a model beside its name. Nothing is known of what is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelTraits {
    /// Tokens that it can read and write together.
    pub context_tokens: Option<u32>,
    /// Tokens that it can write in one answer.
    pub output_tokens: Option<u32>,
    /// Whether it sees images.
    pub vision: Option<bool>,
    /// Whether it calls tools.
    pub tools: Option<bool>,
    /// Whether it thinks before it answers.
    pub reasoning: Option<bool>,
    /// US dollars for a million tokens that it reads.
    pub input_price: Option<f64>,
    /// US dollars for a million tokens that it writes.
    pub output_price: Option<f64>,
}

/// A model of a provider, as the catalogue has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderModel {
    /// The name that the provider knows it by.
    pub id: String,
    /// Whether it can be asked for.
    pub enabled: bool,
    /// What is known of it.
    #[serde(flatten)]
    pub traits: ModelTraits,
}

/// A model provider that was added while the gateway ran. Its key is a secret of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredProvider {
    /// Its id.
    pub id: ProviderId,
    /// The tenant whose data key seals its key.
    pub tenant_id: TenantId,
    /// Its short name, unique in the gateway, as it appears in errors and usage.
    pub name: String,
    /// The service that it was set up as, for example `openrouter`.
    pub preset: String,
    /// The wire format.
    pub kind: ProviderKind,
    /// The base URL.
    pub base_url: String,
    /// Whether it has a key.
    pub has_key: bool,
    /// Whether it is asked.
    pub is_enabled: bool,
    /// Its place among those that were added: the lowest is asked first.
    pub priority: i64,
    /// Its models, the default one first. Never none.
    pub models: Vec<ProviderModel>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Entity for StoredProvider {
    const TABLE: &'static Table = &Table::new("model_providers", "model provider")
        .json(&["models"])
        .taken("Another model provider has this name. Choose another name.")
        .locked();
}

impl Insert for StoredProvider {}
impl Update for StoredProvider {}
impl Delete for StoredProvider {}

impl Key for ProviderId {
    type Of = StoredProvider;
}

impl Scoped for StoredProvider {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}
