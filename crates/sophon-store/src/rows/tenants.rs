//! Tenants.

use sophon_model::ports::TenantRows;
use sophon_model::{Result, Tenant, TenantId};

use crate::engine::{Conn, Table};

const TENANTS: Table = Table::new("tenants", "tenant").taken("There is a tenant with this slug already.");

impl TenantRows for Conn {
    fn insert_tenant(&mut self, tenant: &Tenant) -> Result<()> {
        self.insert(TENANTS, tenant)
    }

    fn tenant(&self, id: &TenantId) -> Result<Option<Tenant>> {
        Ok(self.one("SELECT * FROM tenants WHERE id = $1", &[id.as_str().into()])?)
    }

    fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>> {
        Ok(self.one("SELECT * FROM tenants WHERE slug = $1", &[slug.into()])?)
    }
}
