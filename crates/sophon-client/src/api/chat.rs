//! Sending messages.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sophon_model::{MessageId, SessionId, TaskId};

use crate::{Client, ClientError};

/// A message to send, over REST or the hub.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewMessage {
    /// Where to; a new session if absent.
    pub session_id: Option<SessionId>,
    /// Who is to answer, by id or slug; the session's agent if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// The text, in Markdown.
    pub content: String,
    /// The files that go with it, which were uploaded before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Whether the answer is streamed while it is written.
    pub is_streaming: bool,
}

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its key.
    pub key: String,
    /// Its media type, as the gateway found it.
    pub mime: String,
    /// Its size in bytes.
    pub size: i64,
    /// Its name.
    pub name: Option<String>,
}

/// How long an upload may take.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(10);

/// A message was stored, and a task was queued to answer it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    /// The task that answers.
    pub task_id: TaskId,
    /// The session.
    pub session_id: SessionId,
    /// The message that was sent.
    pub message_id: MessageId,
}

impl Client {
    /// `POST /api/attachments`.
    pub async fn upload(&self, name: &str, content: &[u8]) -> Result<Attachment, ClientError> {
        let request = self.post(&["api", "attachments"])?.file("file", name, content);
        self.fetch(request.within(UPLOAD_TIMEOUT)).await
    }

    /// `POST /api/chat`. With the same `key` the message is applied once, however often it is sent.
    pub async fn send_message(&self, message: &NewMessage, key: &str) -> Result<Accepted, ClientError> {
        self.fetch(self.post(&["api", "chat"])?.json(message).once(key)).await
    }
}
