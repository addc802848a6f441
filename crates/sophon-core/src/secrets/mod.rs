//! Secrets of others that Sophon must be able to use: sealed in the database, and never given back by an API.
//!
//! A secret is sealed with the data key of its tenant, and that is sealed under a master key which is not in the
//! database. Every sealed text is bound to the row that it stands in.

mod ring;
mod rotation;
mod sealing;

use std::sync::Arc;

use parking_lot::RwLock;
use sophon_model::ports::{MasterKey, MasterKeys, Tx};
use sophon_model::{DataKey, Error, Result, SecretBytes, SecretName, StoredSecret, TenantId};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::database::{Database, Unit};
use crate::lifecycle::Lifecycle;
use ring::{Ring, UNKNOWN_KEY};
pub use rotation::{KeyState, SecretsState};
pub(crate) use sealing::{NONCE, Place, open, seal};

/// The longest secret, in bytes.
pub const LONGEST_SECRET: usize = 64 * 1024;

/// The service.
#[derive(Clone)]
pub struct Secrets {
    db: Database,
    keys: Arc<dyn MasterKeys>,
    /// Replaced as a whole when the keys are loaded again.
    ring: Arc<RwLock<Arc<Ring>>>,
    /// Held while the keys are rotated or loaded again.
    renewal: Arc<Semaphore>,
    lifecycle: Lifecycle,
    /// Secrets are opened on the threads of storage, which know no runtime.
    runtime: Handle,
}

impl Secrets {
    /// Loads the master keys, or makes the first one for a database that has no secrets yet. Fails where the database
    /// needs a key that is not there.
    pub(crate) async fn open(db: Database, keys: Arc<dyn MasterKeys>, lifecycle: Lifecycle) -> Result<Self> {
        let uses = db.read(|tx: &dyn Tx| tx.master_key_uses()).await?;
        let mut loaded = keys.load().await?;
        if loaded.is_empty() && uses.is_empty() {
            keys.add(&new_key(&db)?).await?;
            loaded = keys.load().await?;
        }
        let ring = Ring::new(loaded);
        rotation::require_all(ring.as_ref(), &uses, &keys.place())?;
        let ring = ring.ok_or_else(|| Error::internal("a master key that was added is not there"))?;
        let ring = Arc::new(RwLock::new(Arc::new(ring)));
        let secrets = Self {
            db,
            keys,
            ring,
            renewal: Arc::new(Semaphore::new(1)),
            lifecycle,
            runtime: Handle::current(),
        };
        secrets.reseal().await?;
        Ok(secrets)
    }

    /// Makes the data key of a tenant if it has none: a gateway that has one notices a wrong master key as it starts.
    pub(crate) async fn prepare(&self, tenant: &TenantId) -> Result<()> {
        let (secrets, tenant) = (self.clone(), tenant.clone());
        self.db.write(move |unit| secrets.prepare_in(unit, &tenant)).await
    }

    /// The same, with the transaction in which the tenant is made.
    pub(crate) fn prepare_in(&self, unit: &mut Unit<'_>, tenant: &TenantId) -> Result<()> {
        self.data_key_in(unit, tenant).map(drop)
    }

    /// Sets a secret, with the transaction of the thing that it belongs to.
    pub fn set_in(&self, unit: &mut Unit<'_>, name: &SecretName, secret: &SecretBytes) -> Result<()> {
        if secret.expose().len() > LONGEST_SECRET {
            let text = format!("A secret has at most {LONGEST_SECRET} bytes.");
            return Err(Error::validation("secret", text));
        }
        let key = self.data_key_in(unit, &name.tenant)?;
        let before = unit.tx.secret(name)?;
        let (now, nonce) = (unit.now(), unit.random());
        let version = before.as_ref().map_or(0, |before| before.version) + 1;
        let sealed = seal(key.expose(), nonce, &place(name, version), secret.expose())
            .ok_or_else(|| Error::internal("a secret could not be sealed"))?;
        unit.tx.put_secret(&StoredSecret {
            tenant_id: name.tenant.clone(),
            owner_id: name.owner.clone(),
            purpose: name.purpose,
            version,
            sealed,
            created_at: before.map_or(now, |before| before.created_at),
            updated_at: now,
        })
    }

    /// A secret, as the transaction sees it. It is an error if it was tampered with.
    pub fn get_in(&self, tx: &dyn Tx, name: &SecretName) -> Result<Option<SecretBytes>> {
        let Some(stored) = tx.secret(name)? else { return Ok(None) };
        let key = tx.data_key(&name.tenant)?.ok_or_else(|| tampered(name))?;
        let key = self.open_data_key(&key)?;
        open(key.expose(), &place(name, stored.version), &stored.sealed)
            .map(Some)
            .ok_or_else(|| tampered(name))
    }

    /// A secret. It is an error if it was tampered with.
    pub async fn get(&self, name: &SecretName) -> Result<Option<SecretBytes>> {
        let look = || {
            let (secrets, name) = (self.clone(), name.clone());
            self.db.read(move |tx| secrets.get_in(tx, &name))
        };
        match look().await {
            Err(error) if error.code() == UNKNOWN_KEY => {
                self.load_again().await?;
                look().await
            }
            found => found,
        }
    }

    /// Forgets a secret, with the transaction in which the thing goes that it belongs to.
    pub fn delete_in(&self, unit: &mut Unit<'_>, name: &SecretName) -> Result<bool> {
        unit.tx.delete_secret(name)
    }

    fn ring(&self) -> Arc<Ring> {
        self.ring.read().clone()
    }

    /// The data key of a tenant: a new one if it has none.
    fn data_key_in(&self, unit: &mut Unit<'_>, tenant: &TenantId) -> Result<SecretBytes> {
        if let Some(key) = unit.tx.data_key(tenant)? {
            return self.open_data_key(&key);
        }
        let key = new_key(&self.db)?;
        let key = SecretBytes::from(key.expose().to_vec());
        let sealed = self.ring().seal(tenant, &key, unit.random(), unit.now())?;
        unit.tx.put_data_key(&sealed)?;
        Ok(key)
    }

    /// Opens a data key. If another gateway has sealed it under a new master key, the keys are loaded again, so that
    /// trying again helps.
    fn open_data_key(&self, key: &DataKey) -> Result<SecretBytes> {
        let opened = self.ring().open(key);
        if opened.as_ref().is_err_and(|error| error.code() == UNKNOWN_KEY) {
            let secrets = self.clone();
            let _entered = self.runtime.enter();
            self.lifecycle.spawn(async move {
                if let Err(error) = secrets.load_again().await {
                    tracing::error!(%error, "the master keys could not be loaded again");
                }
            });
        }
        opened
    }
}

fn place(name: &SecretName, version: i64) -> Place {
    let (tenant, owner, purpose) = (name.tenant.as_str(), name.owner.as_str(), name.purpose.as_str());
    Place::new(&["sophon secret 1", tenant, owner, purpose, &version.to_string()])
}

fn new_key(db: &Database) -> Result<MasterKey> {
    let random = Zeroizing::new(db.random::<{ MasterKey::LENGTH }>());
    MasterKey::new(Zeroizing::new(random.to_vec())).ok_or_else(|| Error::internal("a key has a wrong length"))
}

fn tampered(name: &SecretName) -> Error {
    let (purpose, owner) = (name.purpose.as_str(), name.owner.as_str());
    Error::internal(format!("the {purpose} secret of {owner} does not open: its row was changed"))
}
