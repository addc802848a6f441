//! The text of messages that are being written, ahead of storage: here, or on another gateway.
//!
//! A delta is appended here and published under one lock, so that a new reader gets the text exactly up to where
//! its deltas begin. Of what another gateway writes there is a copy as long as somebody follows the session here. Deltas
//! that were lost on the way are made up for from the writer's text, which is asked for.

mod copies;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sophon_model::{
    AgentId, Event, Message, MessageEvent, MessageId, MessageStatus, SessionId, TaskId, TextDelta, Timestamp,
    Topic,
};
use tokio::sync::Notify;

use crate::database::Database;
use copies::Copy;

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

/// All messages that are being written.
#[derive(Clone)]
pub struct PendingTexts {
    db: Database,
    state: Arc<Mutex<State>>,
    /// Notified when a text has come from another gateway.
    arrived: Arc<Notify>,
}

#[derive(Default)]
struct State {
    /// Those that this process writes.
    own: HashMap<MessageId, Own>,
    /// Those that others write.
    copies: HashMap<MessageId, Copy>,
}

struct Own {
    message: PendingMessage,
    agent: AgentId,
}

impl PendingTexts {
    pub(crate) fn new(db: Database) -> Self {
        Self { db, state: Arc::default(), arrived: Arc::default() }
    }

    /// A task begins to write, or begins again.
    pub(crate) fn open(
        &self,
        task_id: &TaskId,
        agent: &AgentId,
        session_id: &SessionId,
        message_id: &MessageId,
    ) {
        let message = PendingMessage {
            task_id: task_id.clone(),
            session_id: session_id.clone(),
            message_id: message_id.clone(),
            content: String::new(),
        };
        let mut state = self.state.lock();
        state.copies.remove(message_id);
        state.own.insert(message_id.clone(), Own { message, agent: agent.clone() });
    }

    /// Adds a piece and, if the task streams, publishes it.
    pub(crate) fn append(&self, delta: TextDelta, publish: bool) {
        let mut state = self.state.lock();
        let Some(own) = state.own.get_mut(&delta.message_id) else { return };
        own.message.content.push_str(&delta.text);
        if publish {
            self.db.pass(MessageEvent::Delta(delta));
        }
    }

    /// The message is finished.
    pub(crate) fn close(&self, message_id: &MessageId) {
        self.state.lock().own.remove(message_id);
    }

    /// Runs `follow` and returns what is being written in the session at that moment: the deltas that come after are
    /// those that are not in its text.
    pub fn join<R>(&self, session: &SessionId, follow: impl FnOnce() -> R) -> (R, Vec<PendingMessage>) {
        let state = self.state.lock();
        let followed = follow();
        let own = state.own.values().map(|own| &own.message);
        let all = own.chain(state.copies.values().filter_map(Copy::whole));
        (followed, all.filter(|message| message.session_id == *session).cloned().collect())
    }

    /// Puts the text so far into messages read from storage, whose checkpoints lag behind.
    pub(crate) fn complete(&self, stored: &mut [Message]) {
        let state = self.state.lock();
        for message in stored {
            if let Some(own) = state.own.get(&message.id) {
                message.content.clone_from(&own.message.content);
            } else if let Some(copy) = state.copies.get(&message.id).and_then(Copy::whole)
                && copy.content.len() > message.content.len()
                && message.status == MessageStatus::Pending
            {
                message.content.clone_from(&copy.content);
            }
        }
    }

    /// The text so far of all that this process writes in the session, as one piece each.
    fn own_in(state: &State, session: &SessionId, now: Timestamp) -> Vec<TextDelta> {
        let own = state.own.values().filter(|own| own.message.session_id == *session);
        own.map(|Own { message, agent }| TextDelta {
            task_id: message.task_id.clone(),
            session_id: message.session_id.clone(),
            message_id: message.message_id.clone(),
            agent_id: agent.clone(),
            offset: 0,
            text: message.content.clone(),
            is_final: false,
            at: now,
        })
        .collect()
    }

    /// Publishes to those who follow here what another gateway has published.
    fn show(&self, topics: &[Topic], after: u64, delta: TextDelta) {
        self.db.bus().insert_passing(topics, after, Event::Message(MessageEvent::Delta(delta)));
    }
}
