//! A session as this wire shows it.

use serde::Serialize;
use sophon_model::{AgentId, MessageId, SessionId, SessionMode, SessionStatus, UserId, Visibility};
use utoipa::ToSchema;

use crate::time::Time;
use crate::words;

/// A session: where people and agents meet.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    #[schema(value_type = String)]
    id: SessionId,
    /// What people call it; empty until the first message gives it one.
    title: String,
    /// The agent that answers in it.
    #[schema(value_type = String)]
    agent_id: AgentId,
    /// Who made it.
    #[schema(value_type = String)]
    owner_id: UserId,
    /// Who may read it: its owner, or whoever knows its address.
    #[schema(schema_with = words::visibility)]
    visibility: Visibility,
    /// Where it stands.
    #[schema(schema_with = words::session_status)]
    status: SessionStatus,
    /// How its participants work together.
    #[schema(schema_with = words::session_mode)]
    mode: SessionMode,
    /// The channel it came in by.
    #[schema(required)]
    channel_id: Option<String>,
    /// A model chosen for this session alone.
    #[schema(required)]
    model: Option<String>,
    /// The session it was forked from.
    #[schema(required, value_type = Option<String>)]
    parent_session_id: Option<SessionId>,
    /// The last message it shares with its parent.
    #[schema(required, value_type = Option<String>)]
    forked_at_message_id: Option<MessageId>,
    /// How many messages it holds.
    message_count: i64,
    created_at: Time,
    /// When something last happened in it.
    updated_at: Time,
}

impl From<sophon_model::Session> for Session {
    fn from(session: sophon_model::Session) -> Self {
        Self {
            id: session.id,
            title: session.title,
            agent_id: session.agent_id,
            owner_id: session.owner_id,
            visibility: session.visibility,
            status: session.status,
            mode: session.mode,
            channel_id: session.channel_id,
            model: session.model,
            parent_session_id: session.parent_id,
            forked_at_message_id: session.forked_at_message_id,
            message_count: session.message_count,
            created_at: session.created_at.into(),
            updated_at: session.updated_at.into(),
        }
    }
}
