//! Calls of tools.

use sophon_model::ports::ToolCallRows;
use sophon_model::{Result, TaskId, ToolCall};

use crate::engine::{Conn, Table, Value, json_text};

const TOOL_CALLS: Table = Table::new("tool_calls", "tool call").json(&["arguments"]);

const OF_TASKS: (&str, &str) = (
    "SELECT * FROM tool_calls WHERE task_id IN (SELECT value FROM json_each($1)) ORDER BY started_at, id",
    "SELECT * FROM tool_calls WHERE task_id = ANY (ARRAY(SELECT json_array_elements_text($1))) \
     ORDER BY started_at, id",
);

impl ToolCallRows for Conn {
    fn insert_tool_call(&mut self, call: &ToolCall) -> Result<()> {
        self.insert(TOOL_CALLS, call)
    }

    fn update_tool_call(&mut self, call: &ToolCall) -> Result<()> {
        self.update(TOOL_CALLS, call)
    }

    fn tool_calls(&self, task: &TaskId) -> Result<Vec<ToolCall>> {
        let sql = "SELECT * FROM tool_calls WHERE task_id = $1 ORDER BY started_at, id";
        Ok(self.all(sql, &[task.as_str().into()])?)
    }

    fn tool_calls_of(&self, tasks: &[TaskId]) -> Result<Vec<ToolCall>> {
        Ok(self.all(OF_TASKS, &[Value::Json(&json_text(&tasks)?)])?)
    }
}
