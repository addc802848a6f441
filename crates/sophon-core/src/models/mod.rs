//! Models: which providers there are, what they offer, and which model answers.
//!
//! Providers come from the configuration, or are added while the gateway runs. Together they are a [`ProviderSet`], which
//! is replaced as a whole when one is added, changed or removed.

mod asking;
mod catalogue;
mod check;
mod draft;
mod history;
mod local;
mod offered;
mod offline;
mod provider_set;
mod providers;
mod reload;

pub(crate) use asking::Asking;
pub use catalogue::CatalogueModel;
pub use check::ProviderCheck;
pub use draft::{NewProvider, ProviderTest};
pub use local::LocalServer;
pub use offline::OfflineModel;
pub use provider_set::ListedModel;
pub(crate) use provider_set::{ProviderSet, count_tokens};
pub use providers::{ConfiguredProvider, ListedProvider, ProviderChange};

use std::ops::Deref;
use std::sync::Arc;

use parking_lot::RwLock;
use sophon_model::ports::{ModelProvider, ProviderFactory, ProviderPreset};
use sophon_model::{Caller, Result};

use crate::database::Database;
use crate::lifecycle::Lifecycle;
use crate::limits::{LONGEST_NAME, bounded};
use crate::policy::{ModelSettings, Read, System, allow};
use crate::secrets::Secrets;
use offered::Hidden;
use reload::Reload;

/// Stands between a person's words and what a model reads about the files that go with them.
pub(crate) const FILES_HEADING: &str = "[Files attached to this message]";

/// The service. Cloning makes another handle.
#[derive(Clone)]
pub struct Models(Arc<Inner>);

/// What all handles share.
pub struct Inner {
    db: Database,
    secrets: Secrets,
    factory: Arc<dyn ProviderFactory>,
    lifecycle: Lifecycle,
    /// The providers of the configuration, in order of priority. They come before those that were added.
    configured: Arc<[Arc<dyn ModelProvider>]>,
    current: RwLock<ProviderSet>,
    reload: Arc<Reload>,
}

impl Deref for Models {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Models {
    /// Opens the providers that were added, beside those of the configuration, and follows what becomes of them.
    pub(crate) async fn open(
        db: Database,
        secrets: Secrets,
        (factory, configured): (Arc<dyn ProviderFactory>, Vec<Arc<dyn ModelProvider>>),
        lifecycle: Lifecycle,
    ) -> Result<Self> {
        let current = ProviderSet::new(configured.clone(), Hidden::new(), lifecycle.clone());
        let models = Self(Arc::new(Inner {
            db,
            secrets,
            factory,
            lifecycle,
            configured: configured.into(),
            current: RwLock::new(current),
            reload: Arc::default(),
        }));
        models.load().await?;
        models.lifecycle.spawn_critical("reload of model providers", models.clone().follow());
        Ok(models)
    }

    /// The providers that are asked from now on.
    pub(crate) fn current(&self) -> ProviderSet {
        self.current.read().clone()
    }

    /// Refuses the name of a model that nobody offers, if one is given.
    pub(crate) async fn require_offered(&self, field: &str, model: Option<&str>) -> Result<()> {
        let Some(model) = model else { return Ok(()) };
        bounded(field, model, 1, LONGEST_NAME)?;
        self.current().require_offered(field, model).await
    }

    /// Whether there is no provider, so that the built-in offline agent answers.
    pub fn is_offline(&self) -> bool {
        self.current.read().is_offline
    }

    /// What can be asked for: the models that are set up, and then what the services offered when they were last asked.
    /// The first call waits for them, three seconds at the most.
    pub async fn list(&self) -> Vec<ListedModel> {
        self.current().list().await
    }

    /// The same, as far as it is known now. What is not is looked for meanwhile.
    pub fn known_now(&self) -> Vec<ListedModel> {
        self.current().known_now()
    }

    /// Asks each provider for its list of models and its preferred model for a word, all at once. Takes 30 seconds at
    /// the most. Nothing if there is no provider.
    pub async fn check(&self, caller: &Caller) -> Result<Vec<ProviderCheck>> {
        allow::<System, Read>(caller)?;
        Ok(self.current().check().await)
    }

    /// The services that a provider can be set up as.
    pub fn presets(&self, caller: &Caller) -> Result<&[ProviderPreset]> {
        allow::<ModelSettings, Read>(caller)?;
        Ok(self.factory.presets())
    }
}
