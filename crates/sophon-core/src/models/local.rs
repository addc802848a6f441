//! Model servers on this machine, found at the ports that they usually have.

use std::time::Duration;

use futures_util::future::join_all;
use sophon_model::ports::{ProviderPreset, ProviderSpec, every};
use sophon_model::{Caller, Result, StoredProvider};
use tokio::time::timeout;

use super::Models;
use crate::policy::{ModelSettings, Read, allow};

/// The longest that a look at one port takes.
const LOOK: Duration = Duration::from_secs(2);

/// A model server that answered.
#[derive(Clone, Debug)]
pub struct LocalServer {
    /// The service that it seems to be.
    pub preset: ProviderPreset,
    /// The names of its models.
    pub models: Vec<String>,
    /// Whether a provider with its address was added already.
    pub is_added: bool,
}

impl Models {
    /// Looks for model servers on loopback, at the usual port of each and nowhere else, all at once. Takes two seconds
    /// at the most. This gateway's own port is left out.
    pub async fn find_local(&self, caller: &Caller) -> Result<Vec<LocalServer>> {
        allow::<ModelSettings, Read>(caller)?;
        let stored = self.db.read(|tx| tx.all(&every::<StoredProvider>())).await?;
        let origin = |preset: &ProviderPreset, url: &str| self.factory.origin(preset.kind, url).ok();
        let found = join_all(self.factory.local().into_iter().map(|preset| self.look_at(preset))).await;
        let servers = found.into_iter().flatten().map(|(preset, models)| {
            let here = origin(&preset, &preset.base_url);
            let is_added = stored.iter().any(|stored| origin(&preset, &stored.base_url) == here);
            LocalServer { preset, models, is_added }
        });
        Ok(servers.collect())
    }

    /// The models of a server, if one is there that lists them.
    async fn look_at(&self, preset: ProviderPreset) -> Option<(ProviderPreset, Vec<String>)> {
        let spec = ProviderSpec {
            name: preset.id.to_owned(),
            kind: preset.kind,
            base_url: preset.base_url.clone(),
            key: None,
            models: Vec::new(),
        };
        let provider = self.factory.open(&spec).ok()?;
        let listed = timeout(LOOK, provider.offered()).await.ok()?.ok()??;
        Some((preset, listed.into_iter().map(|model| model.id).collect()))
    }
}
