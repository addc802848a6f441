//! Nodes and their commands.

use crate::{
    Node, NodeCommand, NodeCommandId, NodeCommandStatus, NodeId, NodeSecrets, Page, Paged, Result, TaskId,
    TenantId, Timestamp,
};

/// Nodes. In a write job, others that want to change a node wait from when it is looked up until the job has ended (not
/// so for the page of a list): what it is overwritten with must come from a look in the same job.
pub trait NodeRows {
    /// Adds one with its secrets.
    fn insert_node(&mut self, node: &Node, secrets: &NodeSecrets) -> Result<()>;
    /// Overwrites one.
    fn update_node(&mut self, node: &Node) -> Result<()>;
    /// Overwrites the secrets of one.
    fn update_node_secrets(&mut self, secrets: &NodeSecrets) -> Result<()>;
    /// Removes one with its secrets and commands.
    fn delete_node(&mut self, id: &NodeId) -> Result<()>;
    /// By id.
    fn node(&self, tenant: &TenantId, id: &NodeId) -> Result<Option<Node>>;
    /// By id, in whatever tenant, with its secrets: for a node that has to prove itself.
    fn node_and_secrets(&self, id: &NodeId) -> Result<Option<(Node, NodeSecrets)>>;
    /// All of the tenant, in order of registration, oldest first.
    fn nodes(&self, tenant: &TenantId, page: &Page) -> Result<Paged<Node>>;
    /// How many the tenant has.
    fn node_count(&self, tenant: &TenantId) -> Result<u64>;
}

/// Commands to nodes.
pub trait NodeCommandRows {
    /// Adds one.
    fn insert_node_command(&mut self, command: &NodeCommand) -> Result<()>;
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
    /// By id.
    fn node_command(&self, node: &NodeId, id: &NodeCommandId) -> Result<Option<NodeCommand>>;
    /// Those of a node, newest first.
    fn node_commands(&self, node: &NodeId, page: &Page) -> Result<Paged<NodeCommand>>;
    /// Those that a task waits for and no node has taken yet.
    fn queued_node_commands(&self, task: &TaskId) -> Result<Vec<NodeCommand>>;
    /// Those of a node that wait or run, first those whose time is over first. They are few: a node with many is told
    /// nothing more.
    fn open_node_commands(&self, node: &NodeId) -> Result<Vec<NodeCommand>>;
    /// Removes those that ended before, oldest first and at most 10,000 at once; returns how many.
    fn prune_node_commands(&mut self, before: Timestamp) -> Result<u64>;
}
