//! Machines that run commands within their scopes.

use serde::{Deserialize, Serialize};
use sophon_model::{NodeId, NodeScope, NodeStatus, UserId};
use utoipa::ToSchema;

use crate::{Secret, Time};

/// A machine that runs commands within its scopes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// What people call it.
    #[schema(example = "Ada's laptop")]
    pub name: String,
    /// The same as `name`.
    #[schema(example = "Ada's laptop")]
    pub display_name: String,
    /// Its operating system: `linux`, `macos`, `windows`.
    #[schema(example = "linux")]
    pub platform: String,
    /// How far it has come.
    pub status: NodeStatus,
    /// Whether it is connected, or was heard of within 90 seconds.
    pub online: bool,
    /// What it may be instructed to do.
    pub scopes: Vec<NodeScope>,
    /// The code that it shows, for people to compare; null once it is paired.
    #[schema(required, example = "ABC-234")]
    pub pairing_code: Option<String>,
    /// The user who registered it.
    pub registered_by: UserId,
    /// The user who approved or rejected it.
    #[schema(required)]
    pub decided_by: Option<UserId>,
    /// The version of its program.
    #[schema(required)]
    pub version: Option<String>,
    /// When it was last heard of.
    #[schema(required)]
    pub last_seen_at: Option<Time>,
    /// How long the machine has been up, in seconds.
    #[schema(required)]
    pub uptime: Option<i64>,
    /// How busy its processors are, in per cent of all of them.
    #[schema(required)]
    pub cpu_percent: Option<i64>,
    /// The memory in use, in MiB.
    #[schema(required)]
    pub memory_mb: Option<i64>,
    /// When it was registered.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl From<sophon_model::Node> for Node {
    fn from(node: sophon_model::Node) -> Self {
        let is_paired = node.status == NodeStatus::Paired;
        Self {
            id: node.id,
            display_name: node.name.clone(),
            name: node.name,
            platform: node.platform,
            status: node.status,
            online: node.is_online,
            scopes: node.scopes,
            pairing_code: (!is_paired).then_some(node.pairing_code),
            registered_by: node.registered_by,
            decided_by: node.decided_by,
            version: node.version,
            last_seen_at: node.last_seen_at.map(Time),
            uptime: node.uptime_seconds,
            cpu_percent: node.cpu_percent,
            memory_mb: node.memory_mb,
            created_at: node.created_at.into(),
            updated_at: node.updated_at.into(),
        }
    }
}

/// A node to be registered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewNode {
    /// What to call it: 1 to 200 characters. `name` is taken for it too.
    #[serde(alias = "name")]
    #[schema(min_length = 1, max_length = 200, example = "Ada's laptop")]
    pub display_name: String,
    /// Its operating system, for example `linux`.
    #[schema(example = "linux")]
    pub platform: String,
    /// What it may be instructed to do; nothing if absent. The approving administrator can change that.
    #[serde(default)]
    pub scopes: Vec<NodeScope>,
}

/// A node that was just registered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredNode {
    /// The node.
    #[serde(flatten)]
    pub node: Node,
    /// What its program pairs with, shown this once.
    #[schema(value_type = String, example = "s_3fG9xQ…")]
    pub pairing_secret: Secret,
    /// Until when it can be paired: for 15 minutes.
    pub expires_at: Time,
}

/// What is to change of a node.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodePatch {
    /// 1 to 200 characters. `name` is taken for it too.
    #[serde(alias = "name")]
    #[schema(min_length = 1, max_length = 200, example = "Ada's laptop")]
    pub display_name: String,
}

/// What a node may be instructed to do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeScopes {
    /// All of it.
    pub scopes: Vec<NodeScope>,
}

/// How a node is approved.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApproveNode {
    /// What it may be instructed to do; as it was registered if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<NodeScope>>,
    /// The code that the node shows; another than that is refused, and counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ABC-234")]
    pub pairing_code: Option<String>,
}

/// What a node pairs with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PairNode {
    /// Which node.
    pub node_id: NodeId,
    /// `s_…`
    #[schema(value_type = String, example = "s_3fG9xQ…")]
    pub pairing_secret: Secret,
}

/// How far the pairing has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PairingState {
    /// Whether a person has decided, and how.
    pub status: PairingStatus,
    /// The code to show, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "ABC-234")]
    pub pairing_code: Option<String>,
    /// `<nodeId>.<secret>`, handed out this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, example = "node_0197c6c0a4d37b2e9f6a3c5d7e8f9a0b.7e8f9a0b3c5d")]
    pub token: Option<Secret>,
    /// Where to connect to, with the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "https://gateway.example.com")]
    pub gateway_url: Option<String>,
}

/// Whether a person has decided on a node (`pending`: not yet), and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PairingStatus {
    /// It waits for a person.
    Pending,
    /// It has its token.
    Approved,
    /// A person turned it down.
    Rejected,
}

/// How a node is. Fields that are not known are passed over: what others send, the token says better.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeHeartbeat {
    /// `offline` if the node stops, so that it is shown so at once. With anything else, or nothing, it is online.
    #[schema(example = "online")]
    pub status: Option<String>,
    /// How long the machine has been up, in seconds.
    pub uptime: Option<f64>,
    /// Its operating system.
    pub platform: Option<String>,
    /// The version of its program.
    pub version: Option<String>,
    /// How busy its processors are, in per cent of all of them.
    pub cpu_percent: Option<f64>,
    /// The memory in use, in MiB.
    pub memory_mb: Option<f64>,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::nodes::{self, Pairing};

    use super::{NewNode, NodeHeartbeat, PairingState, PairingStatus, RegisteredNode};

    impl From<NewNode> for nodes::NewNode {
        fn from(new: NewNode) -> Self {
            Self { name: new.display_name, platform: new.platform, scopes: new.scopes }
        }
    }

    impl From<nodes::RegisteredNode> for RegisteredNode {
        fn from(registered: nodes::RegisteredNode) -> Self {
            let nodes::RegisteredNode { node, pairing_secret, expires_at } = registered;
            Self { node: node.into(), pairing_secret: pairing_secret.into(), expires_at: expires_at.into() }
        }
    }

    impl PairingState {
        /// How far the pairing has come; `gateway_url` is where an approved node connects to.
        pub fn new(pairing: Pairing, gateway_url: String) -> Self {
            let nothing =
                Self { status: PairingStatus::Rejected, pairing_code: None, token: None, gateway_url: None };
            match pairing {
                Pairing::Pending(code) => {
                    Self { status: PairingStatus::Pending, pairing_code: Some(code), ..nothing }
                }
                Pairing::Approved(token) => Self {
                    status: PairingStatus::Approved,
                    token: Some(token.into()),
                    gateway_url: Some(gateway_url),
                    ..nothing
                },
                Pairing::Rejected => nothing,
            }
        }
    }

    impl From<NodeHeartbeat> for nodes::Heartbeat {
        fn from(said: NodeHeartbeat) -> Self {
            let whole = |number: Option<f64>| number.map(|number| number.round() as i64);
            Self {
                is_last: said.status.as_deref() == Some("offline"),
                platform: said.platform,
                version: said.version,
                uptime_seconds: whole(said.uptime),
                cpu_percent: whole(said.cpu_percent),
                memory_mb: whole(said.memory_mb),
            }
        }
    }
}
