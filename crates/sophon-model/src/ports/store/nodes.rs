//! Nodes and their commands.

use crate::{Node, NodeCommand, NodeCommandStatus, NodeId, NodeSecrets, Result, TaskId, Timestamp};

/// Nodes. In a write job, others that want to change a node wait from when it is looked up until the job has ended (not
/// so for the page of a list): what it is overwritten with must come from a look in the same job.
pub trait NodeRows {
    /// By id, in whatever tenant, with its secrets: for a node that has to prove itself.
    fn node_and_secrets(&self, id: &NodeId) -> Result<Option<(Node, NodeSecrets)>>;
}

/// Commands to nodes.
pub trait NodeCommandRows {
    /// Hands the queued ones of a node out, oldest first and at most `limit`: each is handed out once. Not those
    /// whose time is over.
    fn dispatch_node_commands(
        &mut self,
        node: &NodeId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<NodeCommand>>;
    /// Overwrites one that has the status `from`; false if it has another.
    fn update_node_command(&mut self, command: &NodeCommand, from: NodeCommandStatus) -> Result<bool>;
    /// Those that a task waits for and no node has taken yet.
    fn queued_node_commands(&self, task: &TaskId) -> Result<Vec<NodeCommand>>;
    /// Those of a node that wait or run, first those whose time is over first. They are few: a node with many is told
    /// nothing more.
    fn open_node_commands(&self, node: &NodeId) -> Result<Vec<NodeCommand>>;
}
