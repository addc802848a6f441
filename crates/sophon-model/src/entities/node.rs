//! Nodes: machines that run the gateway's commands, within their scopes.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Entity, Insert, Key, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{NodeId, TenantId, Timestamp, UserId};

text_enum! {
    /// How far a node has come.
    pub enum NodeStatus {
        /// Registered; a person has to approve it.
        Pending = "pending",
        /// Approved; its token waits to be fetched.
        Approved = "approved",
        /// It has its token.
        Paired = "paired",
        /// A person turned it down.
        Rejected = "rejected",
    }
}

text_enum! {
    /// What a node may be instructed to do.
    #[derive(PartialOrd, Ord)]
    pub enum NodeScope {
        /// Take pictures of the screen.
        ScreenCapture = "screen.capture",
        /// Move the mouse and type.
        InputControl = "input.control",
        /// Start and end programs.
        AppManage = "app.manage",
        /// Move windows.
        WindowManage = "window.manage",
        /// Read and write the clipboard.
        ClipboardAccess = "clipboard.access",
        /// Tell about the machine.
        SystemInfo = "system.info",
        /// Run programs.
        SystemExecute = "system.execute",
        /// Show notifications.
        NotifySend = "notify.send",
        /// Show a canvas.
        CanvasControl = "canvas.control",
        /// Every command.
        NodeCommand = "node.command",
        /// Reserved: no command needs it yet.
        FilesystemAccess = "filesystem.access",
        /// Reserved: no command needs it yet.
        VoiceRuntime = "voice.runtime",
        /// Reserved: no command needs it yet.
        BrowserControl = "browser.control",
        /// Reserved: no command needs it yet.
        CameraCapture = "camera.capture",
        /// Reserved: no command needs it yet.
        LocationRead = "location.read",
    }
}

/// A node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// What people call it.
    pub name: String,
    /// Its operating system, as it was registered or as it says itself: `linux`, `macos`, `windows`.
    pub platform: String,
    /// How far it has come.
    pub status: NodeStatus,
    /// What it may be instructed to do.
    pub scopes: Vec<NodeScope>,
    /// The code that both sides show while it pairs, for people to compare: `ABC-123`.
    pub pairing_code: String,
    /// The user who registered it.
    pub registered_by: UserId,
    /// The user who approved or rejected it.
    pub decided_by: Option<UserId>,
    /// The version of its program.
    pub version: Option<String>,
    /// Whether it has been heard of within 90 seconds.
    pub is_online: bool,
    /// When it was last heard of.
    pub last_seen_at: Option<Timestamp>,
    /// How long the machine has been up, in seconds, as it said last.
    pub uptime_seconds: Option<i64>,
    /// How busy its processors are, in per cent of all of them, as it said last.
    pub cpu_percent: Option<i64>,
    /// The memory in use, in MiB, as it said last.
    pub memory_mb: Option<i64>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Entity for Node {
    const TABLE: &'static Table = &Table::new("nodes", "node").json(&["scopes"]).locked();
}

impl Insert for Node {}
impl Update for Node {}
impl Delete for Node {}

impl Key for NodeId {
    type Of = Node;
}

impl Scoped for Node {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}

impl Node {
    /// Whether its scopes cover `scope`.
    pub fn has(&self, scope: NodeScope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&NodeScope::NodeCommand)
    }
}

/// What a node proves itself by. Kept apart from the node, so that it is never shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeSecrets {
    /// Whose.
    pub node_id: NodeId,
    /// SHA-256 of the pairing secret, in hex.
    pub pairing_hash: String,
    /// Until when it can be paired.
    pub pairing_expires_at: Timestamp,
    /// How often a wrong pairing secret or code was given.
    pub pairing_failures: i64,
    /// SHA-256 of the secret in its token, in hex, once that was handed out.
    pub token_hash: Option<String>,
}

impl Entity for NodeSecrets {
    const TABLE: &'static Table = &Table::new("node_secrets", "node").key(&["node_id"]);
}

impl Insert for NodeSecrets {}
impl Update for NodeSecrets {}
