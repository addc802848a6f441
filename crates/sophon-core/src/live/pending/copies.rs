//! Copies of what other gateways write.

use std::time::Duration;

use sophon_model::{
    Event, JobStatus, MessageEvent, MessageId, Result, SessionId, TaskStatus, TextDelta, Topic,
};
use tokio::time::{Instant, timeout};

use super::{PendingMessage, PendingTexts};
use crate::registry::Registry;

/// The notice that asks for the text so far of what is being written in a session.
const ASKED: &str = "texts.asked";
/// Messages of which there is a copy; of more, deltas are passed on and nothing is kept.
const MOST: usize = 2_000;
/// How long one who joins a session waits for the text that another gateway has.
const ANSWERED_WITHIN: Duration = Duration::from_millis(300);
/// The least time between two questions for the same text.
const ASKED_EVERY: Duration = Duration::from_millis(100);

/// What is known here of a text that another gateway writes.
pub(super) struct Copy {
    message: PendingMessage,
    /// Where the content begins in the text: what is before is not known.
    start: usize,
    asked_at: Option<Instant>,
}

/// What is to be done with a piece that has arrived.
#[derive(Debug, PartialEq)]
pub(super) enum Arrived {
    /// It is shown: it goes on where the text ended, or begins it anew.
    Show(TextDelta),
    /// Nothing of it is new.
    Known,
    /// Something before it was lost.
    Lost,
}

impl Copy {
    pub(super) fn new(delta: &TextDelta) -> Self {
        let message = PendingMessage {
            task_id: delta.task_id.clone(),
            session_id: delta.session_id.clone(),
            message_id: delta.message_id.clone(),
            content: delta.text.clone(),
        };
        Self { message, start: delta.offset, asked_at: None }
    }

    /// The message, if its text is known from the beginning.
    pub(super) fn whole(&self) -> Option<&PendingMessage> {
        (self.start == 0).then_some(&self.message)
    }

    fn end(&self) -> usize {
        self.start + self.message.content.len()
    }

    /// A piece that was published.
    pub(super) fn add(&mut self, delta: TextDelta) -> Arrived {
        let end = self.end();
        if delta.offset == end {
            self.message.content.push_str(&delta.text);
            return Arrived::Show(delta);
        }
        if delta.offset == 0 && !self.is_known(&delta) {
            *self = Copy { asked_at: self.asked_at, ..Copy::new(&delta) };
            return Arrived::Show(delta);
        }
        if self.is_known(&delta) { self.add_rest(delta) } else { Arrived::Lost }
    }

    /// The text from its beginning, as its writer has it.
    pub(super) fn add_whole(&mut self, whole: TextDelta) -> Arrived {
        let known = self.start..self.end();
        if whole.text.get(known.start..known.end.min(whole.text.len())).is_none() {
            return Arrived::Known;
        }
        if self.start > 0 {
            let content = &self.message.content;
            if !whole.text[self.start..].starts_with(content.as_str()) {
                return self.add(whole);
            }
            let before = whole.text[..self.start].to_owned();
            self.message.content.insert_str(0, &before);
            self.start = 0;
        }
        self.add(whole)
    }

    /// Whether what is known covers the beginning of the piece, and says the same.
    fn is_known(&self, delta: &TextDelta) -> bool {
        let (end, text) = (self.end(), delta.text.as_str());
        if delta.offset < self.start || delta.offset > end {
            return false;
        }
        let known = self.message.content.get(delta.offset - self.start..);
        known.is_some_and(|known| known.starts_with(text) || text.starts_with(known))
    }

    /// Of a piece whose beginning is known, the rest.
    fn add_rest(&mut self, mut delta: TextDelta) -> Arrived {
        let end = self.end();
        let rest = delta.text.get(end - delta.offset..).unwrap_or_default().to_owned();
        if rest.is_empty() {
            return Arrived::Known;
        }
        self.message.content.push_str(&rest);
        (delta.offset, delta.text) = (end, rest);
        Arrived::Show(delta)
    }
}

impl PendingTexts {
    /// Answers other gateways that ask for what is being written.
    pub(crate) fn register(&self, registry: &mut Registry) {
        let texts = self.clone();
        registry.notice(ASKED, move |session| texts.answer(&session.into()));
    }

    fn answer(&self, session: &SessionId) {
        let state = self.state.lock();
        for text in Self::own_in(&state, session, self.db.now()) {
            let topics = self.db.topics_now(&Event::Message(MessageEvent::Delta(text.clone())));
            self.db.peers().send_text(self.db.bus().last_placed(&topics), &topics, &text);
        }
    }

    /// Another gateway has published a piece of a session that is followed here.
    pub(crate) fn receive(&self, topics: &[Topic], after: u64, delta: TextDelta) {
        let mut state = self.state.lock();
        let state = &mut *state;
        if state.own.contains_key(&delta.message_id) {
            return;
        }
        let session = delta.session_id.clone();
        let Some(copy) = state.copies.get_mut(&delta.message_id) else {
            if state.copies.len() < MOST {
                let mut copy = Copy::new(&delta);
                if delta.offset > 0 {
                    self.ask(&mut copy, &session);
                }
                state.copies.insert(delta.message_id.clone(), copy);
            }
            return self.show(topics, after, delta);
        };
        match copy.add(delta) {
            Arrived::Show(delta) => self.show(topics, after, delta),
            Arrived::Known => {}
            Arrived::Lost => self.ask(copy, &session),
        }
    }

    /// Another gateway has sent the text so far of a message in a session that is followed here.
    pub(crate) fn receive_text(&self, topics: &[Topic], after: u64, text: TextDelta) {
        let mut state = self.state.lock();
        let state = &mut *state;
        if state.own.contains_key(&text.message_id) {
            return;
        }
        let has_room = state.copies.len() < MOST;
        match state.copies.get_mut(&text.message_id) {
            Some(copy) => {
                if let Arrived::Show(delta) = copy.add_whole(text) {
                    self.show(topics, after, delta);
                }
            }
            None if has_room => {
                state.copies.insert(text.message_id.clone(), Copy::new(&text));
            }
            None => {}
        }
        self.arrived.notify_waiters();
    }

    /// Another gateway has published a durable event of a session that is followed here.
    pub(crate) fn heard(&self, event: &Event) {
        let ended = match event {
            Event::Message(MessageEvent::Finished { message, .. }) => &message.id,
            // What follows may begin anywhere.
            Event::Message(MessageEvent::Reset { message_id, .. }) => message_id,
            _ => return,
        };
        self.state.lock().copies.remove(ended);
    }

    /// Forgets copies that nobody follows any more.
    pub(crate) fn sweep(&self) {
        let bus = self.db.bus();
        let is_followed = |copy: &Copy| bus.has_log(&[Topic::Session(copy.message.session_id.clone())]);
        self.state.lock().copies.retain(|_, copy| is_followed(copy));
    }

    fn ask(&self, copy: &mut Copy, session: &SessionId) {
        if copy.asked_at.is_none_or(|at| at.elapsed() >= ASKED_EVERY) {
            copy.asked_at = Some(Instant::now());
            self.db.peers().notify(ASKED, session.as_str());
        }
    }

    /// Fetches the text of what other gateways write in a session, so that one who [joins](Self::join) it now gets it.
    pub async fn fetch(&self, session: &SessionId) -> Result<()> {
        if !self.db.peers().are_reached() {
            return Ok(());
        }
        // From here on deltas are kept for one who joins.
        self.db.bus().complete_after(&Topic::Session(session.clone()));
        let wanted = self.written_elsewhere(session).await?;
        if wanted.is_empty() {
            return Ok(());
        }
        let arriving = async {
            loop {
                let arrived = self.arrived.notified();
                tokio::pin!(arrived);
                arrived.as_mut().enable();
                if wanted.iter().all(|message| self.is_whole(message)) {
                    return;
                }
                arrived.await;
            }
        };
        self.db.peers().notify(ASKED, session.as_str());
        if timeout(ANSWERED_WITHIN, arriving).await.is_err() {
            tracing::debug!(%session, "no gateway has sent the text that is being written");
        }
        Ok(())
    }

    fn is_whole(&self, message: &MessageId) -> bool {
        let state = self.state.lock();
        state.own.contains_key(message) || state.copies.get(message).is_some_and(|copy| copy.start == 0)
    }

    /// The messages of a session that workers of other gateways write.
    async fn written_elsewhere(&self, session: &SessionId) -> Result<Vec<MessageId>> {
        let session = session.clone();
        let read = self.db.read(move |tx| {
            let mut messages = Vec::new();
            for task in tx.open_tasks_of(&session)?.into_iter().filter(|it| it.status == TaskStatus::Running)
            {
                let is_worked_on = tx.job_of(&task.id)?.is_some_and(|job| job.status == JobStatus::Running);
                messages.extend(task.reply_message_id.filter(|_| is_worked_on));
            }
            Ok(messages)
        });
        let mut messages = read.await?;
        let state = self.state.lock();
        messages.retain(|message| !state.own.contains_key(message));
        Ok(messages)
    }
}

#[cfg(test)]
mod tests {
    use sophon_model::Timestamp;

    use super::*;

    fn delta(offset: usize, text: &str) -> TextDelta {
        TextDelta {
            task_id: "task_1".into(),
            session_id: "ses_1".into(),
            message_id: "msg_1".into(),
            agent_id: "agent_1".into(),
            offset,
            text: text.into(),
            is_final: false,
            at: Timestamp::from_millis(0),
        }
    }

    fn content(copy: &Copy) -> (usize, &str) {
        (copy.start, &copy.message.content)
    }

    #[test]
    fn what_comes_twice_is_shown_once_and_a_hole_is_noticed() {
        let mut copy = Copy::new(&delta(0, "one "));
        assert_eq!(copy.add(delta(4, "two ")), Arrived::Show(delta(4, "two ")));
        assert_eq!(copy.add(delta(4, "two ")), Arrived::Known);
        assert_eq!(copy.add(delta(0, "one ")), Arrived::Known);
        assert_eq!(copy.add(delta(14, "four")), Arrived::Lost);
        assert_eq!(copy.add_whole(delta(0, "one two three four")), Arrived::Show(delta(8, "three four")));
        assert_eq!(content(&copy), (0, "one two three four"));
    }

    #[test]
    fn a_text_whose_beginning_was_not_heard_is_made_whole_in_silence() {
        let mut copy = Copy::new(&delta(4, "two "));
        assert!(copy.whole().is_none());
        assert_eq!(copy.add_whole(delta(0, "one two ")), Arrived::Known);
        assert_eq!(content(&copy), (0, "one two "));
        let mut later = Copy::new(&delta(4, "two "));
        assert_eq!(later.add_whole(delta(0, "one two three")), Arrived::Show(delta(8, "three")));
        assert_eq!(content(&later), (0, "one two three"));
    }

    #[test]
    fn a_text_that_begins_again_replaces_what_was_known() {
        let mut copy = Copy::new(&delta(0, "wrong"));
        assert_eq!(copy.add(delta(0, "right ")), Arrived::Show(delta(0, "right ")));
        assert_eq!(copy.add(delta(2, "xyz")), Arrived::Lost);
        assert_eq!(copy.add_whole(delta(0, "other text")), Arrived::Show(delta(0, "other text")));
        assert_eq!(content(&copy), (0, "other text"));
    }

    #[test]
    fn an_old_text_changes_nothing() {
        let mut copy = Copy::new(&delta(0, "one two "));
        assert_eq!(copy.add_whole(delta(0, "one ")), Arrived::Known);
        assert_eq!(content(&copy), (0, "one two "));
    }

    #[test]
    fn an_empty_piece_at_the_end_says_that_the_text_is_complete() {
        let mut copy = Copy::new(&delta(0, "all"));
        let last = TextDelta { is_final: true, ..delta(3, "") };
        assert_eq!(copy.add(last.clone()), Arrived::Show(last));
    }
}
