//! What is refused: written beside, some at a time.
//!
//! Strangers can be refused as often as they like, so there is a bound: [`ADDRESS_AT_ONCE`] from one network and then one
//! each [`ADDRESS_PACE`], and of all strangers together [`STRANGERS_AT_ONCE`] and then one each [`STRANGERS_PACE`]: at most
//! 86,400 entries a day. Each user and node has [`KNOWN_AT_ONCE`] and one each [`KNOWN_PACE`]. What is beyond is counted,
//! and the count is an entry. What was refused less than a moment before the process is killed is not written.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sophon_model::{AuditAction, AuditOutcome, Error, Kind, Origin, TenantId};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at};

use super::{Draft, Performer};
use crate::buckets::{Buckets, hashed};
use crate::database::Database;
use crate::identity::Identified;
use crate::lifecycle::Lifecycle;
use crate::network::network;

/// Refusals of one network that are written down at once, and the time after which there is one more.
const ADDRESS_AT_ONCE: u32 = 300;
const ADDRESS_PACE: Duration = Duration::from_secs(6);
/// The same of all who are unknown.
const STRANGERS_AT_ONCE: u32 = 600;
const STRANGERS_PACE: Duration = Duration::from_secs(1);
/// The same of a user or a node.
const KNOWN_AT_ONCE: u32 = 1_000;
const KNOWN_PACE: Duration = Duration::from_secs(1);
/// Refusals that wait to be written.
const MOST_WAITING: usize = 1_000;
/// Refusals that are written in one transaction.
const WRITTEN_AT_ONCE: usize = 100;
/// The time between two entries that tell how many there were beyond.
const COUNTED_EVERY: Duration = Duration::from_mins(1);

/// A request that was refused, as a wire tells of it.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// Whose request it is.
    pub identified: &'a Identified,
    /// From where.
    pub origin: &'a Arc<Origin>,
    /// What was asked for: method and route, or hub and method.
    pub operation: &'a str,
    /// The address that was asked for, without what follows a question mark.
    pub target: &'a str,
    /// Why it was refused.
    pub error: &'a Error,
}

impl Refused<'_> {
    /// Whether an error is a refusal: the right is missing, or the credential is no good. That there is no credential is
    /// none.
    pub fn is_one(identified: &Identified, error: &Error) -> bool {
        match error.kind() {
            Kind::NotAuthorized => true,
            Kind::Unauthenticated => !matches!(identified, Identified::Nobody),
            _ => false,
        }
    }

    pub(super) fn draft(self, home: &TenantId) -> Draft {
        let by = match self.identified {
            Identified::Caller(caller) | Identified::PasswordDue(caller) => Performer::from(caller),
            Identified::Outsider(outsider) => Performer::from(outsider),
            Identified::Node(node) => Performer::from(node),
            Identified::Nobody | Identified::Rejected => Performer::nobody(home.clone(), self.origin.clone()),
        };
        let permission = self.error.details().and_then(|details| details["permission"].as_str());
        Draft::new(by, AuditAction::RequestRefuse).id(self.target).outcome(AuditOutcome::Denied).details(
            |details| {
                details.code = Some(self.error.code().to_owned());
                details.operation = Some(self.operation.to_owned());
                details.permission = permission.map(str::to_owned);
            },
        )
    }
}

/// Takes refusals in, as many as there is room for.
pub(super) struct Refusals {
    db: Database,
    salt: [u8; 16],
    addresses: Buckets,
    strangers: Buckets,
    known: Buckets,
    waiting: mpsc::Sender<Draft>,
    beyond: Beyond,
}

/// How many were not written down, by the chains that they belong to.
type Beyond = Arc<Mutex<HashMap<TenantId, i64>>>;

impl Refusals {
    pub(super) fn new(db: Database, salt: [u8; 16]) -> (Self, Writer) {
        let (waiting, arriving) = mpsc::channel(MOST_WAITING);
        let beyond = Beyond::default();
        let refusals = Self {
            db: db.clone(),
            salt,
            addresses: Buckets::new(ADDRESS_AT_ONCE, ADDRESS_PACE),
            strangers: Buckets::new(STRANGERS_AT_ONCE, STRANGERS_PACE),
            known: Buckets::new(KNOWN_AT_ONCE, KNOWN_PACE),
            waiting,
            beyond: beyond.clone(),
        };
        (refusals, Writer { db, arriving, beyond })
    }

    /// Takes one in. Never waits.
    pub(super) fn note(&self, draft: Draft) {
        let draft = draft.at(self.db.now());
        if !self.has_room(draft.performer()) {
            return count(&self.beyond, draft.tenant());
        }
        if let Err(full) = self.waiting.try_send(draft) {
            count(&self.beyond, full.into_inner().tenant());
        }
    }

    fn has_room(&self, by: &Performer) -> bool {
        let now = Instant::now();
        let key = |name: &str| hashed(&self.salt, &[name]);
        if by.is_known() {
            let name = by.user_id().map_or("", |user| user.as_str());
            return self.known.take(key(name), now).is_ok();
        }
        let address = by.origin().address.map(|address| network(address).to_string()).unwrap_or_default();
        self.addresses.take(key(&address), now).is_ok() && self.strangers.take(key(""), now).is_ok()
    }
}

fn count(beyond: &Beyond, tenant: &TenantId) {
    metrics::counter!("sophon_audit_refusals_beyond_total").increment(1);
    *beyond.lock().entry(tenant.clone()).or_default() += 1;
}

/// Writes down what was taken in.
pub(super) struct Writer {
    db: Database,
    arriving: mpsc::Receiver<Draft>,
    beyond: Beyond,
}

impl Writer {
    /// Writes until nothing is served any more.
    pub(super) async fn run(mut self, lifecycle: Lifecycle) {
        let mut look = interval_at(Instant::now() + COUNTED_EVERY, COUNTED_EVERY);
        let mut batch = Vec::with_capacity(WRITTEN_AT_ONCE);
        loop {
            tokio::select! {
                taken = self.arriving.recv_many(&mut batch, WRITTEN_AT_ONCE) => match taken {
                    0 => return,
                    _ => self.write(std::mem::take(&mut batch)).await,
                },
                _ = look.tick() => self.write(self.overflow()).await,
                () = lifecycle.followers_released() => break,
            }
        }
        while let Ok(draft) = self.arriving.try_recv() {
            batch.push(draft);
        }
        batch.extend(self.overflow());
        self.write(batch).await;
    }

    /// The entries that tell how many were beyond.
    fn overflow(&self) -> Vec<Draft> {
        let beyond = std::mem::take(&mut *self.beyond.lock());
        let draft = |(tenant, number)| {
            Draft::new(Performer::system(tenant), AuditAction::AuditOverflow)
                .outcome(AuditOutcome::Denied)
                .details(|details| details.count = Some(number))
        };
        beyond.into_iter().map(draft).collect()
    }

    async fn write(&self, batch: Vec<Draft>) {
        if batch.is_empty() {
            return;
        }
        let again = batch.clone();
        let written = self.db.write(move |unit| {
            for draft in batch {
                unit.note(draft);
            }
            Ok(())
        });
        if let Err(error) = written.await {
            tracing::warn!(%error, "refusals could not be written into the audit log; they are counted");
            for draft in &again {
                count(&self.beyond, draft.tenant());
            }
        }
    }
}
