//! An export: entries in the order of their chain, some at a time.

use sophon_model::ports::{AuditFilter, AuditRange};
use sophon_model::{AuditEntry, Result, TenantId};

use crate::database::Database;

/// Entries that are read at a time.
const READ_AT_ONCE: usize = 500;

/// An export that goes on. What is written while it does is not in it.
pub struct Export {
    db: Database,
    tenant: TenantId,
    range: AuditRange,
}

impl Export {
    pub(super) fn new(db: Database, tenant: TenantId, filter: AuditFilter, up_to: i64) -> Self {
        Self { db, tenant, range: AuditRange { filter, after: 0, up_to } }
    }

    /// The next entries; none at the end.
    pub async fn next(&mut self) -> Result<Vec<AuditEntry>> {
        let (tenant, range) = (self.tenant.clone(), self.range.clone());
        let entries = self.db.read(move |tx| tx.list_in(&tenant, &range, READ_AT_ONCE)).await?;
        if let Some(last) = entries.last() {
            self.range.after = last.number;
        }
        Ok(entries)
    }
}
