//! The text of messages that are being written, ahead of storage.
//!
//! A delta is appended here and published under one lock, so that a new reader gets the text exactly up to where
//! its deltas begin.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sophon_model::{Message, MessageEvent, MessageId, SessionId, TaskId, TextDelta};

use crate::database::Database;

/// A message that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingMessage {
    /// The task that writes it.
    pub task_id: TaskId,
    /// Where.
    pub session_id: SessionId,
    /// The message.
    pub message_id: MessageId,
    /// Its text so far. The deltas that follow begin where it ends.
    pub content: String,
}

/// All messages that are being written by this process.
#[derive(Clone)]
pub struct PendingTexts {
    db: Database,
    messages: Arc<Mutex<HashMap<MessageId, PendingMessage>>>,
}

impl PendingTexts {
    pub(crate) fn new(db: Database) -> Self {
        Self { db, messages: Arc::default() }
    }

    /// A task begins to write, or begins again.
    pub(crate) fn open(&self, task_id: &TaskId, session_id: &SessionId, message_id: &MessageId) {
        let message = PendingMessage {
            task_id: task_id.clone(),
            session_id: session_id.clone(),
            message_id: message_id.clone(),
            content: String::new(),
        };
        self.messages.lock().insert(message_id.clone(), message);
    }

    /// Adds a piece and, if the task streams, publishes it.
    pub(crate) fn append(&self, delta: TextDelta, publish: bool) {
        let mut messages = self.messages.lock();
        let Some(message) = messages.get_mut(&delta.message_id) else { return };
        message.content.push_str(&delta.text);
        if publish {
            self.db.pass(MessageEvent::Delta(delta));
        }
    }

    /// The message is finished.
    pub(crate) fn close(&self, message_id: &MessageId) {
        self.messages.lock().remove(message_id);
    }

    /// Runs `follow` and returns what is being written in the session at that moment: the deltas that come after are
    /// those that are not in its text.
    pub fn join<R>(&self, session: &SessionId, follow: impl FnOnce() -> R) -> (R, Vec<PendingMessage>) {
        let messages = self.messages.lock();
        let followed = follow();
        (followed, messages.values().filter(|message| message.session_id == *session).cloned().collect())
    }

    /// Puts the text so far into messages read from storage, whose checkpoints lag behind.
    pub(crate) fn complete(&self, stored: &mut [Message]) {
        let messages = self.messages.lock();
        for message in stored {
            if let Some(pending) = messages.get(&message.id) {
                message.content.clone_from(&pending.content);
            }
        }
    }
}
