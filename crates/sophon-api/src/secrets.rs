//! The keys that stored secrets are sealed with. No secret is returned.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How stored secrets are sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretsState {
    /// Where the master keys are kept.
    #[schema(example = "/var/lib/sophon/master.key")]
    pub place: String,
    /// The master keys, newest first. The newest one seals.
    pub master_keys: Vec<MasterKeyState>,
}

/// A master key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MasterKeyState {
    /// The beginning of a hash of the key.
    #[schema(example = "b5bb9d80")]
    pub fingerprint: String,
    /// How many data keys are sealed under it. One without any is needed for backups only.
    #[schema(example = 3)]
    pub data_keys: u64,
}

#[cfg(feature = "core")]
impl From<sophon_core::secrets::SecretsState> for SecretsState {
    fn from(state: sophon_core::secrets::SecretsState) -> Self {
        let master_key = |key: sophon_core::secrets::KeyState| MasterKeyState {
            fingerprint: key.id,
            data_keys: key.data_keys,
        };
        Self { place: state.place, master_keys: state.keys.into_iter().map(master_key).collect() }
    }
}
