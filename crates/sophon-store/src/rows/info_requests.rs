//! Questions to people.

use sophon_model::ports::InfoRequestRows;
use sophon_model::{InfoRequest, InfoRequestStatus, Result, TaskId};

use crate::engine::{Conn, Verb};

impl InfoRequestRows for Conn {
    fn resolve_info_request(&mut self, request: &InfoRequest) -> Result<bool> {
        self.overwrite(Verb::UpdateFrom(InfoRequestStatus::Pending.as_str()), request)
    }

    fn info_requests_of_task(&self, task: &TaskId) -> Result<Vec<InfoRequest>> {
        let sql = "task_id = $1 ORDER BY requested_at, id";
        Ok(self.those(sql, &[task.as_str().into()])?)
    }
}
