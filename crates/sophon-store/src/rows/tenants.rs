//! Tenants.

use sophon_model::ports::TenantRows;
use sophon_model::{Result, Tenant};

use crate::engine::Conn;

impl TenantRows for Conn {
    fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>> {
        Ok(self.that("slug = $1", &[slug.into()])?)
    }
}
