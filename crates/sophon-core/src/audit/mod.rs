//! The audit log: who did what, and what was refused, in a chain for each tenant.
//!
//! * What a caller asks for is a unit of work with an action ([`Database::write_as`](crate::database::Database::write_as)):
//!   its one entry is written in the same transaction. What follows from it there has no entry of its own.
//! * What agents do follows from the events of the gateway's own work (`events`).
//! * What is refused is written beside, some at a time and up to a bound (`refusals`).
//!
//! How far each chain has come is signed and kept in a second place (`checkpoints`), so that also an end that was cut off
//! is missed. [`verify`] needs nothing but an export, and finds what was changed.

mod chain;
mod checkpoints;
mod draft;
mod events;
mod export;
mod refusals;
mod retention;
mod subjects;
pub mod verify;

pub(crate) use chain::{Heads, append_in};
pub(crate) use draft::{Draft, Performer, changed_fields};
pub(crate) use events::{drafts_of, of_approval};
pub(crate) use subjects::Subject;

pub use chain::{canonical, line};
pub use checkpoints::{Checkpoint, key_of};
pub use export::Export;
pub use refusals::Refused;

use std::sync::Arc;

use sophon_model::ports::{AuditCheckpoints, AuditFilter};
use sophon_model::{AuditAction, AuditEntry, Caller, Origin, Page, Paged, Result, TenantId};

use crate::database::Database;
use crate::gateway::Shared;
use crate::policy::{AuditLog, Export as MayExport, Read, allow};
use crate::registry::Registry;
use refusals::Refusals;

/// The service.
#[derive(Clone)]
pub struct Audit(Arc<Parts>);

struct Parts {
    db: Database,
    refusals: Refusals,
    /// The tenant whose chain tells of what belongs to no tenant: the one that the gateway was set up with.
    home: TenantId,
}

impl Audit {
    pub(crate) fn open(
        shared: &Shared,
        registry: &mut Registry,
        home: TenantId,
        kept: Arc<dyn AuditCheckpoints>,
    ) -> Self {
        let db = shared.db.clone();
        registry.keep_for(shared.settings.retention.audit, retention::cut_in);
        let (refusals, writer) = Refusals::new(db.clone(), db.random());
        shared.lifecycle.spawn_critical("writer of refusals", writer.run(shared.lifecycle.clone()));
        let checkpointer = checkpoints::Checkpointer::new(db.clone(), shared.settings.audit_key, kept);
        shared.lifecycle.spawn_critical("writer of checkpoints", checkpointer.run(shared.lifecycle.clone()));
        Self(Arc::new(Parts { db, refusals, home }))
    }

    /// Writes down that the gateway has started.
    pub(crate) async fn started(&self) -> Result<()> {
        let draft = Draft::new(Performer::system(self.0.home.clone()), AuditAction::GatewayStart);
        self.0
            .db
            .write(move |unit| {
                unit.note(draft);
                Ok(())
            })
            .await
    }

    /// The entries of the caller's tenant that match, newest first.
    pub async fn list(&self, caller: &Caller, filter: AuditFilter, page: Page) -> Result<Paged<AuditEntry>> {
        let allowed = allow::<AuditLog, Read>(caller)?;
        self.0.db.read(move |tx| tx.page(allowed.tenant(), &filter, &page)).await
    }

    /// The entries of the caller's tenant that match, in the order of the chain and up to that of this export, some at a
    /// time.
    pub async fn export(&self, caller: &Caller, filter: AuditFilter) -> Result<Export> {
        let allowed = allow::<AuditLog, MayExport>(caller)?;
        self.0.db.write_as(caller, AuditAction::AuditExport, |_| Ok(())).await?;
        let tenant = allowed.tenant().clone();
        let head = self.0.db.read(move |tx| tx.audit_head(&tenant)).await?;
        Ok(Export::new(self.0.db.clone(), allowed.tenant().clone(), filter, head.number))
    }

    /// Has it written down that something was refused: soon, and unless there is too much of it. Does not wait.
    pub fn refuse(&self, refused: Refused<'_>) {
        self.0.refusals.note(refused.draft(&self.0.home));
    }

    /// Has it written down that nobody in particular was refused an action.
    pub(crate) fn refuse_draft(&self, draft: Draft) {
        self.0.refusals.note(draft);
    }

    /// Somebody without a good credential, whose refusals go into the chain of the first tenant.
    pub(crate) fn nobody(&self, origin: Arc<Origin>) -> Performer {
        Performer::nobody(self.0.home.clone(), origin)
    }
}
