//! Nodes, and apart from them what they prove themselves by.

use sophon_model::ports::{NodeRows, Tx};
use sophon_model::{Node, NodeId, NodeSecrets, Result};

use crate::engine::Conn;

impl NodeRows for Conn {
    fn node_and_secrets(&self, id: &NodeId) -> Result<Option<(Node, NodeSecrets)>> {
        // The node is held for its secrets too: who guesses many times at once is counted each time.
        let tx: &dyn Tx = self;
        let node = tx.get(id)?;
        let secrets = self.that("node_id = $1", &[id.as_str().into()])?;
        Ok(node.zip(secrets))
    }
}
