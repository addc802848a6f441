//! A provider before it is saved: what is completed from the service that it is set up as, checked, and tested.

use std::sync::Arc;

use sophon_model::ports::{
    ModelError, ModelErrorKind, ModelInfo, ModelProvider, ProviderPreset, ProviderSpec,
};
use sophon_model::text::{is_plainly_visible, visible};
use sophon_model::{
    Caller, Error, Kind, ModelTraits, ProviderId, ProviderKind, ProviderModel, Result, SecretBytes,
    StoredProvider,
};
use tokio::time::timeout;

use super::Models;
use super::check::{self, Checked, ProviderCheck, check_model};
use super::offered::LOOK;
use super::reload::key_of;
use crate::limits::{self, LONGEST_NAME, bounded};
use crate::policy::{ModelSettings, Write, allow};

/// Models that one provider can have set up.
pub const MOST_MODELS: usize = 200;
/// The longest base URL, in characters.
pub const LONGEST_URL: usize = 2_000;
/// The longest API key, in bytes.
pub const LONGEST_API_KEY: usize = 4_096;
/// The highest price of a million tokens, in US dollars.
pub const HIGHEST_PRICE: f64 = 1_000_000.0;
/// What the names of models say that hold no conversations.
const NO_CONVERSATION: [&str; 9] =
    ["embed", "whisper", "tts", "dall-e", "moderation", "rerank", "image", "audio", "transcribe"];

/// A provider to be added, or to be tested before it is.
#[derive(Clone, Default)]
pub struct NewProvider {
    /// Its name; that of the service if absent.
    pub name: Option<String>,
    /// The service that it is set up as, by its short name.
    pub preset: String,
    /// The wire format; the service's if absent.
    pub kind: Option<ProviderKind>,
    /// The base URL; the service's if absent.
    pub base_url: Option<String>,
    /// The credential.
    pub key: Option<SecretBytes>,
    /// Its models, the default one first. One of those that the service offers if there are none.
    pub models: Vec<ProviderModel>,
    /// Its place among those that were added; the last if absent.
    pub priority: Option<i64>,
    /// Whether it is asked.
    pub is_enabled: bool,
}

/// What came of testing a provider.
#[derive(Clone, Debug)]
pub struct ProviderTest {
    /// The check.
    pub check: ProviderCheck,
    /// The names of the models that the service offers, as far as it said so.
    pub offered: Vec<String>,
}

/// A provider to be added, with what the service that it is set up as brings along.
pub(super) struct Draft {
    pub(super) preset: ProviderPreset,
    pub(super) kind: ProviderKind,
    pub(super) base_url: String,
    pub(super) key: Option<SecretBytes>,
}

/// Models as they are asked, with the usual limits where none are known.
pub(super) fn infos(
    provider: &str,
    models: &[ProviderModel],
    (context, output): (u32, u32),
) -> Vec<ModelInfo> {
    let enabled = models.iter().filter(|model| model.enabled);
    let infos = enabled.map(|model| ModelInfo {
        id: model.id.clone(),
        provider: provider.to_owned(),
        context_tokens: model.traits.context_tokens.unwrap_or(context),
        output_tokens: model.traits.output_tokens.unwrap_or(output),
        calls_tools: model.traits.tools.unwrap_or(true),
    });
    infos.collect()
}

/// Refuses models that cannot be set up together.
pub(super) fn validate_models(models: &[ProviderModel]) -> Result<()> {
    let refuse = |text: String| Err(Error::validation("models", text));
    if models.len() > MOST_MODELS {
        return refuse(format!("At most {MOST_MODELS} models."));
    }
    if !models.iter().any(|model| model.enabled) {
        return refuse(
            "At least one model must be enabled. To stop using all of them, disable the provider.".into(),
        );
    }
    for (index, model) in models.iter().enumerate() {
        bounded("models", &model.id, 1, LONGEST_NAME)?;
        if !is_plainly_visible(&model.id) {
            return refuse(format!("The model '{}' has characters that cannot be seen.", visible(&model.id)));
        }
        if models[..index].iter().any(|earlier| earlier.id == model.id) {
            return refuse(format!("The model '{}' is listed twice.", model.id));
        }
        let ModelTraits { context_tokens, output_tokens, input_price, output_price, .. } = model.traits;
        if [context_tokens, output_tokens].contains(&Some(0)) {
            return refuse(format!("The limits of the model '{}' must be at least 1 token.", model.id));
        }
        let is_price = |price: f64| (0.0..=HIGHEST_PRICE).contains(&price);
        if ![input_price, output_price].into_iter().flatten().all(is_price) {
            return refuse(format!("The prices of the model '{}' must be 0 to {HIGHEST_PRICE}.", model.id));
        }
    }
    Ok(())
}

impl Models {
    /// Tests a provider before it is saved: asks it for its list of models and for a word. Takes 40 seconds at the most.
    /// `keyed_by` is a provider whose stored key is used if none is given; the key goes to its own host only. A name that
    /// another one has is refused before anything is sent.
    pub async fn test_draft(
        &self,
        caller: &Caller,
        mut new: NewProvider,
        keyed_by: Option<ProviderId>,
    ) -> Result<ProviderTest> {
        allow::<ModelSettings, Write>(caller)?;
        let (wants_key, edited) = (new.key.is_none(), keyed_by.clone());
        if let Some(id) = keyed_by.filter(|_| wants_key) {
            let stored = self.stored_provider(&id).await?;
            new.preset.clone_from(&stored.preset);
            new.kind = Some(stored.kind);
            let base_url = new.base_url.get_or_insert_with(|| stored.base_url.clone());
            self.require_same_origin(&stored, base_url)?;
            new.key = if stored.has_key { self.secrets.get(&key_of(&stored)).await? } else { None };
        }
        if !new.models.is_empty() {
            validate_models(&new.models)?;
        }
        if let Some(name) = &new.name {
            self.require_name_free(name, edited.as_ref()).await?;
        }
        let name = new.name.clone().unwrap_or_else(|| new.preset.clone());
        let draft = self.draft(&mut new)?;
        let opened = self.open_draft(&name, &draft, &new.models)?;
        let model = if new.models.is_empty() {
            match self.choose(&*opened, &draft.preset).await {
                Ok(model) => model,
                Err(problem) => {
                    let check = check::of(&*opened, problem.model.as_deref().unwrap_or_default());
                    let check = ProviderCheck { problem: Some(problem), ..check };
                    return Ok(ProviderTest { check, offered: Vec::new() });
                }
            }
        } else {
            opened.models().first().map(|model| model.id.clone()).unwrap_or_default()
        };
        Ok(test(&*opened, &model).await)
    }

    /// Completes a draft, and refuses one that cannot be used. Sends nothing.
    pub(super) fn draft(&self, new: &mut NewProvider) -> Result<Draft> {
        let presets = self.factory.presets();
        let Some(preset) = presets.iter().find(|preset| preset.id == new.preset) else {
            let known: Vec<&str> = presets.iter().map(|preset| preset.id).collect();
            let text = format!("There is no service '{}'. Choose one of: {}.", new.preset, known.join(", "));
            return Err(Error::validation("preset", text));
        };
        let kind = new.kind.unwrap_or(preset.kind);
        let base_url = new.base_url.clone().unwrap_or_else(|| preset.base_url.clone());
        bounded("base_url", &base_url, 1, LONGEST_URL)?;
        let base_url = self.factory.address(kind, &base_url)?;
        let key = new.key.take();
        validate_key(key.as_ref())?;
        if preset.needs_key && key.is_none() && base_url == preset.base_url {
            let text = format!("{} answers nobody without an API key. Enter one.", preset.label);
            return Err(Error::validation("api_key", text));
        }
        Ok(Draft { preset: preset.clone(), kind, base_url, key })
    }

    pub(super) fn open_draft(
        &self,
        name: &str,
        draft: &Draft,
        models: &[ProviderModel],
    ) -> Result<Arc<dyn ModelProvider>> {
        self.factory.open(&ProviderSpec {
            name: limits::name("name", name)?,
            kind: draft.kind,
            base_url: draft.base_url.clone(),
            key: draft.key.clone(),
            models: infos(name, models, self.factory.usual_limits(draft.kind)),
        })
    }

    /// The models of a draft: those that are named, or the one that [`choose`](Self::choose) finds.
    pub(super) async fn models_of(
        &self,
        draft: &Draft,
        models: Vec<ProviderModel>,
    ) -> Result<Vec<ProviderModel>> {
        if !models.is_empty() {
            validate_models(&models)?;
            self.open_draft(draft.preset.id, draft, &models)?;
            return Ok(models);
        }
        let opened = self.open_draft(draft.preset.id, draft, &[])?;
        let id = self.choose(&*opened, &draft.preset).await.map_err(|problem| {
            let text = match problem.kind {
                ModelErrorKind::UnknownModel => problem.to_string(),
                _ => format!("{problem} Or name a model."),
            };
            Error::validation("models", text)
        })?;
        Ok(vec![ProviderModel { id, enabled: true, traits: ModelTraits::default() }])
    }

    /// A model to begin with: of those that the service offers a current one, or the first that holds conversations.
    async fn choose(
        &self,
        provider: &dyn ModelProvider,
        preset: &ProviderPreset,
    ) -> Result<String, ModelError> {
        let usual = preset.models.first().map(|model| (*model).to_owned());
        let offered = timeout(LOOK, provider.offered()).await.unwrap_or_else(|_| {
            let message = format!("no list of models within {} s", LOOK.as_secs());
            Err(trouble(provider, ModelErrorKind::TimedOut, message))
        })?;
        let Some(offered) = offered else {
            return usual.ok_or_else(|| no_model(provider, "it has no list of models"));
        };
        let is_offered = |model: &&&str| offered.iter().any(|offered| offered.id == **model);
        if let Some(current) = preset.models.iter().find(is_offered) {
            return Ok((*current).to_owned());
        }
        let converses = |model: &&ModelInfo| {
            let name = model.id.to_lowercase();
            !NO_CONVERSATION.iter().any(|word| name.contains(word))
        };
        let found = offered.iter().find(converses).map(|model| model.id.clone());
        found.ok_or_else(|| no_model(provider, "it lists no model that holds conversations"))
    }

    /// Refuses an address at another host than the one that a stored key was given for.
    pub(super) fn require_same_origin(&self, stored: &StoredProvider, base_url: &str) -> Result<()> {
        let new = self.factory.origin(stored.kind, base_url)?;
        let is_same = self.factory.origin(stored.kind, &stored.base_url).is_ok_and(|old| old == new);
        if is_same || !stored.has_key {
            return Ok(());
        }
        let text =
            format!("The stored key was given for another address than {new}. Enter the key for this one.");
        Err(Error::validation("api_key", text))
    }
}

/// Refuses a key that is none.
pub(super) fn validate_key(key: Option<&SecretBytes>) -> Result<()> {
    let Some(key) = key else { return Ok(()) };
    if key.expose().is_empty() || key.expose().len() > LONGEST_API_KEY {
        return Err(Error::validation("api_key", format!("An API key has 1 to {LONGEST_API_KEY} bytes.")));
    }
    Ok(())
}

/// Asks a provider for its list of models and this one for a word.
pub(super) async fn test(provider: &dyn ModelProvider, model: &str) -> ProviderTest {
    let Checked { check, offer, .. } = check_model(provider, model).await;
    let offered = offer.into_iter().flatten().map(|model| model.id).collect();
    ProviderTest { check, offered }
}

fn no_model(provider: &dyn ModelProvider, message: &str) -> ModelError {
    trouble(provider, ModelErrorKind::UnknownModel, message.to_owned())
}

fn trouble(provider: &dyn ModelProvider, kind: ModelErrorKind, message: String) -> ModelError {
    ModelError {
        provider: provider.id().to_owned(),
        kind,
        model: None,
        url: provider.service().map(|service| service.url.into()),
        message,
        retry_after: None,
        nearest: [].into(),
    }
}

/// The error for what the configuration has.
pub(super) fn is_configured(name: &str) -> Error {
    let text = format!(
        "The model provider '{name}' comes from the gateway's configuration, and is changed there: in sophon.toml, or in \
         the environment variables of the gateway."
    );
    Error::new(Kind::Conflict, text).with_code("provider_is_configured")
}
