//! Nodes, and apart from them what they prove themselves by.

use sophon_model::ports::NodeRows;
use sophon_model::{Error, Node, NodeId, NodeSecrets, Page, Paged, Position, Result, TenantId};

use super::{Order, page};
use crate::engine::{Conn, Query, Table};

const NODES: Table = Table::new("nodes", "node").json(&["scopes"]);
const NODE_SECRETS: Table = Table::new("node_secrets", "node");

impl NodeRows for Conn {
    fn insert_node(&mut self, node: &Node, secrets: &NodeSecrets) -> Result<()> {
        self.insert(NODES, node)?;
        self.insert(NODE_SECRETS, secrets)
    }

    fn update_node(&mut self, node: &Node) -> Result<()> {
        self.update(NODES, node)
    }

    fn update_node_secrets(&mut self, secrets: &NodeSecrets) -> Result<()> {
        let updated = self.update_if(NODE_SECRETS, secrets, &["node_id"], "", |_, _| None)?;
        if updated { Ok(()) } else { Err(Error::not_found(NODE_SECRETS.one)) }
    }

    fn delete_node(&mut self, id: &NodeId) -> Result<()> {
        // Its secrets and commands go with it: the tables say so.
        self.exec("DELETE FROM nodes WHERE id = $1", &[id.as_str().into()])?;
        Ok(())
    }

    fn node(&self, tenant: &TenantId, id: &NodeId) -> Result<Option<Node>> {
        // Held, or a sign of life that was read before scopes were taken away would bring them back.
        let sql = format!("SELECT * FROM nodes WHERE id = $1 AND tenant_id = $2 {}", self.held());
        Ok(self.one(sql.as_str(), &[id.as_str().into(), tenant.as_str().into()])?)
    }

    fn node_and_secrets(&self, id: &NodeId) -> Result<Option<(Node, NodeSecrets)>> {
        // The node is held for its secrets too: who guesses many times at once is counted each time.
        let sql = format!("SELECT * FROM nodes WHERE id = $1 {}", self.held());
        let node = self.one(sql.as_str(), &[id.as_str().into()])?;
        let secrets = self.one("SELECT * FROM node_secrets WHERE node_id = $1", &[id.as_str().into()])?;
        Ok(node.zip(secrets))
    }

    fn nodes(&self, tenant: &TenantId, wanted: &Page) -> Result<Paged<Node>> {
        let mut query = Query::new("SELECT * FROM nodes WHERE tenant_id = ");
        query.bind(tenant.as_str());
        page(&mut query, "created_at", Order::OldestFirst, wanted);
        let position = |node: &Node| Position { at: node.created_at.as_millis(), id: node.id.to_string() };
        Ok(Paged::from_one_more(self.select(&query)?, wanted, position))
    }

    fn node_count(&self, tenant: &TenantId) -> Result<u64> {
        Ok(self.count("SELECT count(*) FROM nodes WHERE tenant_id = $1", &[tenant.as_str().into()])?)
    }
}
