//! Commands to nodes.

use sophon_model::ports::{NodeCommandRows, Value};
use sophon_model::{NodeCommand, NodeCommandId, NodeCommandStatus, NodeId, Result, TaskId, Timestamp};

use crate::engine::{Conn, Verb, json_text};

/// PostgreSQL locks what it has chosen, and passes over what another is handing out.
const QUEUED: (&str, &str) = (
    "node_id = $1 AND status = 'queued' AND expires_at > $2 \
     ORDER BY created_at, id LIMIT $3",
    "node_id = $1 AND status = 'queued' AND expires_at > $2 \
     ORDER BY created_at, id LIMIT $3 FOR UPDATE SKIP LOCKED",
);

const HAND_OUT: (&str, &str) = (
    "UPDATE node_commands SET status = 'dispatched', dispatched_at = $2 \
     WHERE id IN (SELECT value FROM json_each($1))",
    "UPDATE node_commands SET status = 'dispatched', dispatched_at = $2 \
     WHERE id = ANY (ARRAY(SELECT json_array_elements_text($1)))",
);

impl NodeCommandRows for Conn {
    fn dispatch_node_commands(
        &mut self,
        node: &NodeId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<NodeCommand>> {
        let mut commands: Vec<NodeCommand> =
            self.those(QUEUED, &[node.as_str().into(), now.into(), limit.into()])?;
        if commands.is_empty() {
            return Ok(commands);
        }
        for command in &mut commands {
            command.status = NodeCommandStatus::Dispatched;
            command.dispatched_at = Some(now);
        }
        let ids: Vec<&NodeCommandId> = commands.iter().map(|command| &command.id).collect();
        self.exec(HAND_OUT, &[Value::Json(&json_text(&ids)?), now.into()])?;
        Ok(commands)
    }

    fn update_node_command(&mut self, command: &NodeCommand, from: NodeCommandStatus) -> Result<bool> {
        self.overwrite(Verb::UpdateFrom(from.as_str()), command)
    }

    fn queued_node_commands(&self, task: &TaskId) -> Result<Vec<NodeCommand>> {
        // Through the index of the open ones, which are few, as every end of a cancelled task looks here.
        let sql = "status IN ('queued', 'dispatched') AND status = 'queued' \
                   AND task_id = $1 ORDER BY expires_at, id";
        Ok(self.those(sql, &[task.as_str().into()])?)
    }

    fn open_node_commands(&self, node: &NodeId) -> Result<Vec<NodeCommand>> {
        let sql = "status IN ('queued', 'dispatched') AND node_id = $1 ORDER BY expires_at, id";
        Ok(self.those(sql, &[node.as_str().into()])?)
    }
}
