//! *Tasks*: the ledger of work.

use sophon_api::{List, Task, TaskDetail};
use sophon_model::{SessionId, TaskId, TaskStatus};

use crate::{Client, ClientError};

/// Which tasks of the past are wanted.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// Only those that stand so.
    pub status: Option<TaskStatus>,
    /// Only this agent's, by id or slug.
    pub agent: Option<String>,
    /// Only those about this session.
    pub session: Option<SessionId>,
    /// Words to look for.
    pub text: Option<String>,
}

impl Client {
    /// `GET /api/tasks/active`, one page: those that wait or run.
    pub async fn active_tasks(
        &self,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<Task>, ClientError> {
        let request = self.get(&["api", "tasks", "active"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `GET /api/tasks/history`, one page, newest first.
    pub async fn task_history(
        &self,
        filter: &TaskFilter,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<Task>, ClientError> {
        let request = self.get(&["api", "tasks", "history"])?.query([
            ("status", filter.status.map(|status| status.as_str().to_owned())),
            ("agent", filter.agent.clone()),
            ("session", filter.session.as_ref().map(ToString::to_string)),
            ("q", filter.text.clone()),
            ("limit", Some(limit.to_string())),
            ("cursor", cursor),
        ]);
        self.fetch(request).await
    }

    /// `GET /api/tasks/{id}`.
    pub async fn task(&self, id: &TaskId) -> Result<TaskDetail, ClientError> {
        self.fetch(self.get(&["api", "tasks", id.as_str()])?).await
    }

    /// `POST /api/tasks/{id}/cancel`. A running task ends a little later.
    pub async fn cancel_task(&self, id: &TaskId) -> Result<Task, ClientError> {
        self.fetch(self.post(&["api", "tasks", id.as_str(), "cancel"])?).await
    }
}
