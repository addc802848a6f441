//! The audit log: chains that grow at their ends, and are cut at their beginnings.

use sophon_model::ports::{AuditRows, ChainHead, Record, Shape};
use sophon_model::{AuditEntry, Result, TenantId, Timestamp};

use crate::engine::{Conn, Failure, Verb};

impl AuditRows for Conn {
    fn audit_head(&self, tenant: &TenantId) -> Result<ChainHead> {
        if self.writes() {
            self.serialize_on(&format!("audit {tenant}"))?;
        }
        if let Some(known) = self.known_audit_head(tenant) {
            return Ok(known);
        }
        let sql = "SELECT number, hash FROM audit_entries WHERE tenant_id = $1 ORDER BY number DESC LIMIT 1";
        let head = self.head(sql, tenant)?.unwrap_or_default();
        self.set_audit_head(tenant, head.clone());
        Ok(head)
    }

    fn append_audit_entry(&mut self, entry: &AuditEntry) -> Result<()> {
        let (text, row) = (self.text(Shape::of::<AuditEntry>(), Verb::Insert), Record::of(entry)?);
        self.run(&text, &row.values(), &mut |_| Ok(()))?;
        let head = ChainHead { number: entry.number, hash: entry.hash.clone() };
        self.set_audit_head(&entry.tenant_id, head);
        Ok(())
    }

    fn audit_heads(&self) -> Result<Vec<(TenantId, ChainHead)>> {
        let sql = "SELECT tenant_id, number, hash FROM audit_entries JOIN \
                   (SELECT tenant_id AS chain, max(number) AS last FROM audit_entries GROUP BY tenant_id) AS ends \
                   ON tenant_id = chain AND number = last ORDER BY tenant_id";
        let heads: Vec<(TenantId, i64, String)> = self.all(sql, &[])?;
        Ok(heads.into_iter().map(|(tenant, number, hash)| (tenant, ChainHead { number, hash })).collect())
    }

    fn audit_cut_point(
        &self,
        tenant: &TenantId,
        before: Timestamp,
        oldest_before: Timestamp,
        at_most: usize,
    ) -> Result<Option<ChainHead>> {
        let sql = "WITH oldest AS (SELECT number, hash, at FROM audit_entries WHERE tenant_id = $1 ORDER BY number LIMIT $4) \
                   SELECT number, hash FROM oldest WHERE at < $2 \
                   AND number < (SELECT max(number) FROM audit_entries WHERE tenant_id = $1) \
                   AND (SELECT min(at) FROM oldest) < $3 ORDER BY number DESC LIMIT 1";
        let args = [tenant.as_str().into(), before.into(), oldest_before.into(), at_most.into()];
        let found: Option<(i64, String)> = self.one(sql, &args)?;
        Ok(found.map(|(number, hash)| ChainHead { number, hash }))
    }

    fn cut_audit(&mut self, tenant: &TenantId, up_to: &ChainHead, at: Timestamp) -> Result<u64> {
        let (number, hash) = (up_to.number.into(), up_to.hash.as_str().into());
        let cut = "INSERT INTO audit_cuts (tenant_id, up_to, hash, at) VALUES ($1, $2, $3, $4)";
        self.exec(cut, &[tenant.as_str().into(), number, hash, at.into()])?;
        let removed = "DELETE FROM audit_entries WHERE tenant_id = $1 AND number <= $2";
        Ok(self.exec(removed, &[tenant.as_str().into(), number])?)
    }
}

impl Conn {
    fn head(&self, sql: &str, tenant: &TenantId) -> Result<Option<ChainHead>, Failure> {
        let found: Option<(i64, String)> = self.one(sql, &[tenant.as_str().into()])?;
        Ok(found.map(|(number, hash)| ChainHead { number, hash }))
    }
}
