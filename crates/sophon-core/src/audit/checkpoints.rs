//! Signed checkpoints: how far each chain had come at some time, kept in a second place.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sophon_model::ports::{AuditCheckpoints, ChainHead, Tx};
use sophon_model::{Result, TenantId, Timestamp};
use tokio::time::{Instant, interval_at};

use crate::database::Database;
use crate::lifecycle::Lifecycle;

/// Entries after which there is a checkpoint.
const EVERY_ENTRIES: i64 = 100;
/// The time after which there is one if there were fewer.
const EVERY: Duration = Duration::from_mins(1);

/// That the chain of a tenant had come to an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkpoint {
    /// Whose chain.
    pub tenant_id: TenantId,
    /// The number of the entry.
    pub number: i64,
    /// Its hash.
    pub hash: String,
    /// When.
    pub timestamp: String,
    /// The public key of who says so, in hex.
    pub key: String,
    /// An Ed25519 signature over [`message`](Self::message), in hex.
    pub signature: String,
}

impl Checkpoint {
    fn sign(key: &SigningKey, tenant_id: TenantId, head: &ChainHead, now: Timestamp) -> Self {
        let mut checkpoint = Self {
            tenant_id,
            number: head.number,
            hash: head.hash.clone(),
            timestamp: now.to_string(),
            key: hex::encode(key.verifying_key().as_bytes()),
            signature: String::new(),
        };
        checkpoint.signature = hex::encode(key.sign(checkpoint.message().as_bytes()).to_bytes());
        checkpoint
    }

    /// What the signature is over.
    pub fn message(&self) -> String {
        let Self { tenant_id, number, hash, timestamp, .. } = self;
        format!("sophon audit checkpoint 1\n{tenant_id}\n{number}\n{hash}\n{timestamp}")
    }

    /// Whether its key has signed it.
    pub fn is_signed(&self) -> bool {
        let key = decoded(&self.key).and_then(|key| VerifyingKey::from_bytes(&key).ok());
        let signature = decoded(&self.signature).map(|signature| Signature::from_bytes(&signature));
        key.zip(signature)
            .is_some_and(|(key, signature)| key.verify_strict(self.message().as_bytes(), &signature).is_ok())
    }
}

fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex::decode(text).ok()?.try_into().ok()
}

/// The public key, in hex, of a gateway with this private key.
pub fn key_of(private: &[u8; 32]) -> String {
    hex::encode(SigningKey::from_bytes(private).verifying_key().as_bytes())
}

/// Writes checkpoints.
pub(super) struct Checkpointer {
    db: Database,
    key: SigningKey,
    kept: Arc<dyn AuditCheckpoints>,
    /// What is newer than the last checkpoint.
    ahead: HashMap<TenantId, ChainHead>,
    /// The numbers of the last checkpoints.
    written: HashMap<TenantId, i64>,
}

impl Checkpointer {
    pub(super) fn new(db: Database, key: [u8; 32], kept: Arc<dyn AuditCheckpoints>) -> Self {
        let key = SigningKey::from_bytes(&key);
        Self { db, key, kept, ahead: HashMap::new(), written: HashMap::new() }
    }

    /// Writes until nothing is served any more.
    pub(super) async fn run(mut self, lifecycle: Lifecycle) {
        // What another process could not write any more.
        match self.db.read(|tx: &dyn Tx| tx.audit_heads()).await {
            Ok(heads) => self.ahead.extend(heads),
            Err(error) => tracing::warn!(%error, "the ends of the audit log could not be read"),
        }
        self.write(0).await;
        let heads = self.db.audit_heads().clone();
        let mut look = interval_at(Instant::now() + EVERY, EVERY);
        loop {
            tokio::select! {
                () = heads.grown() => {
                    self.ahead.extend(heads.take());
                    self.write(EVERY_ENTRIES).await;
                }
                _ = look.tick() => self.write(0).await,
                () = lifecycle.followers_released() => break,
            }
        }
        self.ahead.extend(heads.take());
        self.write(0).await;
    }

    /// Writes a checkpoint of each chain that has at least so many entries more.
    async fn write(&mut self, least: i64) {
        let is_due = |(tenant, head): &(&TenantId, &ChainHead)| {
            head.number - self.written.get(*tenant).copied().unwrap_or_default() >= least
        };
        let due: Vec<TenantId> = self.ahead.iter().filter(is_due).map(|(tenant, _)| tenant.clone()).collect();
        for tenant in due {
            let Some(head) = self.ahead.get(&tenant) else { continue };
            match self.keep(&tenant, head).await {
                Ok(()) => {
                    self.written.insert(tenant.clone(), head.number);
                    self.ahead.remove(&tenant);
                }
                // The next look tries again.
                Err(error) => {
                    metrics::counter!("sophon_audit_checkpoint_failures_total").increment(1);
                    tracing::error!(%error, "a checkpoint of the audit log could not be kept");
                }
            }
        }
    }

    async fn keep(&self, tenant: &TenantId, head: &ChainHead) -> Result<()> {
        let checkpoint = Checkpoint::sign(&self.key, tenant.clone(), head, self.db.now());
        let line = serde_json::to_string(&checkpoint).map_err(sophon_model::Error::internal)?;
        self.kept.keep(&line).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_signed_for_all_that_it_says() {
        let head = ChainHead { number: 7, hash: "ab".into() };
        let key = SigningKey::from_bytes(&[7; 32]);
        let signed = Checkpoint::sign(&key, "tenant_1".into(), &head, Timestamp::from_millis(1));
        assert!(signed.is_signed());
        assert_eq!(signed.key, key_of(&[7; 32]));
        let others = [
            Checkpoint { tenant_id: "tenant_2".into(), ..signed.clone() },
            Checkpoint { number: 8, ..signed.clone() },
            Checkpoint { hash: "ac".into(), ..signed.clone() },
            Checkpoint { timestamp: Timestamp::from_millis(2).to_string(), ..signed.clone() },
            Checkpoint { key: key_of(&[8; 32]), ..signed.clone() },
            Checkpoint { signature: "00".into(), ..signed },
        ];
        assert!(others.iter().all(|other| !other.is_signed()));
    }
}
