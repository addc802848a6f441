//! The completed steps of a task.

use serde_json::Value as Json;
use sophon_model::ports::{StepRows, Value};
use sophon_model::{Result, TaskId};

use crate::engine::{Conn, json_text};

impl StepRows for Conn {
    fn insert_step(&mut self, task: &TaskId, number: u32, step: &Json) -> Result<()> {
        let step = json_text(step)?;
        let sql = "INSERT INTO task_steps (task_id, number, step) VALUES ($1, $2, $3)";
        self.exec(sql, &[task.as_str().into(), i64::from(number).into(), Value::Json(&step)])?;
        Ok(())
    }

    fn steps(&self, task: &TaskId) -> Result<Vec<Json>> {
        let sql = "SELECT step FROM task_steps WHERE task_id = $1 ORDER BY number";
        let steps: Vec<(Json,)> = self.all(sql, &[task.as_str().into()])?;
        Ok(steps.into_iter().map(|(step,)| step).collect())
    }

    fn delete_steps(&mut self, task: &TaskId) -> Result<()> {
        self.exec("DELETE FROM task_steps WHERE task_id = $1", &[task.as_str().into()])?;
        Ok(())
    }
}
