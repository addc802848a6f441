//! The text of a turn as it grows: streamed at once, checkpointed now and then.

use std::time::Duration;

use sophon_model::{AgentId, Message, MessageId, SessionId, Task, TaskId, TextDelta, Timestamp};

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Turns;
use crate::jobs::Held;
use crate::live::PendingTexts;

/// How often the text so far goes to storage.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);
/// The least time between two deltas. Text that comes faster is published together, so that a model that answers in a
/// burst does not outrun its readers.
const TOGETHER_WITHIN: Duration = Duration::from_millis(10);
/// What stands between the texts of two steps.
const BETWEEN_STEPS: &str = "\n\n";

pub(super) struct Writer {
    held: Held,
    pending: PendingTexts,
    task: TaskId,
    session: SessionId,
    message: MessageId,
    agent: AgentId,
    is_streaming: bool,
    text: String,
    /// How much of `text` was published, and when that was.
    published: usize,
    published_at: Option<Instant>,
    /// The length of `text` when the steps that are complete ended.
    complete: usize,
    between: &'static str,
    checkpointed_at: Timestamp,
    checkpoint: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn open(turns: &Turns, held: &Held, task: &Task, agent: &AgentId, reply: &Message) -> Self {
        turns.pending.open(&task.id, agent, &reply.session_id, &reply.id);
        Self {
            held: held.clone(),
            pending: turns.pending.clone(),
            task: task.id.clone(),
            session: reply.session_id.clone(),
            message: reply.id.clone(),
            agent: agent.clone(),
            is_streaming: task.is_streaming,
            text: String::new(),
            published: 0,
            published_at: None,
            complete: 0,
            between: "",
            checkpointed_at: held.now(),
            checkpoint: None,
        }
    }

    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Takes over the text of a step that was completed before, which was published then.
    pub(super) fn restore(&mut self, text: &str) {
        self.begin_step();
        if !text.is_empty() {
            self.text.push_str(std::mem::take(&mut self.between));
            self.text.push_str(text);
        }
        let added = self.text[self.published..].to_owned();
        self.pending.append(self.delta(added, false), false);
        self.published = self.text.len();
        self.complete = self.text.len();
    }

    pub(super) fn begin_step(&mut self) {
        self.between = if self.text.is_empty() { "" } else { BETWEEN_STEPS };
    }

    pub(super) fn end_step(&mut self) {
        self.publish_new();
        self.complete = self.text.len();
    }

    /// Adds to the text and publishes it: at once, or a little later together with what follows. The caller waits
    /// for [`due`](Self::due) beside the model, and then calls [`publish_new`](Self::publish_new).
    pub(super) fn write(&mut self, piece: &str) {
        self.text.push_str(std::mem::take(&mut self.between));
        self.text.push_str(piece);
        if self.due().is_none_or(|due| due <= Instant::now()) {
            self.publish_new();
        }
        self.checkpoint();
    }

    /// When the unpublished text is to be published.
    pub(super) fn due(&self) -> Option<Instant> {
        (self.published < self.text.len())
            .then_some(self.published_at)
            .flatten()
            .map(|at| at + TOGETHER_WITHIN)
    }

    /// Publishes the unpublished text.
    pub(super) fn publish_new(&mut self) {
        if self.published < self.text.len() {
            self.publish(self.text[self.published..].to_owned(), false);
            self.published = self.text.len();
            self.published_at = Some(Instant::now());
        }
    }

    /// Forgets the text of the step that was not completed and publishes the rest anew.
    pub(super) fn begin_again(&mut self) {
        self.text.truncate(self.complete);
        self.pending.open(&self.task, &self.agent, &self.session, &self.message);
        self.published = 0;
        self.publish_new();
    }

    /// Publishes that the text is complete.
    pub(super) fn complete(&mut self) {
        self.publish_new();
        self.publish(String::new(), true);
    }

    fn publish(&self, text: String, is_final: bool) {
        let publishes = self.is_streaming && !self.held.may_be_lost();
        self.pending.append(self.delta(text, is_final), publishes);
    }

    fn delta(&self, text: String, is_final: bool) -> TextDelta {
        TextDelta {
            task_id: self.task.clone(),
            session_id: self.session.clone(),
            message_id: self.message.clone(),
            agent_id: self.agent.clone(),
            offset: self.published,
            text,
            is_final,
            at: self.held.now(),
        }
    }

    /// Sends the text so far to storage beside the stream, one checkpoint at a time.
    fn checkpoint(&mut self) {
        let now = self.held.now();
        let is_checkpointing = self.checkpoint.as_ref().is_some_and(|checkpoint| !checkpoint.is_finished());
        if now.since(self.checkpointed_at) < CHECKPOINT_EVERY || is_checkpointing {
            return;
        }
        self.checkpointed_at = now;
        let (held, session) = (self.held.clone(), self.session.clone());
        let (message, text) = (self.message.clone(), self.text.clone());
        self.checkpoint = Some(tokio::spawn(async move {
            let stored = held.write(move |unit| {
                // Another process may have changed who takes part, and so the audience of the stream.
                unit.members_of(&session)?;
                unit.tx.checkpoint_message(&message, &text, now)
            });
            if let Err(error) = stored.await {
                tracing::warn!(?error, "a checkpoint was not stored");
            }
        }));
    }

    /// Waits for the checkpoint that is under way: a later one must not be overtaken by it.
    pub(super) async fn checkpointed(&mut self) {
        if let Some(checkpoint) = self.checkpoint.take()
            && checkpoint.await.is_err()
        {
            tracing::warn!("a checkpoint was not stored: it panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.pending.close(&self.message);
    }
}
