//! *Sessions*.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sophon_model::{
    AgentId, FinishReason, MessageId, MessageRole, MessageStatus, SessionId, SessionStatus, TaskId,
    Timestamp, UserId, Visibility,
};

use crate::{Client, ClientError, List, ToolCall, Usage, time};

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What people call it; empty until the first message gives it one.
    pub title: String,
    /// The agent that answers in it.
    pub agent_id: AgentId,
    /// Who made it.
    pub owner_id: UserId,
    /// Who may read it.
    pub visibility: Visibility,
    /// Where it stands.
    pub status: SessionStatus,
    /// How its participants work together: `async` or `realtime`.
    pub mode: String,
    /// The channel it came in by.
    pub channel_id: Option<String>,
    /// A model chosen for this session alone.
    pub model: Option<String>,
    /// The session it was forked from.
    pub parent_session_id: Option<SessionId>,
    /// The last message it shares with its parent.
    pub forked_at_message_id: Option<MessageId>,
    /// How many messages it holds.
    pub message_count: i64,
    /// When it was made.
    #[serde(with = "time::rfc3339")]
    pub created_at: Timestamp,
    /// When something last happened in it.
    #[serde(with = "time::rfc3339")]
    pub updated_at: Timestamp,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its number, which rises: what [`MessageRange`] takes.
    pub id: i64,
    /// Its id.
    pub message_id: MessageId,
    /// The session it is in.
    pub session_id: SessionId,
    /// Who speaks.
    pub role: MessageRole,
    /// Its text, in Markdown.
    pub content: String,
    /// How far it has come.
    pub status: MessageStatus,
    /// The person who wrote it.
    #[serde(default)]
    pub user_id: Option<UserId>,
    /// The agent that wrote it.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
    /// The task that it asks for or that answers with it.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// An id that its sender gave it.
    #[serde(default)]
    pub local_id: Option<String>,
    /// The message it answers.
    #[serde(default)]
    pub reply_to: Option<MessageId>,
    /// Its files, as the gateway tells them.
    #[serde(default)]
    pub attachments: Vec<Value>,
    /// The tool calls made for it.
    #[serde(default)]
    pub tool_calls: Vec<ToolCall>,
    /// What writing it consumed.
    #[serde(default)]
    pub usage: Option<Usage>,
    /// Why its text ends where it ends; absent while it is written, and for what people wrote.
    #[serde(default)]
    pub finish_reason: Option<FinishReason>,
    /// When it was made.
    #[serde(with = "time::rfc3339")]
    pub created_at: Timestamp,
    /// When it last changed.
    #[serde(with = "time::rfc3339")]
    pub updated_at: Timestamp,
}

/// Which sessions are wanted.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    /// Words to look for.
    pub text: Option<String>,
    /// The agent, by id or slug.
    pub agent: Option<String>,
}

/// Which messages of a session are wanted. Without bounds: the newest.
#[derive(Clone, Copy, Debug, Default)]
pub struct MessageRange {
    /// Only those after this number.
    pub since: Option<i64>,
    /// Only those before this number.
    pub before: Option<i64>,
    /// How many, 200 at most.
    pub limit: Option<usize>,
}

/// A session to make.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSession {
    /// The agent, by id or slug; the default agent if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// Its title; the first message gives it one if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// How to fork a session.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fork {
    /// The last message to copy; all of them if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_message_id: Option<MessageId>,
    /// The title of the copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl Client {
    /// `GET /api/sessions`, one page; those in which something happened last come first.
    pub async fn sessions(
        &self,
        filter: &SessionFilter,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<Session>, ClientError> {
        let request = self.get(&["api", "sessions"])?.query([
            ("q", filter.text.clone()),
            ("agent", filter.agent.clone()),
            ("limit", Some(limit.to_string())),
            ("cursor", cursor),
        ]);
        self.fetch(request).await
    }

    /// `POST /api/sessions`.
    pub async fn create_session(&self, session: &NewSession) -> Result<Session, ClientError> {
        self.fetch(self.post(&["api", "sessions"])?.json(session)).await
    }

    /// `GET /api/sessions/{id}`.
    pub async fn session(&self, id: &SessionId) -> Result<Session, ClientError> {
        self.fetch(self.get(&["api", "sessions", id.as_str()])?).await
    }

    /// `PATCH /api/sessions/{id}` with another title.
    pub async fn rename_session(&self, id: &SessionId, title: &str) -> Result<Session, ClientError> {
        let body = serde_json::json!({ "title": title });
        self.fetch(self.patch(&["api", "sessions", id.as_str()])?.json(&body)).await
    }

    /// `DELETE /api/sessions/{id}`.
    pub async fn delete_session(&self, id: &SessionId) -> Result<(), ClientError> {
        self.tell(self.delete(&["api", "sessions", id.as_str()])?).await
    }

    /// `POST /api/sessions/{id}/fork`.
    pub async fn fork_session(&self, id: &SessionId, fork: &Fork) -> Result<Session, ClientError> {
        self.fetch(self.post(&["api", "sessions", id.as_str(), "fork"])?.json(fork)).await
    }

    /// `GET /api/sessions/{id}/messages`, oldest first.
    pub async fn messages(&self, id: &SessionId, range: MessageRange) -> Result<List<Message>, ClientError> {
        let request = self.get(&["api", "sessions", id.as_str(), "messages"])?.query([
            ("since", range.since.map(|number| number.to_string())),
            ("before", range.before.map(|number| number.to_string())),
            ("limit", range.limit.map(|limit| limit.to_string())),
        ]);
        self.fetch(request).await
    }
}
