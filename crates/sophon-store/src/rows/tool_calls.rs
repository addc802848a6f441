//! Calls of tools.

use sophon_model::ports::{ToolCallRows, Value};
use sophon_model::{Result, TaskId, ToolCall};

use crate::engine::{Conn, json_text};

const OF_TASKS: (&str, &str) = (
    "task_id IN (SELECT value FROM json_each($1)) ORDER BY started_at, id",
    "task_id = ANY (ARRAY(SELECT json_array_elements_text($1))) \
     ORDER BY started_at, id",
);

impl ToolCallRows for Conn {
    fn tool_calls(&self, task: &TaskId) -> Result<Vec<ToolCall>> {
        let sql = "task_id = $1 ORDER BY started_at, id";
        Ok(self.those(sql, &[task.as_str().into()])?)
    }

    fn tool_calls_of(&self, tasks: &[TaskId]) -> Result<Vec<ToolCall>> {
        Ok(self.those(OF_TASKS, &[Value::Json(&json_text(&tasks)?)])?)
    }
}
