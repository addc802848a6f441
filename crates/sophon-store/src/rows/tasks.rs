//! The ledger of work.

use sophon_model::ports::{TaskFilter, TaskRows};
use sophon_model::{Page, Paged, Position, Result, Task, TaskId, TenantId, Timestamp, UserId};

use super::{Order, page};
use crate::engine::{Conn, Failure, Query, Sql, Table};
use crate::words::contains_pattern;

const TASKS: Table = Table::new("tasks", "task").json(&["usage"]);

/// Ends in the middle: PostgreSQL is to lock what it has chosen.
const CLAIM: &str = "UPDATE tasks SET status = 'running', attempt = attempt + 1, lease_until = $2, \
     started_at = COALESCE(started_at, $1) \
     WHERE id = (\
         SELECT id FROM tasks AS waiting \
         WHERE status IN ('queued', 'running') AND parent_id IS NULL \
         AND (status = 'queued' OR lease_until IS NULL OR lease_until <= $1) \
         AND NOT EXISTS (SELECT 1 FROM tasks AS other WHERE other.session_id = waiting.session_id \
             AND other.status = 'running' AND other.parent_id IS NULL AND other.id <> waiting.id) \
         ORDER BY created_at, id LIMIT 1";

impl TaskRows for Conn {
    fn insert_task(&mut self, task: &Task) -> Result<()> {
        self.insert(TASKS, task)
    }

    fn claim_task(&mut self, now: Timestamp, lease_until: Timestamp) -> Result<Option<Task>> {
        // The statement alone keeps two workers from one task. One claim after the other keeps them from two tasks of
        // one session, of which neither would see the other as running yet.
        self.serialize_on("claim_task")?;
        let lock = Sql::from(("", "FOR UPDATE SKIP LOCKED")).of(self.engine());
        let text = format!("{CLAIM} {lock}) RETURNING id");
        let claimed: Option<(TaskId,)> = self.one(text.as_str(), &[now.into(), lease_until.into()])?;
        Ok(claimed.map(|(id,)| self.any_task(&id)).transpose()?.flatten())
    }

    fn renew_lease(&mut self, id: &TaskId, attempt: i64, lease_until: Timestamp) -> Result<Option<Task>> {
        let sql = "UPDATE tasks SET lease_until = $3 WHERE id = $1 AND attempt = $2 AND status = 'running'";
        let renewed = self.exec(sql, &[id.as_str().into(), attempt.into(), lease_until.into()])? > 0;
        Ok(if renewed { self.any_task(id)? } else { None })
    }

    fn update_running_task(&mut self, task: &Task) -> Result<bool> {
        // What others did to the row since the worker read it stands: a wish to cancel, a longer lease.
        let is_kept = |column: &str| match column {
            "cancelled_by" | "cancel_requested_at" => true,
            "lease_until" => !task.status.is_final(),
            _ => false,
        };
        let keep =
            |column: &str, given: &str| is_kept(column).then(|| format!("COALESCE({column}, {given})"));
        Ok(self.update_if(TASKS, task, &["id", "attempt"], "AND status = 'running'", keep)?)
    }

    fn request_cancel(&mut self, id: &TaskId, by: &UserId, now: Timestamp) -> Result<Option<Task>> {
        let sql = "UPDATE tasks SET cancelled_by = COALESCE(cancelled_by, $2), \
                   cancel_requested_at = COALESCE(cancel_requested_at, $3) \
                   WHERE id = $1 AND status IN ('queued', 'running')";
        let noted = self.exec(sql, &[id.as_str().into(), by.as_str().into(), now.into()])? > 0;
        Ok(if noted { self.any_task(id)? } else { None })
    }

    fn cancel_queued_task(&mut self, task: &Task) -> Result<bool> {
        Ok(self.update_if(TASKS, task, &["id"], "AND status = 'queued'", |_, _| None)?)
    }

    fn release_leases(&mut self, now: Timestamp) -> Result<u64> {
        let sql = "UPDATE tasks SET lease_until = $1 WHERE status = 'running' AND lease_until > $1";
        Ok(self.exec(sql, &[now.into()])?)
    }

    fn task(&self, tenant: &TenantId, id: &TaskId) -> Result<Option<Task>> {
        let sql = "SELECT * FROM tasks WHERE id = $1 AND tenant_id = $2";
        Ok(self.one(sql, &[id.as_str().into(), tenant.as_str().into()])?)
    }

    fn child_tasks(&self, parent: &TaskId) -> Result<Vec<Task>> {
        let sql = "SELECT * FROM tasks WHERE parent_id = $1 ORDER BY created_at, id";
        Ok(self.all(sql, &[parent.as_str().into()])?)
    }

    fn tasks(&self, tenant: &TenantId, filter: &TaskFilter, wanted: &Page) -> Result<Paged<Task>> {
        let pattern = filter.text.as_deref().map(contains_pattern);
        let mut query = Query::new("SELECT * FROM tasks WHERE tenant_id = ");
        query.bind(tenant.as_str());
        with_filter(&mut query, filter);
        if let Some(pattern) = &pattern {
            query.push(" AND lower(description) LIKE ").bind(pattern.as_str()).push(r" ESCAPE '\'");
        }
        page(&mut query, "created_at", Order::NewestFirst, wanted);
        let position = |task: &Task| Position { at: task.created_at.as_millis(), id: task.id.to_string() };
        Ok(Paged::from_one_more(self.select(&query)?, wanted, position))
    }

    fn queued_tasks(&self) -> Result<u64> {
        Ok(self.count("SELECT count(*) FROM tasks WHERE status = 'queued' AND parent_id IS NULL", &[])?)
    }
}

impl Conn {
    fn any_task(&self, id: &TaskId) -> Result<Option<Task>, Failure> {
        self.one("SELECT * FROM tasks WHERE id = $1", &[id.as_str().into()])
    }
}

fn with_filter<'a>(query: &mut Query<'a>, filter: &'a TaskFilter) {
    if let Some(user) = &filter.user {
        query.push(" AND user_id = ").bind(user.as_str());
    }
    if let Some(agent) = &filter.agent {
        query.push(" AND agent_id = ").bind(agent.as_str());
    }
    if let Some(session) = &filter.session {
        query.push(" AND session_id = ").bind(session.as_str());
    }
    if let Some(from) = filter.from {
        query.push(" AND created_at >= ").bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" AND created_at < ").bind(until);
    }
    query.push_one_of("status", filter.statuses.iter().map(|status| status.as_str()));
}
