//! Messages, and what goes with them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sophon_model::{
    AgentId, AttachmentId, FinishReason, MessageId, MessageRole, MessageStatus, SessionId, TaskId,
    TaskStatus, ToolCallId, ToolCallStatus, UserId,
};
use utoipa::ToSchema;

use crate::Time;

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its number: rising, and what `since` and `before` take.
    #[schema(example = 42)]
    pub id: i64,
    /// Its id.
    pub message_id: MessageId,
    /// The session it is in.
    pub session_id: SessionId,
    /// The role of the author.
    pub role: MessageRole,
    /// Its text, in Markdown.
    #[schema(example = "Which trains go to **Lisbon**?")]
    pub content: String,
    /// How far it has come; `pending` while it is being written.
    pub status: MessageStatus,
    /// The person who wrote it.
    #[schema(required)]
    pub user_id: Option<UserId>,
    /// The agent that wrote it.
    #[schema(required)]
    pub agent_id: Option<AgentId>,
    /// The task that answers with it.
    #[schema(required)]
    pub task_id: Option<TaskId>,
    /// The id that its sender gave it.
    #[schema(required)]
    pub local_id: Option<String>,
    /// The message it answers.
    #[schema(required)]
    pub reply_to: Option<MessageId>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// The tool calls made for it, in order of start.
    pub tool_calls: Vec<ToolCall>,
    /// What writing it consumed.
    #[schema(required)]
    pub usage: Option<Usage>,
    /// Why its text ends where it ends: `length`, `content_filter` and `incomplete` say that it was cut. Null while it
    /// is written, and for what people wrote.
    #[schema(required)]
    pub finish_reason: Option<FinishReason>,
    /// How an answer came about, where that is not as asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub details: Option<Box<MessageDetails>>,
    /// Whether it is part of the conversation, or the gateway's own.
    pub msg_type: MessageType,
    /// The branch of the session that it was written on; 0 is the first.
    #[serde(default)]
    #[schema(required, example = 0)]
    pub branch: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl Message {
    /// A message with the tool calls made for it.
    pub fn new(message: sophon_model::Message, tool_calls: Vec<sophon_model::ToolCall>) -> Self {
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
            finish_reason: message.finish_reason,
            details: message.details.map(|details| Box::new(details.into())),
            msg_type: match message.role {
                MessageRole::System => MessageType::System,
                MessageRole::User | MessageRole::Agent => MessageType::Chat,
            },
            branch: message.branch,
            created_at: message.created_at.into(),
            updated_at: message.updated_at.into(),
        }
    }
}

/// A message in which the words of a search were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundMessage {
    /// The message's number.
    #[schema(example = 42)]
    pub id: i64,
    /// The message's id.
    pub message_id: MessageId,
    /// The session it is in.
    pub session_id: SessionId,
    /// What people call that session; empty if it has no title.
    #[schema(example = "Flights to Lisbon")]
    pub session_title: String,
    /// The role of the author.
    pub role: MessageRole,
    /// When it was made.
    pub created_at: Time,
    /// At most some 240 characters of its text, from shortly before the first of the words on, as pieces that belong
    /// together.
    pub excerpt: Vec<ExcerptPiece>,
}

/// A piece of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExcerptPiece {
    /// Its text, as it stands in the message's Markdown.
    #[schema(example = "trains")]
    pub text: String,
    /// Whether it is one of the words that were searched for.
    #[schema(example = true)]
    pub is_hit: bool,
}

/// How an answer came about, where that is not as asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageDetails {
    /// Another model answered than the one that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub fallback: Option<Fallback>,
    /// The answer was longer than the operator allows, and its beginning was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cut: Option<Cut>,
}

impl From<sophon_model::MessageDetails> for MessageDetails {
    fn from(details: sophon_model::MessageDetails) -> Self {
        Self { fallback: details.fallback.map(Fallback::from), cut: details.cut.map(Cut::from) }
    }
}

/// Another model answered than the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fallback {
    /// The model that was asked for.
    #[schema(example = "gpt-5")]
    pub requested: String,
    /// The model that answered.
    #[schema(example = "llama3.2")]
    pub model: String,
    /// The provider of the model that answered.
    #[schema(example = "ollama")]
    pub provider: String,
    /// Why, in words for people.
    #[schema(example = "The provider did not answer.")]
    pub reason: String,
}

impl From<sophon_model::Fallback> for Fallback {
    fn from(fallback: sophon_model::Fallback) -> Self {
        let sophon_model::Fallback { requested, model, provider, reason } = fallback;
        Self { requested, model, provider, reason }
    }
}

/// An answer was longer than the operator allows, and its beginning was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cut {
    /// The bytes of text that were kept.
    #[schema(example = 16_777_216)]
    pub kept_bytes: u64,
    /// What was too long, in words for people.
    #[schema(example = "The answer had more characters than the operator allows.")]
    pub reason: String,
}

impl From<sophon_model::Cut> for Cut {
    fn from(cut: sophon_model::Cut) -> Self {
        Self { kept_bytes: cut.kept_bytes as u64, reason: cut.reason }
    }
}

/// Whether a message is part of the conversation (`chat`), or the gateway's own (`system`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// Part of the conversation.
    Chat,
    /// The gateway's own.
    System,
}

/// A file that goes with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// Where it is kept.
    #[schema(example = "att_0197c6c0a4d37b2e9f6a3c5d7e8f9a0b")]
    pub key: String,
    /// Its media type.
    #[schema(example = "image/png")]
    pub mime: String,
    /// Its size in bytes.
    #[schema(example = 48_213)]
    pub size: i64,
    /// What its sender called it.
    #[schema(required, example = "map.png")]
    pub name: Option<String>,
}

impl From<sophon_model::StoredAttachment> for Attachment {
    fn from(stored: sophon_model::StoredAttachment) -> Self {
        Self { key: stored.id.to_string(), mime: stored.mime, size: stored.size, name: Some(stored.name) }
    }
}

impl From<sophon_model::Attachment> for Attachment {
    fn from(attachment: sophon_model::Attachment) -> Self {
        let sophon_model::Attachment { key, mime, size, name } = attachment;
        Self { key, mime, size, name }
    }
}

/// What model calls consumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens read.
    #[schema(example = 1_250)]
    pub input_tokens: i64,
    /// Tokens written.
    #[schema(example = 310)]
    pub output_tokens: i64,
    /// The model.
    #[schema(example = "llama3.2")]
    pub model: String,
    /// The provider.
    #[schema(example = "ollama")]
    pub provider: String,
}

impl From<sophon_model::Usage> for Usage {
    fn from(usage: sophon_model::Usage) -> Self {
        let sophon_model::Usage { input_tokens, output_tokens, model, provider } = usage;
        Self { input_tokens, output_tokens, model, provider }
    }
}

/// One call of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToolCall {
    /// Its id.
    pub id: ToolCallId,
    /// The tool.
    #[schema(example = "memory.search")]
    pub tool_name: String,
    /// What it was called with.
    #[schema(example = json!({ "query": "Lisbon" }))]
    pub arguments: Value,
    /// SHA-256 of the arguments' canonical JSON, in hex.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub args_hash: String,
    /// How much of the answer's text had been written when it was called, in bytes of UTF-8.
    #[schema(example = 57)]
    pub text_offset: i64,
    /// Where it stands.
    pub status: ToolCallStatus,
    /// What it returned, or why it failed.
    #[schema(required)]
    pub result: Option<String>,
    /// From start to end in milliseconds; 0 while it runs.
    #[schema(example = 12)]
    pub duration_ms: i64,
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Time>,
}

impl From<sophon_model::ToolCall> for ToolCall {
    fn from(call: sophon_model::ToolCall) -> Self {
        Self {
            duration_ms: call.duration_ms(),
            id: call.id,
            tool_name: call.tool,
            arguments: call.arguments,
            args_hash: call.arguments_hash,
            text_offset: call.text_offset,
            status: call.status,
            result: call.result,
            started_at: call.started_at.into(),
            ended_at: call.ended_at.map(Time),
        }
    }
}

/// One of one's own messages in other words.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditMessage {
    /// The text, in Markdown: at most 100,000 bytes.
    #[schema(min_length = 1, max_length = 100_000, example = "Which trains go to Porto?")]
    pub content: String,
    /// The model that is to answer, this once; the session's if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// How a question is to be answered again.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Regenerate {
    /// The model that is to answer, this once; the session's if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// A message to be sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendMessage {
    /// Where to; a new session if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The agent that is to answer, by id or slug; the session's agent if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// The model that is to answer this message alone; the session's if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The text, in Markdown: at most 100,000 bytes.
    #[schema(min_length = 1, max_length = 100_000, example = "Which trains go to Lisbon?")]
    pub content: String,
    /// The channel it comes by, for example `webchat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "webchat")]
    pub channel_id: Option<String>,
    /// At most 10 files, each uploaded before with `POST /api/attachments`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10)]
    pub attachments: Option<Vec<NewAttachment>>,
    /// Whether the answer is streamed while it is written; so if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_streaming: Option<bool>,
    /// An id given by the sender. Sending the same message twice with it, in a session, is sending it once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// The message it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
}

/// A file that is to go with a message. Its key counts; the rest may be what its upload was answered with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttachment {
    /// The key that its upload was answered with.
    pub key: AttachmentId,
    /// Its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "image/png")]
    pub mime: Option<String>,
    /// Its size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 48_213)]
    pub size: Option<i64>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "map.png")]
    pub name: Option<String>,
}

impl NewAttachment {
    /// The file that was uploaded under this key.
    pub fn of(key: AttachmentId) -> Self {
        Self { key, mime: None, size: None, name: None }
    }
}

/// How much a user may attach, in bytes, and how much of that there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentLimits {
    /// The largest file.
    #[schema(example = 26_214_400)]
    pub file_bytes: u64,
    /// The most files of one message.
    #[schema(example = 10)]
    pub files_per_message: u64,
    /// The size of all attachments of the user at most.
    #[schema(example = 2_147_483_648_u64)]
    pub quota_bytes: u64,
    /// The size of all attachments of the user.
    #[schema(example = 48_213)]
    pub used_bytes: u64,
}

/// A message that was accepted: it is stored, and its task waits or runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    /// The task that answers.
    pub task_id: TaskId,
    /// The session.
    pub session_id: SessionId,
    /// The message that is answered.
    pub message_id: MessageId,
}

/// A message that was answered while its sender waited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Answered {
    /// The task that answered.
    pub task_id: TaskId,
    /// The session.
    pub session_id: SessionId,
    /// The message that was answered.
    pub message_id: MessageId,
    /// How the task ended: `completed`, `failed` or `cancelled`.
    pub status: TaskStatus,
    /// Why it failed; null if it did not.
    #[schema(required)]
    pub error: Option<String>,
    /// The answer; null if there is none.
    #[schema(required)]
    pub reply: Option<Message>,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::{attachments, chat, limits, sessions};

    use super::{Accepted, AttachmentLimits, Message, SendMessage};

    impl From<sessions::MessageWithCalls> for Message {
        fn from(stored: sessions::MessageWithCalls) -> Self {
            Self::new(stored.message, stored.tool_calls)
        }
    }

    impl From<SendMessage> for chat::SendMessage {
        fn from(send: SendMessage) -> Self {
            Self {
                session: send.session_id,
                agent: send.agent_id,
                model: send.model,
                content: send.content,
                channel_id: send.channel_id,
                attachments: send.attachments.into_iter().flatten().map(|new| new.key).collect(),
                is_streaming: send.is_streaming.unwrap_or(true),
                local_id: send.local_id,
                reply_to: send.reply_to,
                id: None,
            }
        }
    }

    impl From<attachments::Usage> for AttachmentLimits {
        fn from(usage: attachments::Usage) -> Self {
            let attachments::Usage { file, quota, used } = usage;
            Self {
                file_bytes: file,
                files_per_message: limits::MOST_ATTACHMENTS as u64,
                quota_bytes: quota,
                used_bytes: used,
            }
        }
    }

    impl From<chat::Sent> for Accepted {
        fn from(sent: chat::Sent) -> Self {
            Self { task_id: sent.task_id, session_id: sent.session_id, message_id: sent.message_id }
        }
    }
}
