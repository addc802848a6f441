//! Questions to people.

use sophon_model::ports::InfoRequestRows;
use sophon_model::{
    InfoRequest, InfoRequestId, Page, Paged, Position, Result, TaskId, TenantId, Timestamp, UserId,
};

use super::{Order, PRUNED_AT_ONCE, page};
use crate::engine::{Conn, Query, Table};

const INFO_REQUESTS: Table = Table::new("info_requests", "question").json(&["choices"]);

impl InfoRequestRows for Conn {
    fn insert_info_request(&mut self, request: &InfoRequest) -> Result<()> {
        self.insert(INFO_REQUESTS, request)
    }

    fn resolve_info_request(&mut self, request: &InfoRequest) -> Result<bool> {
        Ok(self.update_if(INFO_REQUESTS, request, &["id"], "AND status = 'pending'", |_, _| None)?)
    }

    fn info_request(&self, tenant: &TenantId, id: &InfoRequestId) -> Result<Option<InfoRequest>> {
        let sql = "SELECT * FROM info_requests WHERE id = $1 AND tenant_id = $2";
        Ok(self.one(sql, &[id.as_str().into(), tenant.as_str().into()])?)
    }

    fn info_requests_of_task(&self, task: &TaskId) -> Result<Vec<InfoRequest>> {
        let sql = "SELECT * FROM info_requests WHERE task_id = $1 ORDER BY requested_at, id";
        Ok(self.all(sql, &[task.as_str().into()])?)
    }

    fn pending_info_requests(
        &self,
        tenant: &TenantId,
        user: &UserId,
        wanted: &Page,
    ) -> Result<Paged<InfoRequest>> {
        let mut query = Query::new("SELECT * FROM info_requests WHERE status = 'pending' AND tenant_id = ");
        query.bind(tenant.as_str()).push(" AND user_id = ").bind(user.as_str());
        page(&mut query, "requested_at", Order::NewestFirst, wanted);
        let position = |request: &InfoRequest| Position {
            at: request.requested_at.as_millis(),
            id: request.id.to_string(),
        };
        Ok(Paged::from_one_more(self.select(&query)?, wanted, position))
    }

    fn prune_info_requests(&mut self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM info_requests WHERE id IN \
                   (SELECT id FROM info_requests WHERE resolved_at < $1 ORDER BY resolved_at LIMIT $2)";
        Ok(self.exec(sql, &[before.into(), PRUNED_AT_ONCE.into()])?)
    }
}
