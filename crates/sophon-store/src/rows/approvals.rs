//! Actions that wait for a person's verdict, or had it.

use sophon_model::ports::{ApprovalFilter, ApprovalRows};
use sophon_model::{Approval, ApprovalId, Page, Paged, Position, Result, TaskId, TenantId, Timestamp};

use super::{Order, PRUNED_AT_ONCE, page};
use crate::engine::{Conn, Query, Table};

const APPROVALS: Table = Table::new("approvals", "approval").json(&["arguments", "edited_arguments"]);

impl ApprovalRows for Conn {
    fn insert_approval(&mut self, approval: &Approval) -> Result<()> {
        self.insert(APPROVALS, approval)
    }

    fn resolve_approval(&mut self, approval: &Approval) -> Result<bool> {
        Ok(self.update_if(APPROVALS, approval, &["id"], "AND status = 'pending'", |_, _| None)?)
    }

    fn consume_approval(&mut self, id: &ApprovalId, digest: &str, now: Timestamp) -> Result<bool> {
        let sql = "UPDATE approvals SET consumed_at = $3 WHERE id = $1 AND digest = $2 \
                   AND status IN ('approved', 'edited') AND consumed_at IS NULL";
        Ok(self.exec(sql, &[id.as_str().into(), digest.into(), now.into()])? > 0)
    }

    fn approval(&self, tenant: &TenantId, id: &ApprovalId) -> Result<Option<Approval>> {
        let sql = "SELECT * FROM approvals WHERE id = $1 AND tenant_id = $2";
        Ok(self.one(sql, &[id.as_str().into(), tenant.as_str().into()])?)
    }

    fn approvals_of_task(&self, task: &TaskId) -> Result<Vec<Approval>> {
        let sql = "SELECT * FROM approvals WHERE task_id = $1 ORDER BY requested_at, id";
        Ok(self.all(sql, &[task.as_str().into()])?)
    }

    fn approvals(
        &self,
        tenant: &TenantId,
        filter: &ApprovalFilter,
        wanted: &Page,
    ) -> Result<Paged<Approval>> {
        let mut query = Query::new("SELECT * FROM approvals WHERE tenant_id = ");
        query.bind(tenant.as_str());
        with_filter(&mut query, filter);
        page(&mut query, "requested_at", Order::NewestFirst, wanted);
        let position = |approval: &Approval| Position {
            at: approval.requested_at.as_millis(),
            id: approval.id.to_string(),
        };
        Ok(Paged::from_one_more(self.select(&query)?, wanted, position))
    }

    fn prune_approvals(&mut self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM approvals WHERE id IN \
                   (SELECT id FROM approvals WHERE resolved_at < $1 ORDER BY resolved_at LIMIT $2)";
        Ok(self.exec(sql, &[before.into(), PRUNED_AT_ONCE.into()])?)
    }
}

fn with_filter<'a>(query: &mut Query<'a>, filter: &'a ApprovalFilter) {
    if let Some(user) = &filter.user {
        query.push(" AND user_id = ").bind(user.as_str());
    }
    if let Some(session) = &filter.session {
        query.push(" AND session_id = ").bind(session.as_str());
    }
    if let Some(agent) = &filter.agent {
        query.push(" AND agent_id = ").bind(agent.as_str());
    }
    if let Some(tool) = &filter.tool {
        query.push(" AND tool = ").bind(tool.as_str());
    }
    if let Some(risk) = filter.risk {
        query.push(" AND risk = ").bind(risk.as_str());
    }
    if let Some(from) = filter.from {
        query.push(" AND requested_at >= ").bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" AND requested_at < ").bind(until);
    }
    query.push_one_of("status", filter.statuses.iter().map(|status| status.as_str()));
}
