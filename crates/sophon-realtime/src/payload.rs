//! What hubs and session SSE call a message and a tool call: camelCase, times in RFC 3339.

use serde::Serialize;
use serde_json::Value;
use sophon_model::{
    Attachment, FinishReason, Message, MessageRole, MessageStatus, ToolCall, ToolCallStatus, Usage,
};

/// A whole message, as `ReceiveMessage` and the SSE event `message` carry it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessagePayload<'a> {
    /// The number: what `?since=` takes.
    pub id: i64,
    /// The id.
    pub message_id: &'a str,
    /// The session.
    pub session_id: &'a str,
    /// Who speaks.
    pub role: MessageRole,
    /// The text.
    pub content: &'a str,
    /// How far it has come.
    pub status: MessageStatus,
    /// What kind of message it is: `chat`, or `system` for the gateway's own.
    pub msg_type: &'static str,
    /// The person who wrote it.
    pub user_id: Option<&'a str>,
    /// The agent that wrote it.
    pub agent_id: Option<&'a str>,
    /// The agent or person that wrote it.
    pub author_agent_id: Option<&'a str>,
    /// The task that answers with it.
    pub task_id: Option<&'a str>,
    /// The sender's own id for it.
    pub local_id: Option<&'a str>,
    /// The message it answers.
    pub reply_to: Option<&'a str>,
    /// Its files.
    pub attachments: &'a [Attachment],
    /// The tool calls made for it.
    pub tool_calls: Vec<ToolCallPayload<'a>>,
    /// What writing it consumed.
    pub usage: Option<UsagePayload<'a>>,
    /// Why its text ends where it ends; null while it is written, and for what people wrote.
    pub finish_reason: Option<FinishReason>,
    /// When it was made.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// The event's sequence number, where the wire has no other place for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

impl<'a> MessagePayload<'a> {
    /// The message with its tool calls.
    pub fn new(message: &'a Message, tool_calls: &'a [ToolCall], seq: Option<u64>) -> Self {
        let agent_id = message.agent_id.as_ref().map(sophon_model::AgentId::as_str);
        Self {
            id: message.number,
            message_id: message.id.as_str(),
            session_id: message.session_id.as_str(),
            role: message.role,
            content: &message.content,
            status: message.status,
            msg_type: if message.role == MessageRole::System { "system" } else { "chat" },
            user_id: message.user_id.as_ref().map(sophon_model::UserId::as_str),
            agent_id,
            author_agent_id: agent_id,
            task_id: message.task_id.as_ref().map(sophon_model::TaskId::as_str),
            local_id: message.local_id.as_deref(),
            reply_to: message.reply_to.as_ref().map(sophon_model::MessageId::as_str),
            attachments: &message.attachments,
            tool_calls: tool_calls.iter().map(ToolCallPayload::new).collect(),
            usage: message.usage.as_ref().map(UsagePayload::new),
            finish_reason: message.finish_reason,
            created_at: message.created_at.to_string(),
            updated_at: message.updated_at.to_string(),
            seq,
        }
    }
}

/// A tool call, whole.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolCallPayload<'a> {
    /// Its id.
    pub id: &'a str,
    /// The tool.
    pub tool_name: &'a str,
    /// What it was called with.
    pub arguments: &'a Value,
    /// SHA-256 of the arguments.
    pub args_hash: &'a str,
    /// Where it stands.
    pub status: ToolCallStatus,
    /// What it returned.
    pub result: Option<&'a str>,
    /// How long it took.
    pub duration_ms: i64,
    /// When it began.
    pub started_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
}

impl<'a> ToolCallPayload<'a> {
    fn new(call: &'a ToolCall) -> Self {
        Self {
            id: call.id.as_str(),
            tool_name: &call.tool,
            arguments: &call.arguments,
            args_hash: &call.arguments_hash,
            status: call.status,
            result: call.result.as_deref(),
            duration_ms: call.duration_ms(),
            started_at: call.started_at.to_string(),
            ended_at: call.ended_at.map(|at| at.to_string()),
        }
    }
}

/// What model calls consumed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UsagePayload<'a> {
    /// Tokens read.
    pub input_tokens: i64,
    /// Tokens written.
    pub output_tokens: i64,
    /// The model.
    pub model: &'a str,
    /// The provider.
    pub provider: &'a str,
}

impl<'a> UsagePayload<'a> {
    fn new(usage: &'a Usage) -> Self {
        Self {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            model: &usage.model,
            provider: &usage.provider,
        }
    }
}
