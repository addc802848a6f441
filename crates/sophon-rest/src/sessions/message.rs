//! A message as this wire shows it, with the tool calls made for it.

use serde::Serialize;
use serde_json::Value;
use sophon_core::sessions::MessageWithCalls;
use sophon_model::{
    AgentId, MessageId, MessageRole, MessageStatus, SessionId, TaskId, ToolCallId, ToolCallStatus, UserId,
};
use utoipa::ToSchema;

use crate::time::Time;
use crate::words;

/// A message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "these are the names of the wire")]
pub(super) struct Message {
    /// Its number: rising, and what `since` and `before` take.
    id: i64,
    #[schema(value_type = String)]
    message_id: MessageId,
    #[schema(value_type = String)]
    session_id: SessionId,
    /// Who speaks.
    #[schema(schema_with = words::message_role)]
    role: MessageRole,
    /// Its text, in Markdown.
    content: String,
    /// How far it has come; `pending` while it is being written.
    #[schema(schema_with = words::message_status)]
    status: MessageStatus,
    /// The person who wrote it.
    #[schema(required, value_type = Option<String>)]
    user_id: Option<UserId>,
    /// The agent that wrote it.
    #[schema(required, value_type = Option<String>)]
    agent_id: Option<AgentId>,
    /// The task that answers with it.
    #[schema(required, value_type = Option<String>)]
    task_id: Option<TaskId>,
    /// The id that its sender gave it.
    #[schema(required)]
    local_id: Option<String>,
    /// The message it answers.
    #[schema(required, value_type = Option<String>)]
    reply_to: Option<MessageId>,
    attachments: Vec<Attachment>,
    /// The tool calls made for it, in order of start.
    tool_calls: Vec<ToolCall>,
    /// What writing it consumed.
    #[schema(required)]
    usage: Option<Usage>,
    /// Whether it is part of the conversation, or the gateway's own.
    #[schema(schema_with = words::message_type)]
    msg_type: &'static str,
    created_at: Time,
    updated_at: Time,
}

impl From<MessageWithCalls> for Message {
    fn from(MessageWithCalls { message, tool_calls }: MessageWithCalls) -> Self {
        Self {
            id: message.number,
            message_id: message.id,
            session_id: message.session_id,
            role: message.role,
            content: message.content,
            status: message.status,
            user_id: message.user_id,
            agent_id: message.agent_id,
            task_id: message.task_id,
            local_id: message.local_id,
            reply_to: message.reply_to,
            attachments: message.attachments.into_iter().map(Attachment::from).collect(),
            tool_calls: tool_calls.into_iter().map(ToolCall::from).collect(),
            usage: message.usage.map(Usage::from),
            msg_type: if message.role == MessageRole::System { "system" } else { "chat" },
            created_at: message.created_at.into(),
            updated_at: message.updated_at.into(),
        }
    }
}

/// A file that goes with a message.
#[derive(Serialize, ToSchema)]
struct Attachment {
    /// Where it is kept.
    key: String,
    /// Its media type.
    mime: String,
    /// Its size in bytes.
    size: i64,
    /// What its sender called it.
    #[schema(required)]
    name: Option<String>,
}

impl From<sophon_model::Attachment> for Attachment {
    fn from(attachment: sophon_model::Attachment) -> Self {
        let sophon_model::Attachment { key, mime, size, name } = attachment;
        Self { key, mime, size, name }
    }
}

/// What model calls consumed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Usage {
    /// Tokens read.
    input_tokens: i64,
    /// Tokens written.
    output_tokens: i64,
    model: String,
    provider: String,
}

impl From<sophon_model::Usage> for Usage {
    fn from(usage: sophon_model::Usage) -> Self {
        let sophon_model::Usage { input_tokens, output_tokens, model, provider } = usage;
        Self { input_tokens, output_tokens, model, provider }
    }
}

/// One call of a tool.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ToolCall {
    #[schema(value_type = String)]
    id: ToolCallId,
    tool_name: String,
    /// What it was called with.
    arguments: Value,
    /// SHA-256 of the arguments' canonical JSON, in hex.
    args_hash: String,
    #[schema(schema_with = words::tool_call_status)]
    status: ToolCallStatus,
    /// What it returned, or why it failed.
    #[schema(required)]
    result: Option<String>,
    /// 0 while it runs.
    duration_ms: i64,
    started_at: Time,
    #[schema(required)]
    ended_at: Option<Time>,
}

impl From<sophon_model::ToolCall> for ToolCall {
    fn from(call: sophon_model::ToolCall) -> Self {
        Self {
            duration_ms: call.duration_ms(),
            id: call.id,
            tool_name: call.tool,
            arguments: call.arguments,
            args_hash: call.arguments_hash,
            status: call.status,
            result: call.result,
            started_at: call.started_at.into(),
            ended_at: call.ended_at.map(Time),
        }
    }
}
