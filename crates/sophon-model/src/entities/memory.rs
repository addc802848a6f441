//! What agents remember.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Entity, Insert, Key, Order, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{AgentId, MemoryId, TenantId, Timestamp, UserId};

text_enum! {
    /// The readers of an entry.
    pub enum MemoryScope {
        /// All of the owner's agents.
        User = "user",
        /// Only the agent that wrote it.
        Agent = "agent",
    }
}

text_enum! {
    /// What kind of knowledge it is.
    pub enum MemoryCategory {
        /// Something that is so.
        Fact = "fact",
        /// Something that its owner likes or wants.
        Preference = "preference",
        /// Something that an agent noticed.
        Observation = "observation",
    }
}

/// One thing remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemoryEntry {
    /// Its id.
    pub id: MemoryId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// Whose it is.
    pub user_id: UserId,
    /// The agent that wrote it.
    pub agent_id: Option<AgentId>,
    /// The readers.
    pub scope: MemoryScope,
    /// What kind of knowledge.
    pub category: MemoryCategory,
    /// What is remembered.
    pub content: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Entity for MemoryEntry {
    const TABLE: &'static Table =
        &Table::new("memories", "memory entry").order(Order::newest_first(&["created_at", "id"]));
}

impl Insert for MemoryEntry {}
impl Update for MemoryEntry {}
impl Delete for MemoryEntry {}

impl Key for MemoryId {
    type Of = MemoryEntry;
}

impl Scoped for MemoryEntry {
    type Scope = UserId;
    const SCOPE: &'static str = "user_id";
}
