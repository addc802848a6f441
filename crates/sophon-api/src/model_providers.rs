//! Model providers, and what is known of their models.

use serde::{Deserialize, Serialize};
use sophon_model::{ProviderId, ProviderKind};
use utoipa::ToSchema;

use crate::change::not_null;
use crate::{Change, ProviderCheck, Secret, Time};

/// Where a provider comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProviderSource {
    /// The gateway's configuration. It is changed there.
    Configuration,
    /// It was added while the gateway ran.
    Added,
}

/// A model provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelProvider {
    /// Its id; that of the configuration if it comes from there.
    #[schema(example = "prov_0197c6c0a4d37b2e9f6a3c5d7e8f9a0b")]
    pub id: String,
    /// Its short name, as it appears in errors and usage.
    #[schema(example = "openrouter")]
    pub name: String,
    /// Where it comes from.
    pub source: ProviderSource,
    /// The service that it was set up as; null if it comes from the configuration.
    #[schema(required, example = "openrouter")]
    pub preset: Option<String>,
    /// The wire format.
    #[schema(required)]
    pub kind: Option<ProviderKind>,
    /// The base URL.
    #[schema(required, example = "https://openrouter.ai/api/v1")]
    pub base_url: Option<String>,
    /// Whether it has a key; null if it comes from the configuration.
    #[schema(required)]
    pub has_key: Option<bool>,
    /// Whether it is asked.
    pub enabled: bool,
    /// Its place among those that were added: the lowest is asked first. Those of the configuration come before them.
    #[schema(required, example = 0)]
    pub priority: Option<i64>,
    /// Its models, the default one first.
    pub models: Vec<ProviderModel>,
    /// When it was added.
    #[schema(required)]
    pub created_at: Option<Time>,
    /// When it last changed.
    #[schema(required)]
    pub updated_at: Option<Time>,
}

/// A model of a provider. Nothing is known of what is null.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderModel {
    /// The name that the provider knows it by: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, example = "gemma4")]
    pub id: String,
    /// Whether it can be asked for.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub enabled: bool,
    /// Tokens that it can read and write together.
    #[serde(default)]
    #[schema(minimum = 1, example = 131_072)]
    pub context_tokens: Option<u32>,
    /// Tokens that it can write in one answer.
    #[serde(default)]
    #[schema(minimum = 1, example = 8_192)]
    pub output_tokens: Option<u32>,
    /// Whether it sees images.
    #[serde(default)]
    pub vision: Option<bool>,
    /// Whether it calls tools. A model of which this is false is given none.
    #[serde(default)]
    pub tools: Option<bool>,
    /// Whether it thinks before it answers.
    #[serde(default)]
    pub reasoning: Option<bool>,
    /// US dollars for a million tokens that it reads.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000, example = 0.15)]
    pub input_price: Option<f64>,
    /// US dollars for a million tokens that it writes.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000, example = 0.6)]
    pub output_price: Option<f64>,
}

const fn yes() -> bool {
    true
}

/// A model provider to be added.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewModelProvider {
    /// The service that it is set up as, by its short name; `custom` for any that speaks OpenAI's chat completions.
    #[schema(example = "openrouter")]
    pub preset: String,
    /// Its short name, 1 to 200 characters; made from the service if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// The wire format; the service's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ProviderKind>,
    /// The base URL, at most 2,000 characters; the service's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub base_url: Option<String>,
    /// The credential, at most 4,096 bytes. It is kept sealed, and never given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 4_096, example = "sk-or-v1-3fG9xQ")]
    pub api_key: Option<Secret>,
    /// Its models, the default one first; at most 200. If there are none, one of those that the service lists.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub models: Vec<ProviderModel>,
    /// Its place among those that were added, 0 to 1,000,000; the last if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000, example = 0)]
    pub priority: Option<i64>,
    /// Whether it is asked.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub enabled: bool,
}

/// A model provider to be tested before it is saved.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModelProviderDraft {
    /// What it is to be called, as the outcome of the test has it: 1 to 200 characters. A name that is taken is refused
    /// before anything is sent. The service's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// The service that it is set up as.
    #[schema(example = "ollama")]
    pub preset: String,
    /// The wire format; the service's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ProviderKind>,
    /// The base URL; the service's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000, example = "http://127.0.0.1:11434")]
    pub base_url: Option<String>,
    /// The credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 4_096)]
    pub api_key: Option<Secret>,
    /// The model to be asked; one of those that the service lists if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub model: Option<String>,
    /// A provider that was added, whose service and key are used if no key is given. The key goes to its own host only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_of: Option<ProviderId>,
}

/// What is to change of a model provider; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModelProviderPatch {
    /// Its short name: 1 to 200 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// The base URL. With another host the key has to be given again.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 2_000)]
    pub base_url: Option<String>,
    /// The credential; null takes it away.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>, max_length = 4_096)]
    pub api_key: Change<Secret>,
    /// All of its models, the default one first: 1 to 200.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    pub models: Option<Vec<ProviderModel>>,
    /// Its place among those that were added: 0 to 1,000,000.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000)]
    pub priority: Option<i64>,
    /// Whether it is asked.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = true)]
    pub enabled: Option<bool>,
}

/// What came of testing a model provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderTest {
    /// What came of asking it for a word.
    pub check: ProviderCheck,
    /// The names of the models that the service lists.
    #[schema(example = json!(["gemma4", "llama3.2"]))]
    pub models: Vec<String>,
}

/// A service that a provider can be set up as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderPreset {
    /// Its short name.
    #[schema(example = "openrouter")]
    pub id: String,
    /// The name of the service.
    #[schema(example = "OpenRouter")]
    pub label: String,
    /// The wire format.
    pub kind: ProviderKind,
    /// The base URL; empty if there is no usual one.
    #[schema(example = "https://openrouter.ai/api/v1")]
    pub base_url: String,
    /// Whether it answers nobody without a key.
    pub needs_key: bool,
    /// Whether it usually runs on the gateway's machine.
    pub local: bool,
    /// Names of current models, the default one first; none where that depends on what is installed.
    #[schema(example = json!([]))]
    pub models: Vec<String>,
}

/// A model server that was found on the gateway's machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LocalModelServer {
    /// The service that it seems to be.
    pub preset: ProviderPreset,
    /// The names of its models.
    #[schema(example = json!(["gemma4"]))]
    pub models: Vec<String>,
    /// Whether a provider with its address was added already.
    pub added: bool,
}

/// A model of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CatalogModel {
    /// The name of its provider.
    #[schema(example = "ollama")]
    pub provider: String,
    /// Whether it is set up. If not, the provider's service listed it when it was last asked.
    pub configured: bool,
    /// The model, with what is known of it.
    pub model: ProviderModel,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::models;
    use sophon_model::ports::ModelInfo;
    use sophon_model::{ModelTraits, SecretBytes, StoredProvider};

    use super::{
        CatalogModel, LocalModelServer, ModelProvider, ModelProviderDraft, ModelProviderPatch,
        NewModelProvider, ProviderKind, ProviderModel, ProviderPreset, ProviderSource, ProviderTest,
    };
    use crate::Secret;

    fn bytes(secret: Secret) -> SecretBytes {
        SecretBytes::from(secret.into_revealed().into_bytes())
    }

    impl From<StoredProvider> for ModelProvider {
        fn from(provider: StoredProvider) -> Self {
            Self {
                id: provider.id.to_string(),
                name: provider.name,
                source: ProviderSource::Added,
                preset: Some(provider.preset),
                kind: Some(provider.kind),
                base_url: Some(provider.base_url),
                has_key: Some(provider.has_key),
                enabled: provider.is_enabled,
                priority: Some(provider.priority),
                models: provider.models.into_iter().map(ProviderModel::from).collect(),
                created_at: Some(provider.created_at.into()),
                updated_at: Some(provider.updated_at.into()),
            }
        }
    }

    impl From<models::ConfiguredProvider> for ModelProvider {
        fn from(provider: models::ConfiguredProvider) -> Self {
            let (kind, url) = provider.service.map(|service| (service.kind, service.url)).unzip();
            Self {
                name: provider.id.clone(),
                id: provider.id,
                source: ProviderSource::Configuration,
                preset: None,
                kind: kind.and_then(ProviderKind::parse),
                base_url: url,
                has_key: None,
                enabled: true,
                priority: None,
                models: provider.models.into_iter().map(ProviderModel::from).collect(),
                created_at: None,
                updated_at: None,
            }
        }
    }

    impl From<models::ListedProvider> for ModelProvider {
        fn from(provider: models::ListedProvider) -> Self {
            match provider {
                models::ListedProvider::Configured(provider) => provider.into(),
                models::ListedProvider::Added(provider) => provider.into(),
            }
        }
    }

    impl From<ModelInfo> for ProviderModel {
        fn from(info: ModelInfo) -> Self {
            Self {
                context_tokens: Some(info.context_tokens),
                output_tokens: Some(info.output_tokens),
                ..sophon_model::ProviderModel { id: info.id, enabled: true, traits: ModelTraits::default() }
                    .into()
            }
        }
    }

    impl From<sophon_model::ProviderModel> for ProviderModel {
        fn from(sophon_model::ProviderModel { id, enabled, traits }: sophon_model::ProviderModel) -> Self {
            Self {
                id,
                enabled,
                context_tokens: traits.context_tokens,
                output_tokens: traits.output_tokens,
                vision: traits.vision,
                tools: traits.tools,
                reasoning: traits.reasoning,
                input_price: traits.input_price,
                output_price: traits.output_price,
            }
        }
    }

    impl From<ProviderModel> for sophon_model::ProviderModel {
        fn from(model: ProviderModel) -> Self {
            let traits = ModelTraits {
                context_tokens: model.context_tokens,
                output_tokens: model.output_tokens,
                vision: model.vision,
                tools: model.tools,
                reasoning: model.reasoning,
                input_price: model.input_price,
                output_price: model.output_price,
            };
            Self { id: model.id, enabled: model.enabled, traits }
        }
    }

    impl From<NewModelProvider> for models::NewProvider {
        fn from(new: NewModelProvider) -> Self {
            Self {
                name: new.name,
                preset: new.preset,
                kind: new.kind,
                base_url: new.base_url,
                key: new.api_key.map(bytes),
                models: new.models.into_iter().map(Into::into).collect(),
                priority: new.priority,
                is_enabled: new.enabled,
            }
        }
    }

    impl From<ModelProviderDraft> for models::NewProvider {
        fn from(draft: ModelProviderDraft) -> Self {
            let model =
                |id| sophon_model::ProviderModel { id, enabled: true, traits: ModelTraits::default() };
            Self {
                name: draft.name,
                preset: draft.preset,
                kind: draft.kind,
                base_url: draft.base_url,
                key: draft.api_key.map(bytes),
                models: draft.model.into_iter().map(model).collect(),
                ..Self::default()
            }
        }
    }

    impl From<ModelProviderPatch> for models::ProviderChange {
        fn from(patch: ModelProviderPatch) -> Self {
            let key: Option<Option<Secret>> = patch.api_key.into();
            Self {
                name: patch.name,
                base_url: patch.base_url,
                key: key.map(|key| key.map(bytes)),
                models: patch.models.map(|models| models.into_iter().map(Into::into).collect()),
                priority: patch.priority,
                is_enabled: patch.enabled,
                ..Self::default()
            }
        }
    }

    impl From<models::ProviderTest> for ProviderTest {
        fn from(test: models::ProviderTest) -> Self {
            Self { check: test.check.into(), models: test.offered }
        }
    }

    impl From<sophon_model::ports::ProviderPreset> for ProviderPreset {
        fn from(preset: sophon_model::ports::ProviderPreset) -> Self {
            Self {
                id: preset.id.to_owned(),
                label: preset.label.to_owned(),
                kind: preset.kind,
                base_url: preset.base_url,
                needs_key: preset.needs_key,
                local: preset.is_local,
                models: preset.models.iter().map(|model| (*model).to_owned()).collect(),
            }
        }
    }

    impl From<models::LocalServer> for LocalModelServer {
        fn from(server: models::LocalServer) -> Self {
            Self { preset: server.preset.into(), models: server.models, added: server.is_added }
        }
    }

    impl From<models::CatalogueModel> for CatalogModel {
        fn from(entry: models::CatalogueModel) -> Self {
            Self { provider: entry.provider, configured: entry.is_configured, model: entry.model.into() }
        }
    }
}
