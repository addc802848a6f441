//! The master keys that this process has, and what they do to the data keys of tenants.

use sophon_model::ports::MasterKey;
use sophon_model::{DataKey, Error, Kind, Result, SecretBytes, TenantId, Timestamp};

use super::sealing::{NONCE, Place, fingerprint, open, seal};

/// The code of the error that a data key is sealed under a master key which this process does not have.
pub(super) const UNKNOWN_KEY: &str = "master_key_unknown";

/// Master keys with their fingerprints, newest first. There is always one.
pub(super) struct Ring(Vec<(String, MasterKey)>);

impl Ring {
    /// The ring of these keys; `None` if there are none.
    pub(super) fn new(keys: Vec<MasterKey>) -> Option<Self> {
        let keys: Vec<_> = keys.into_iter().map(|key| (fingerprint(&key), key)).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The fingerprint of the key that seals.
    pub(super) fn newest(&self) -> &str {
        &self.0[0].0
    }

    /// The fingerprints, newest first.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(id, _)| id.as_str())
    }

    /// Seals a data key of `tenant` under the newest master key.
    pub(super) fn seal(
        &self,
        tenant: &TenantId,
        key: &SecretBytes,
        nonce: [u8; NONCE],
        now: Timestamp,
    ) -> Result<DataKey> {
        let (id, master) = &self.0[0];
        let sealed = seal(master.expose(), nonce, &place(tenant, id), key.expose())
            .ok_or_else(|| Error::internal("a data key could not be sealed"))?;
        let tenant_id = tenant.clone();
        Ok(DataKey { tenant_id, master_key_id: id.clone(), sealed, created_at: now, sealed_at: now })
    }

    /// Opens a data key.
    pub(super) fn open(&self, key: &DataKey) -> Result<SecretBytes> {
        let known = self.0.iter().find(|(id, _)| *id == key.master_key_id);
        let (id, master) = known.ok_or_else(unknown)?;
        open(master.expose(), &place(&key.tenant_id, id), &key.sealed)
            .ok_or_else(|| Error::internal(format!("the data key of {} was changed", key.tenant_id)))
    }
}

fn place(tenant: &TenantId, master_key: &str) -> Place {
    Place::new(&["sophon data key 1", tenant.as_str(), master_key])
}

/// Another gateway has rotated the keys a moment ago, or a key was taken away.
fn unknown() -> Error {
    let text = "The secret is sealed under a master key that this gateway does not have yet. Try again; if that does \
                not help, put the missing master key back.";
    Error::new(Kind::ServiceUnavailable, text)
        .with_code(UNKNOWN_KEY)
        .with_retry_after(std::time::Duration::from_secs(1))
}
