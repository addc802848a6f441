//! `memory.forget_all`

use async_trait::async_trait;
use serde_json::{Value, json};
use sophon_model::Risk;
use sophon_model::ports::ToolSpec;

use crate::database::Database;
use crate::tools::{Tool, ToolContext, ToolFailure, ToolOutput, spec};

pub(super) struct ForgetAll {
    db: Database,
}

impl ForgetAll {
    pub(super) fn new(db: Database) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Tool for ForgetAll {
    fn spec(&self) -> ToolSpec {
        spec(
            "memory.forget_all",
            "Forgets everything that is remembered for the person, for good. Only if the person asks for just that.",
            Risk::Critical,
            &json!({}),
            &[],
        )
    }

    fn check(&self, arguments: &Value) -> Result<(), ToolFailure> {
        match arguments.as_object() {
            Some(fields) if fields.is_empty() => Ok(()),
            _ => Err(ToolFailure("The tool takes no arguments.".into())),
        }
    }

    fn preview(&self, _: &Value) -> Option<String> {
        Some("Deletes everything that agents remember for you. It cannot be undone.".into())
    }

    async fn call(&self, context: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        self.check(&arguments)?;
        let own = context.caller.in_tenant();
        let forgotten = self.db.write(move |unit| unit.tx.delete_memories(&own.tenant, &own.user)).await?;
        Ok(format!("Entries forgotten: {forgotten}.").into())
    }
}
