//! Master keys change while the gateway serves: a new one comes first, and the data keys are sealed again.

use serde::{Deserialize, Serialize};
use sophon_model::ports::Tx;
use sophon_model::{AuditAction, Caller, Error, Kind, MasterKeyUse, Result};

use super::ring::Ring;
use super::{Secrets, new_key};
use crate::policy::{Read, System, Write, allow};

/// Data keys that are sealed again in one transaction.
const RESEALED_AT_ONCE: usize = 100;

/// A master key, by its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyState {
    /// The fingerprint.
    pub id: String,
    /// How many data keys are sealed under it.
    pub data_keys: u64,
}

/// How the secrets are sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretsState {
    /// Where the master keys are kept.
    pub place: String,
    /// The master keys, newest first. One without data keys is needed for backups only.
    pub keys: Vec<KeyState>,
}

impl Secrets {
    /// How the secrets are sealed.
    pub async fn state(&self, caller: &Caller) -> Result<SecretsState> {
        allow::<System, Read>(caller)?;
        self.overview().await
    }

    async fn overview(&self) -> Result<SecretsState> {
        let uses = self.db.read(|tx: &dyn Tx| tx.master_key_uses()).await?;
        let data_keys =
            |id: &str| uses.iter().find(|used| used.master_key_id == id).map_or(0, |u| u.data_keys);
        let ring = self.ring();
        let keys = ring.ids().map(|id| KeyState { id: id.to_owned(), data_keys: data_keys(id) }).collect();
        Ok(SecretsState { place: self.keys.place(), keys })
    }

    /// Makes a new master key, or takes over the one that the operator has put in front, and seals all data keys
    /// under it. Secrets can be read and set meanwhile.
    pub async fn rotate(&self, caller: &Caller) -> Result<SecretsState> {
        allow::<System, Write>(caller)?;
        if let Some(state) = self.db.replay(caller).await? {
            return Ok(state);
        }
        let Ok(_only_one) = self.renewal.try_acquire() else {
            return Err(Error::conflict(
                "The master keys are being renewed. Look at them when that is done.",
            ));
        };
        let before = self.ring();
        let made = self.keys.add(&new_key(&self.db)?).await?;
        self.load().await?;
        if !made && self.ring().newest() == before.newest() {
            return Err(Error::conflict(format!(
                "The newest master key is still {}. The keys come from {}: put a new one in front there, then rotate \
                 again.",
                before.newest(),
                self.keys.place()
            )));
        }
        let resealed = self.reseal().await?;
        tracing::info!(key = self.ring().newest(), resealed, "the master key was rotated");
        let state = self.overview().await?;
        self.db.write_once(caller, AuditAction::MasterKeyRotate, move |_| Ok(state)).await
    }

    /// Loads the keys, because another gateway may have rotated them.
    pub(super) async fn load_again(&self) -> Result<()> {
        // The second caller finds the keys loaded.
        let _one_at_a_time = self.renewal.acquire().await.map_err(Error::internal)?;
        self.load().await
    }

    async fn load(&self) -> Result<()> {
        let ring = Ring::new(self.keys.load().await?);
        let ring = ring.ok_or_else(|| missing(&self.keys.place()))?;
        *self.ring.write() = ring.into();
        Ok(())
    }

    /// Seals the data keys under the newest master key that are sealed under another one; returns how many.
    pub(super) async fn reseal(&self) -> Result<usize> {
        let mut resealed = 0;
        loop {
            let ring = self.ring();
            let done = self.db.write(move |unit| {
                let old = unit.tx.data_keys_not_under(ring.newest(), RESEALED_AT_ONCE)?;
                for key in &old {
                    // Read again, alone: another gateway may be at it.
                    let Some(stored) = unit.tx.data_key(&key.tenant_id)? else { continue };
                    let data_key = ring.open(&stored)?;
                    let mut sealed = ring.seal(&key.tenant_id, &data_key, unit.random(), unit.now())?;
                    sealed.created_at = stored.created_at;
                    unit.tx.put_data_key(&sealed)?;
                }
                Ok(old.len())
            });
            match done.await? {
                0 => return Ok(resealed),
                some => resealed += some,
            }
        }
    }
}

/// Refuses to go on without a master key that data keys are sealed under.
pub(super) fn require_all(ring: Option<&Ring>, uses: &[MasterKeyUse], place: &str) -> Result<()> {
    let Some(ring) = ring else { return Err(missing(place)) };
    let is_known = |used: &&MasterKeyUse| ring.ids().any(|id| id == used.master_key_id);
    match uses.iter().find(|used| !is_known(used)) {
        None => Ok(()),
        Some(used) => {
            let loaded: Vec<&str> = ring.ids().collect();
            Err(refusal(format!(
                "The secrets in the database need the master key {}, and it is not among those of {place} ({}). Put it \
                 back from your backup, on a line of its own; the first key seals, the others only open.",
                used.master_key_id,
                loaded.join(", ")
            )))
        }
    }
}

fn missing(place: &str) -> Error {
    refusal(format!(
        "The database holds secrets, and there is no master key in {place} to open them with. Put it back from your \
         backup."
    ))
}

fn refusal(text: String) -> Error {
    Error::new(Kind::Conflict, text).with_code("wrong_master_key")
}
