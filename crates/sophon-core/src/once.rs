//! Requests that are applied once: the answer is kept under the request's key, in the transaction of what it did, and
//! given again to the same request.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use sophon_model::ports::{IdempotentReply, Tx};
use sophon_model::{AuditAction, Caller, Error, Kind, RequestKey, Result, Timestamp};

use crate::database::{Database, Unit};
use crate::registry::Registry;

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_hours(24);
/// Answers that are kept of a user; beyond that the oldest are removed, each hour.
pub const MOST_KEPT: usize = 10_000;
/// The largest answer that is kept, in bytes of JSON. No request that fits the limits of its wire has a larger one.
const LARGEST_REPLY: usize = 4 * 1024 * 1024;

/// Registers the removal of answers.
pub(crate) fn register(registry: &mut Registry) {
    registry.keep_for(KEPT, |unit, before| {
        let lapsed = unit.tx.prune_idempotent_replies(before)?;
        Ok(lapsed + unit.tx.trim_idempotent_replies(MOST_KEPT)?)
    });
}

/// A request that is applied once.
#[derive(Clone)]
pub(crate) struct Once {
    scope: String,
    key: String,
    request_hash: String,
    request: Option<RequestKey>,
}

impl Once {
    /// By the key that the request bears, if it bears one. It counts among all requests of the user.
    pub(crate) fn of(caller: &Caller) -> Option<Self> {
        let request = caller.request_key.clone()?;
        Some(Self {
            scope: format!("request:{}:{}", caller.tenant, caller.user),
            key: request.key.clone(),
            request_hash: sha256(request.fingerprint.as_bytes()),
            request: Some(request),
        })
    }

    /// By a key that counts within `scope`, for a request that says what it asks for.
    pub(crate) fn within(scope: String, key: String, asked: &impl Serialize) -> Result<Self> {
        let asked = serde_json::to_vec(asked).map_err(Error::internal)?;
        Ok(Self { scope, key, request_hash: sha256(&asked), request: None })
    }

    /// The answer that was given to the request before. Another request under its key is a conflict.
    pub(crate) fn replay<R: DeserializeOwned>(&self, tx: &dyn Tx, now: Timestamp) -> Result<Option<R>> {
        let Some(kept) = tx.idempotent_reply(&self.scope, &self.key, now.minus(KEPT))? else {
            return Ok(None);
        };
        if kept.request_hash != self.request_hash {
            let text = "This idempotency key was used for another request. Use a new key for a new request.";
            return Err(Error::conflict(text).with_code("idempotency_conflict"));
        }
        if let Some(request) = &self.request {
            request.mark_replayed();
        }
        serde_json::from_value(kept.reply).map(Some).map_err(Error::internal)
    }

    /// Keeps the answer.
    pub(crate) fn keep<R: Serialize>(&self, unit: &mut Unit<'_>, answer: &R) -> Result<()> {
        let reply = serde_json::to_value(answer).map_err(Error::internal)?;
        if reply.to_string().len() > LARGEST_REPLY {
            let text =
                "The answer is too large to be kept under an Idempotency-Key. Send the request without one.";
            return Err(Error::new(Kind::PayloadTooLarge, text));
        }
        let reply = IdempotentReply { request_hash: self.request_hash.clone(), reply };
        let now = unit.now();
        unit.tx.insert_idempotent_reply(&self.scope, &self.key, &reply, now)
    }
}

impl Database {
    /// Runs a unit of work for a request of the caller's, like [`write_as`](Self::write_as). If the request bears a key, it
    /// runs once: what it returns is kept with what it did, and returned to the same request when it comes again. A unit
    /// that fails leaves nothing, and the request may be sent again. One unit for a request; it returns no secrets.
    pub(crate) async fn write_once<R, F>(&self, caller: &Caller, action: AuditAction, work: F) -> Result<R>
    where
        R: Serialize + DeserializeOwned + Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<R> + Clone + Send + 'static,
    {
        let once = Once::of(caller);
        self.write_as(caller, action, move |unit| {
            let Some(once) = once else { return work(unit) };
            if let Some(answer) = once.replay(&*unit.tx, unit.now())? {
                unit.is_no_action();
                return Ok(answer);
            }
            let answer = work(unit)?;
            once.keep(unit, &answer)?;
            Ok(answer)
        })
        .await
    }

    /// The answer that the caller's request was given before: for work that is no single unit, and keeps its answer with
    /// [`write_once`](Self::write_once) when it is done.
    pub(crate) async fn replay<R>(&self, caller: &Caller) -> Result<Option<R>>
    where
        R: DeserializeOwned + Send + 'static,
    {
        let Some(once) = Once::of(caller) else { return Ok(None) };
        let now = self.now();
        self.read(move |tx| once.replay(tx, now)).await
    }
}

/// Makes the secrets that an answer gives away. They are not kept, and yet an answer that is given again has the same: a
/// secret follows from the request's key, from what it is the secret of, and from a key that nobody but the gateway has.
#[derive(Clone)]
pub(crate) struct SecretMaker(Hmac<Sha256>);

impl SecretMaker {
    pub(crate) fn new(signing_key: &[u8; 32]) -> Self {
        let mac = Hmac::<Sha256>::new_from_slice(signing_key).expect("a key of any length will do");
        Self(mac.chain_update(b"a secret of "))
    }

    /// Where the secrets of one request come from: chance, unless the request bears a key.
    pub(crate) fn source(&self, db: &Database, caller: &Caller) -> SecretSource {
        let mac = match &caller.request_key {
            None => self.0.clone().chain_update([0]).chain_update(db.random::<32>()),
            Some(key) => self.0.clone().chain_update([1]).chain_update(sha256(key.key.as_bytes())),
        };
        SecretSource(mac)
    }
}

/// See [`SecretMaker`].
#[derive(Clone)]
pub(crate) struct SecretSource(Hmac<Sha256>);

impl SecretSource {
    /// The secret of the thing with this id.
    pub(crate) fn secret_of(&self, id: &str) -> [u8; 32] {
        self.0.clone().chain_update(id).finalize().into_bytes().into()
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
