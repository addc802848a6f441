//! Commands to nodes.

use sophon_model::ports::NodeCommandRows;
use sophon_model::{
    NodeCommand, NodeCommandId, NodeCommandStatus, NodeId, Page, Paged, Position, Result, TaskId, Timestamp,
};

use super::{Order, PRUNED_AT_ONCE, page};
use crate::engine::{Conn, Query, Table, Value, json_text};

const NODE_COMMANDS: Table = Table::new("node_commands", "command").json(&["params", "result"]);

/// PostgreSQL locks what it has chosen, and passes over what another is handing out.
const QUEUED: (&str, &str) = (
    "SELECT * FROM node_commands WHERE node_id = $1 AND status = 'queued' AND expires_at > $2 \
     ORDER BY created_at, id LIMIT $3",
    "SELECT * FROM node_commands WHERE node_id = $1 AND status = 'queued' AND expires_at > $2 \
     ORDER BY created_at, id LIMIT $3 FOR UPDATE SKIP LOCKED",
);

const HAND_OUT: (&str, &str) = (
    "UPDATE node_commands SET status = 'dispatched', dispatched_at = $2 \
     WHERE id IN (SELECT value FROM json_each($1))",
    "UPDATE node_commands SET status = 'dispatched', dispatched_at = $2 \
     WHERE id = ANY (ARRAY(SELECT json_array_elements_text($1)))",
);

impl NodeCommandRows for Conn {
    fn insert_node_command(&mut self, command: &NodeCommand) -> Result<()> {
        self.insert(NODE_COMMANDS, command)
    }

    fn dispatch_node_commands(
        &mut self,
        node: &NodeId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<NodeCommand>> {
        let mut commands: Vec<NodeCommand> =
            self.all(QUEUED, &[node.as_str().into(), now.into(), limit.into()])?;
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
        let is_from = format!("AND status = '{}'", from.as_str());
        Ok(self.update_if(NODE_COMMANDS, command, &["id"], &is_from, |_, _| None)?)
    }

    fn node_command(&self, node: &NodeId, id: &NodeCommandId) -> Result<Option<NodeCommand>> {
        let sql = "SELECT * FROM node_commands WHERE id = $1 AND node_id = $2";
        Ok(self.one(sql, &[id.as_str().into(), node.as_str().into()])?)
    }

    fn node_commands(&self, node: &NodeId, wanted: &Page) -> Result<Paged<NodeCommand>> {
        let mut query = Query::new("SELECT * FROM node_commands WHERE node_id = ");
        query.bind(node.as_str());
        page(&mut query, "created_at", Order::NewestFirst, wanted);
        let position = |command: &NodeCommand| Position {
            at: command.created_at.as_millis(),
            id: command.id.to_string(),
        };
        Ok(Paged::from_one_more(self.select(&query)?, wanted, position))
    }

    fn queued_node_commands(&self, task: &TaskId) -> Result<Vec<NodeCommand>> {
        // Through the index of the open ones, which are few, as every end of a cancelled task looks here.
        let sql = "SELECT * FROM node_commands WHERE status IN ('queued', 'dispatched') AND status = 'queued' \
                   AND task_id = $1 ORDER BY expires_at, id";
        Ok(self.all(sql, &[task.as_str().into()])?)
    }

    fn open_node_commands(&self, node: &NodeId) -> Result<Vec<NodeCommand>> {
        let sql = "SELECT * FROM node_commands WHERE status IN ('queued', 'dispatched') AND node_id = $1 \
                   ORDER BY expires_at, id";
        Ok(self.all(sql, &[node.as_str().into()])?)
    }

    fn prune_node_commands(&mut self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM node_commands WHERE id IN \
                   (SELECT id FROM node_commands WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)";
        Ok(self.exec(sql, &[before.into(), PRUNED_AT_ONCE.into()])?)
    }
}
