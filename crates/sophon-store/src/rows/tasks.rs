//! The ledger of work.

use sophon_model::ports::{TaskFilter, TaskRows};
use sophon_model::{Page, Paged, Position, Result, SessionId, Task, TaskId, TenantId, Timestamp, UserId};

use super::{Order, page};
use crate::engine::{Conn, Failure, Query, Table};
use crate::words::contains_pattern;

const TASKS: Table = Table::new("tasks", "task").json(&["usage"]);

impl TaskRows for Conn {
    fn insert_task(&mut self, task: &Task) -> Result<()> {
        self.insert(TASKS, task)
    }

    fn update_open_task(&mut self, task: &Task) -> Result<bool> {
        let is_kept = |column: &str| matches!(column, "cancelled_by" | "cancel_requested_at");
        let keep =
            |column: &str, given: &str| is_kept(column).then(|| format!("COALESCE({column}, {given})"));
        Ok(self.update_if(TASKS, task, &["id"], "AND status IN ('queued', 'running')", keep)?)
    }

    fn request_cancel(&mut self, id: &TaskId, by: &UserId, now: Timestamp) -> Result<Option<Task>> {
        let sql = "UPDATE tasks SET cancelled_by = COALESCE(cancelled_by, $2), \
                   cancel_requested_at = COALESCE(cancel_requested_at, $3) \
                   WHERE id = $1 AND status IN ('queued', 'running')";
        let noted = self.exec(sql, &[id.as_str().into(), by.as_str().into(), now.into()])? > 0;
        Ok(if noted { self.any_task(id)? } else { None })
    }

    fn tasks_to_cancel(&self, limit: usize) -> Result<Vec<TaskId>> {
        let sql =
            "SELECT id FROM tasks WHERE status = 'running' AND cancel_requested_at IS NOT NULL LIMIT $1";
        let tasks: Vec<(TaskId,)> = self.all(sql, &[limit.into()])?;
        Ok(tasks.into_iter().map(|(id,)| id).collect())
    }

    fn task(&self, tenant: &TenantId, id: &TaskId) -> Result<Option<Task>> {
        let sql = "SELECT * FROM tasks WHERE id = $1 AND tenant_id = $2";
        Ok(self.one(sql, &[id.as_str().into(), tenant.as_str().into()])?)
    }

    fn task_anywhere(&self, id: &TaskId) -> Result<Option<Task>> {
        Ok(self.any_task(id)?)
    }

    fn child_tasks(&self, parent: &TaskId) -> Result<Vec<Task>> {
        let sql = "SELECT * FROM tasks WHERE parent_id = $1 ORDER BY created_at, id";
        Ok(self.all(sql, &[parent.as_str().into()])?)
    }

    fn open_tasks_of(&self, session: &SessionId) -> Result<Vec<Task>> {
        let sql = "SELECT * FROM tasks WHERE session_id = $1 AND status IN ('queued', 'running') \
                   ORDER BY created_at, id";
        Ok(self.all(sql, &[session.as_str().into()])?)
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
