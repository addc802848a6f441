//! Providers that were added, changed or removed are used at once, in every process that shares the database.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sophon_model::ports::{ModelProvider, ProviderSpec, every};
use sophon_model::{Result, SecretBytes, SecretName, SecretPurpose, StoredProvider};
use tokio::sync::watch;
use tokio::time::timeout;

use super::draft::infos;
use super::offered::Hidden;
use super::providers::{name_taken, sort};
use super::{Models, ProviderSet};
use crate::registry::Registry;

/// How long to wait for a change in this process before looking for one of another process.
const POLL: Duration = Duration::from_secs(2);
/// How long to wait before stored providers that could not be read are read again.
const RETRY: Duration = Duration::from_secs(5);
/// The longest that a change waits until it is in force here. After that it comes into force a little later.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The notice that providers were added, changed or removed.
pub(super) const CHANGED: &str = "models.providers";

/// Counts the changes, and which of them are in force.
#[derive(Default)]
pub(super) struct Reload {
    changes: watch::Sender<u64>,
    in_force: watch::Sender<u64>,
    loaded: Mutex<Vec<Loaded>>,
}

/// A provider as it was read, with the version of its key.
type Loaded = (StoredProvider, Option<i64>);

impl Reload {
    /// Notes a change. For after the commit.
    pub(super) fn request(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }
}

/// The name of a provider's key among the secrets.
pub(super) fn key_of(provider: &StoredProvider) -> SecretName {
    SecretName {
        tenant: provider.tenant_id.clone(),
        owner: (&provider.id).into(),
        purpose: SecretPurpose::ProviderKey,
    }
}

/// What is to be opened for a provider that is stored.
pub(super) fn spec_of(
    provider: &StoredProvider,
    key: Option<SecretBytes>,
    limits: (u32, u32),
) -> ProviderSpec {
    ProviderSpec {
        name: provider.name.clone(),
        kind: provider.kind,
        base_url: provider.base_url.clone(),
        key,
        models: infos(&provider.name, &provider.models, limits),
    }
}

impl Models {
    /// Waits until all changes that were noted before are in force.
    pub(super) async fn reloaded(&self) {
        let noted = *self.reload.changes.borrow();
        let mut in_force = self.reload.in_force.subscribe();
        tokio::select! {
            waited = timeout(LONGEST_WAIT, in_force.wait_for(|in_force| *in_force >= noted)) => {
                if waited.is_err() {
                    tracing::warn!("a change of the model providers is not in force yet");
                }
            }
            () = self.lifecycle.draining() => {}
        }
    }

    /// Brings changes into force that other gateways tell of.
    pub(crate) fn register(&self, registry: &mut Registry) {
        let reload = self.reload.clone();
        registry.notice(CHANGED, move |_| reload.request());
    }

    /// Brings changes into force until the process drains.
    pub(super) async fn follow(self) {
        let mut changes = self.reload.changes.subscribe();
        let poll = (!self.db.is_exclusive()).then_some(POLL);
        let mut pause = poll;
        loop {
            let woken = async {
                match pause {
                    Some(pause) => drop(timeout(pause, changes.changed()).await),
                    None => drop(changes.changed().await),
                }
            };
            tokio::select! {
                () = self.lifecycle.draining() => return,
                () = woken => {}
            }
            let noted = *changes.borrow_and_update();
            pause = match self.load().await {
                Ok(()) => {
                    self.reload.in_force.send_replace(noted);
                    poll
                }
                Err(error) => {
                    tracing::error!(%error, "the model providers that were added could not be read");
                    Some(RETRY)
                }
            };
        }
    }

    /// Reads the providers that were added, and asks them from now on. As long as they are the same nothing changes: what
    /// their services offer is kept.
    pub(super) async fn load(&self) -> Result<()> {
        let stored = self.stored().await?;
        if *self.reload.loaded.lock() == stored {
            return Ok(());
        }
        let (mut providers, mut hidden) = (self.configured.to_vec(), Hidden::new());
        for (provider, _) in stored.iter().filter(|(provider, _)| provider.is_enabled) {
            let disabled = provider.models.iter().filter(|model| !model.enabled);
            hidden.extend(disabled.map(|model| (provider.name.clone(), model.id.clone())));
            match self.open_stored(provider).await {
                Ok(opened) => providers.push(opened),
                Err(error) => {
                    tracing::error!(provider = provider.name, %error, "a model provider cannot be asked");
                }
            }
        }
        *self.current.write() = ProviderSet::new(providers, hidden, self.lifecycle.clone());
        *self.reload.loaded.lock() = stored;
        Ok(())
    }

    /// Opens a provider that is stored, with its key.
    pub(super) async fn open_stored(&self, provider: &StoredProvider) -> Result<Arc<dyn ModelProvider>> {
        let is_configured = self.configured.iter().any(|other| other.id() == provider.name);
        if is_configured {
            return Err(name_taken(&provider.name));
        }
        let key = if provider.has_key { self.secrets.get(&key_of(provider)).await? } else { None };
        self.factory.open(&spec_of(provider, key, self.factory.usual_limits(provider.kind)))
    }

    /// The providers that were added, in their order.
    async fn stored(&self) -> Result<Vec<Loaded>> {
        self.db
            .read(|tx| {
                let mut providers = tx.all(&every::<StoredProvider>())?;
                sort(&mut providers);
                let loaded = providers.into_iter().map(|provider| {
                    let version = tx.secret(&key_of(&provider))?.map(|key| key.version);
                    Ok((provider, version))
                });
                loaded.collect()
            })
            .await
    }
}
