//! Agents.

use sophon_model::ports::AgentRows;
use sophon_model::{Agent, AgentId, Page, Paged, Position, Result, TenantId};

use super::{Order, page};
use crate::engine::{Conn, Query, Table};

const AGENTS: Table =
    Table::new("agents", "agent").json(&["tools"]).taken("There is an agent with this slug already.");

/// Someone may give an agent a slug that is the id of another: the id wins.
const ONE: &str =
    "SELECT * FROM agents WHERE tenant_id = $1 AND (id = $2 OR slug = $2) ORDER BY id = $2 DESC LIMIT 1";

impl AgentRows for Conn {
    fn insert_agent(&mut self, agent: &Agent) -> Result<()> {
        self.insert(AGENTS, agent)
    }

    fn update_agent(&mut self, agent: &Agent) -> Result<()> {
        self.update(AGENTS, agent)
    }

    fn delete_agent(&mut self, tenant: &TenantId, id: &AgentId) -> Result<bool> {
        let sql = "DELETE FROM agents WHERE tenant_id = $1 AND id = $2";
        Ok(self.exec(sql, &[tenant.as_str().into(), id.as_str().into()])? > 0)
    }

    fn agent(&self, tenant: &TenantId, id_or_slug: &str) -> Result<Option<Agent>> {
        Ok(self.one(ONE, &[tenant.as_str().into(), id_or_slug.into()])?)
    }

    fn agent_to_change(&mut self, tenant: &TenantId, id_or_slug: &str) -> Result<Option<Agent>> {
        let sql = format!("{ONE} {}", self.held());
        Ok(self.one(sql.as_str(), &[tenant.as_str().into(), id_or_slug.into()])?)
    }

    fn agents(&self, tenant: &TenantId, wanted: &Page) -> Result<Paged<Agent>> {
        let mut query = Query::new("SELECT * FROM agents WHERE tenant_id = ");
        query.bind(tenant.as_str());
        page(&mut query, "created_at", Order::OldestFirst, wanted);
        let position =
            |agent: &Agent| Position { at: agent.created_at.as_millis(), id: agent.id.to_string() };
        Ok(Paged::from_one_more(self.select(&query)?, wanted, position))
    }
}
