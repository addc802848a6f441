//! `/hubs/notifications`: what a person wants to know of, whatever it looks at just now.

mod project;

use fanout::Start;
use serde::Deserialize;
use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_core::Gateway;
use sophon_model::{Event, NodeId, Permission, Topic};

use super::error::hub_error;
use super::sign_in::People;

/// Nodes that one connection may follow closely.
const MOST_NODES: usize = 100;

pub(crate) struct NotificationsHub {
    gateway: Gateway,
    people: People,
}

impl NotificationsHub {
    pub(super) fn new(gateway: Gateway, people: People) -> Self {
        Self { gateway, people }
    }
}

impl Hub for NotificationsHub {
    type Auth = People;
    type Topic = Topic;
    type Event = Event;

    fn auth(&self) -> &People {
        &self.people
    }

    fn project<'a>(&'a self, seq: u64, event: &'a Event) -> Option<Invocation<'a>> {
        project::notifications(seq, event)
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[Method::new("Subscribe"), Method::new("Unsubscribe")];
        METHODS
    }

    /// Everybody hears what is its own and what is announced; who manages the nodes, what becomes of them.
    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        let caller = connection.caller();
        connection.follow(&Topic::User(caller.user.clone()), Start::Now);
        connection.follow(&Topic::Tenant(caller.tenant.clone()), Start::Now);
        if caller.has(Permission::ManageNodes) {
            connection.follow(&Topic::Nodes(caller.tenant.clone()), Start::Now);
        }
        Ok(())
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        let (node,): (NodeRef,) = call.arguments()?;
        let node = node.id();
        match call.method() {
            "Subscribe" => {
                self.gateway.nodes.get(connection.caller(), &node).await.map_err(hub_error)?;
                follow_node(connection, node)?;
            }
            "Unsubscribe" => connection.unfollow(&Topic::Node(node)),
            _ => return Err(HubError::UnknownMethod),
        }
        Ok(Reply::Void)
    }
}

fn follow_node(connection: &Connection<NotificationsHub>, node: NodeId) -> Result<(), HubError> {
    let topic = Topic::Node(node);
    let followed = connection.followed();
    let nodes = followed.iter().filter(|topic| matches!(topic, Topic::Node(_))).count();
    if nodes >= MOST_NODES && !followed.contains(&topic) {
        let text =
            format!("conflict: A connection follows at most {MOST_NODES} nodes. Unsubscribe from one first.");
        return Err(HubError::message(text));
    }
    connection.follow(&topic, Start::Now);
    Ok(())
}

/// A node as clients name it: its bare id, or an object with it.
#[derive(Deserialize)]
#[serde(untagged)]
enum NodeRef {
    Id(NodeId),
    #[serde(rename_all = "camelCase")]
    Object {
        node_id: NodeId,
    },
}

impl NodeRef {
    fn id(self) -> NodeId {
        match self {
            NodeRef::Id(id) | NodeRef::Object { node_id: id } => id,
        }
    }
}
