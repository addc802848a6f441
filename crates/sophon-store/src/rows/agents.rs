//! Agents.

use sophon_model::ports::AgentRows;
use sophon_model::{Agent, Result, TenantId};

use crate::engine::Conn;

/// Someone may give an agent a slug that is the id of another: the id wins.
const ONE: &str = "tenant_id = $1 AND (id = $2 OR slug = $2) ORDER BY id = $2 DESC LIMIT 1";

impl AgentRows for Conn {
    fn agent(&self, tenant: &TenantId, id_or_slug: &str) -> Result<Option<Agent>> {
        Ok(self.that(ONE, &[tenant.as_str().into(), id_or_slug.into()])?)
    }

    fn agent_to_change(&mut self, tenant: &TenantId, id_or_slug: &str) -> Result<Option<Agent>> {
        let sql = format!("{ONE} {}", self.for_update());
        Ok(self.that(sql.as_str(), &[tenant.as_str().into(), id_or_slug.into()])?)
    }
}
