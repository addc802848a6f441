//! Providers that are added, changed and removed while the gateway runs, beside those of the configuration.

use sophon_model::ports::{ModelInfo, ModelProvider, ModelService, every};
use sophon_model::{
    AuditAction, Caller, Error, ProviderId, ProviderModel, Result, SecretBytes, StoredProvider,
};

use super::Models;
use super::draft::{
    LONGEST_URL, NewProvider, ProviderTest, is_configured, test, validate_key, validate_models,
};
use super::reload::{key_of, spec_of};
use crate::database::Unit;
use crate::limits::{self, bounded};
use crate::only_if::OnlyIf;
use crate::policy::{ModelSettings, Read, Write, allow};

/// Providers that can be added.
pub const MOST_PROVIDERS: usize = 50;
/// The places that a provider can have among those that were added.
pub const PRIORITIES: std::ops::RangeInclusive<i64> = 0..=1_000_000;
/// The name under which the built-in offline agent answers.
const OFFLINE: &str = "sophon";

/// A provider, wherever it comes from.
#[derive(Clone, Debug)]
pub enum ListedProvider {
    /// From the configuration.
    Configured(ConfiguredProvider),
    /// Added while the gateway ran.
    Added(StoredProvider),
}

/// A provider of the configuration.
#[derive(Clone, Debug)]
pub struct ConfiguredProvider {
    /// Its id there.
    pub id: String,
    /// Where it is found.
    pub service: Option<ModelService>,
    /// Its models, the default one first.
    pub models: Vec<ModelInfo>,
}

impl ConfiguredProvider {
    fn of(provider: &dyn ModelProvider) -> Self {
        let (id, models) = (provider.id().to_owned(), provider.models().to_vec());
        Self { id, service: provider.service(), models }
    }
}

/// What is to change of a provider; absent fields stay.
#[derive(Clone, Default)]
pub struct ProviderChange {
    /// Its name.
    pub name: Option<String>,
    /// The base URL. With another host the key has to be given again.
    pub base_url: Option<String>,
    /// The credential; `Some(None)` takes it away.
    pub key: Option<Option<SecretBytes>>,
    /// Its models, the default one first.
    pub models: Option<Vec<ProviderModel>>,
    /// Its place among those that were added.
    pub priority: Option<i64>,
    /// Whether it is asked.
    pub is_enabled: Option<bool>,
    /// What the change depends on.
    pub only_if: OnlyIf<StoredProvider>,
}

/// In the order in which they are asked.
pub(super) fn sort(providers: &mut [StoredProvider]) {
    providers.sort_by(|one, other| (one.priority, &*one.name).cmp(&(other.priority, &*other.name)));
}

pub(super) fn name_taken(name: &str) -> Error {
    Error::conflict(format!("Another model provider has the name '{name}'. Choose another name."))
        .with_field("name")
}

impl Models {
    /// The providers in the order in which they are asked, and those that are disabled at their places.
    pub async fn providers(&self, caller: &Caller) -> Result<Vec<ListedProvider>> {
        allow::<ModelSettings, Read>(caller)?;
        let mut added = self.db.read(|tx| tx.all(&every::<StoredProvider>())).await?;
        sort(&mut added);
        let configured = self.configured.iter().map(|provider| ConfiguredProvider::of(&**provider));
        Ok(configured
            .map(ListedProvider::Configured)
            .chain(added.into_iter().map(ListedProvider::Added))
            .collect())
    }

    /// One, by its id.
    pub async fn provider(&self, caller: &Caller, id: &ProviderId) -> Result<ListedProvider> {
        allow::<ModelSettings, Read>(caller)?;
        match self.configured_provider(id) {
            Some(provider) => Ok(ListedProvider::Configured(ConfiguredProvider::of(provider))),
            None => self.stored_provider(id).await.map(ListedProvider::Added),
        }
    }

    /// Adds one, which is asked from the next answer on. If no model is named, the service is asked for its list.
    pub async fn add(&self, caller: &Caller, mut new: NewProvider) -> Result<StoredProvider> {
        let allowed = allow::<ModelSettings, Write>(caller)?;
        if let Some(priority) = new.priority {
            validate_priority(priority)?;
        }
        let draft = self.draft(&mut new)?;
        let models = self.models_of(&draft, std::mem::take(&mut new.models)).await?;
        let this = self.clone();
        let added = self
            .db
            .write_once(caller, AuditAction::ModelProviderCreate, move |unit| {
                let others = unit.tx.all(&every::<StoredProvider>())?;
                if others.len() >= MOST_PROVIDERS {
                    let text =
                        format!("There are {MOST_PROVIDERS} model providers already. Remove one first.");
                    return Err(Error::conflict(text));
                }
                let name = match new.name {
                    Some(name) => limits::name("name", &name)?,
                    None => this.free_name(draft.preset.id, &others),
                };
                this.require_free(&name)?;
                let last = others.iter().map(|other| other.priority).max();
                let provider = StoredProvider {
                    id: unit.new_id(),
                    tenant_id: allowed.tenant().clone(),
                    name,
                    preset: draft.preset.id.to_owned(),
                    kind: draft.kind,
                    base_url: draft.base_url,
                    has_key: draft.key.is_some(),
                    is_enabled: new.is_enabled,
                    priority: new
                        .priority
                        .unwrap_or(last.map_or(0, |last| (last + 10).min(*PRIORITIES.end()))),
                    models,
                    created_at: unit.now(),
                    updated_at: unit.now(),
                };
                unit.tx.insert(&provider)?;
                unit.about(&provider);
                if let Some(key) = &draft.key {
                    this.secrets.set_in(unit, &key_of(&provider), key)?;
                }
                this.reload_after(unit);
                Ok(provider)
            })
            .await?;
        self.reloaded().await;
        Ok(added)
    }

    /// Changes one. An answer that has begun goes on as it is.
    pub async fn change(
        &self,
        caller: &Caller,
        id: &ProviderId,
        change: ProviderChange,
    ) -> Result<StoredProvider> {
        allow::<ModelSettings, Write>(caller)?;
        self.require_added(id)?;
        let (this, id) = (self.clone(), id.clone());
        let changed = self
            .db
            .write_as(caller, AuditAction::ModelProviderUpdate, move |unit| {
                let stored = unit.tx.get(&id)?.ok_or_else(unknown)?;
                change.only_if.require(&stored)?;
                let before = stored.clone();
                let provider = this.changed(stored, &change)?;
                let key = match &change.key {
                    Some(Some(key)) => {
                        this.secrets.set_in(unit, &key_of(&provider), key)?;
                        Some(key.clone())
                    }
                    Some(None) => {
                        this.secrets.delete_in(unit, &key_of(&provider))?;
                        None
                    }
                    None => None,
                };
                // Refuses what cannot be opened.
                this.factory.open(&spec_of(&provider, key, this.factory.usual_limits(provider.kind)))?;
                let provider = StoredProvider { updated_at: unit.now(), ..provider };
                unit.tx.update(&provider)?;
                unit.about_change(&before, &provider)?;
                if change.key.is_some() {
                    unit.audit_details(|details| details.fields.push("key".to_owned()));
                }
                this.reload_after(unit);
                Ok(provider)
            })
            .await?;
        self.reloaded().await;
        Ok(changed)
    }

    /// Removes one, with its key.
    pub async fn remove(&self, caller: &Caller, id: &ProviderId) -> Result<()> {
        allow::<ModelSettings, Write>(caller)?;
        self.require_added(id)?;
        let (this, id) = (self.clone(), id.clone());
        self.db
            .write_as(caller, AuditAction::ModelProviderDelete, move |unit| {
                let provider = unit.tx.get(&id)?.ok_or_else(unknown)?;
                unit.about(&provider);
                this.secrets.delete_in(unit, &key_of(&provider))?;
                unit.tx.delete(&id)?;
                this.reload_after(unit);
                Ok(())
            })
            .await?;
        self.reloaded().await;
        Ok(())
    }

    /// Tests one, also while it is disabled: asks it for its list of models and its default model for a word. Takes 30
    /// seconds at the most.
    pub async fn test(&self, caller: &Caller, id: &ProviderId) -> Result<ProviderTest> {
        allow::<ModelSettings, Write>(caller)?;
        if let Some(provider) = self.configured_provider(id) {
            return Ok(test(provider, &first_model(provider)).await);
        }
        let opened = self.open_stored(&self.stored_provider(id).await?).await?;
        Ok(test(&*opened, &first_model(&*opened)).await)
    }

    pub(super) async fn stored_provider(&self, id: &ProviderId) -> Result<StoredProvider> {
        let id = id.clone();
        self.db.read(move |tx| tx.get(&id)?.ok_or_else(unknown)).await
    }

    fn configured_provider(&self, id: &ProviderId) -> Option<&dyn ModelProvider> {
        self.configured.iter().map(|provider| &**provider).find(|provider| provider.id() == id.as_str())
    }

    fn require_added(&self, id: &ProviderId) -> Result<()> {
        match self.configured_provider(id) {
            Some(provider) => Err(is_configured(provider.id())),
            None => Ok(()),
        }
    }

    fn changed(&self, stored: StoredProvider, change: &ProviderChange) -> Result<StoredProvider> {
        let mut provider = stored;
        if let Some(url) = &change.base_url {
            bounded("base_url", url, 1, LONGEST_URL)?;
            if change.key.is_none() {
                self.require_same_origin(&provider, url)?;
            }
            provider.base_url = self.factory.address(provider.kind, url)?;
        }
        if let Some(key) = &change.key {
            validate_key(key.as_ref())?;
            provider.has_key = key.is_some();
        }
        if let Some(name) = &change.name {
            provider.name = limits::name("name", name)?;
            self.require_free(&provider.name)?;
        }
        if let Some(models) = &change.models {
            validate_models(models)?;
            provider.models.clone_from(models);
        }
        if let Some(priority) = change.priority {
            validate_priority(priority)?;
            provider.priority = priority;
        }
        provider.is_enabled = change.is_enabled.unwrap_or(provider.is_enabled);
        Ok(provider)
    }

    /// Refuses a name that storage does not know is taken.
    fn require_free(&self, name: &str) -> Result<()> {
        let is_taken = name.eq_ignore_ascii_case(OFFLINE)
            || self.configured.iter().any(|provider| provider.id() == name);
        if is_taken { Err(name_taken(name)) } else { Ok(()) }
    }

    /// Refuses a name that another provider has than the `edited` one.
    pub(super) async fn require_name_free(&self, name: &str, edited: Option<&ProviderId>) -> Result<()> {
        let name = limits::name("name", name)?;
        self.require_free(&name)?;
        let stored = self.db.read(|tx| tx.all(&every::<StoredProvider>())).await?;
        let is_taken = stored.iter().any(|other| other.name == name && Some(&other.id) != edited);
        if is_taken { Err(name_taken(&name)) } else { Ok(()) }
    }

    /// The name of the service, with a number if it is taken.
    fn free_name(&self, preset: &str, others: &[StoredProvider]) -> String {
        let is_free = |name: &String| {
            self.require_free(name).is_ok() && !others.iter().any(|other| other.name == *name)
        };
        let numbered = (2..).map(|number| format!("{preset}-{number}"));
        std::iter::once(preset.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
    }

    fn reload_after(&self, unit: &mut Unit<'_>) {
        let reload = self.reload.clone();
        unit.notify_peers_after_commit(super::reload::CHANGED, "");
        unit.after_commit(move || reload.request());
    }
}

fn first_model(provider: &dyn ModelProvider) -> String {
    provider.models().first().map(|model| model.id.clone()).unwrap_or_default()
}

fn validate_priority(priority: i64) -> Result<()> {
    if PRIORITIES.contains(&priority) {
        return Ok(());
    }
    let (least, most) = (PRIORITIES.start(), PRIORITIES.end());
    Err(Error::validation("priority", format!("It must be {least} to {most}.")))
}

fn unknown() -> Error {
    Error::not_found("model provider")
}
