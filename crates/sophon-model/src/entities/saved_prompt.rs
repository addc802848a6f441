//! Prompts that people keep to use again.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Entity, Insert, Key, Scoped, Table, Update};
use crate::{SavedPromptId, TenantId, Timestamp, UserId};

/// A prompt that is kept under a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPrompt {
    /// Its id.
    pub id: SavedPromptId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The user whose it is. Of a shared one, the user who wrote it: it belongs to the tenant.
    pub owner_id: UserId,
    /// The word that it is called by, without the slash. Unique among the owner's private ones, and among those that the
    /// tenant shares.
    pub command: String,
    /// What people call it.
    pub title: String,
    /// The text, with `{{variables}}`.
    pub content: String,
    /// Whether everyone in the tenant can use it.
    pub is_shared: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Entity for SavedPrompt {
    const TABLE: &'static Table = &Table::new("saved_prompts", "prompt")
        .taken("Another prompt has this command. Choose another command.")
        .locked();
}

impl Insert for SavedPrompt {}
impl Update for SavedPrompt {}
impl Delete for SavedPrompt {}

impl Key for SavedPromptId {
    type Of = SavedPrompt;
}

impl Scoped for SavedPrompt {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}
