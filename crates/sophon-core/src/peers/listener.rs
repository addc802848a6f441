//! Listening to the other gateways.

use std::collections::HashMap;
use std::sync::Arc;

use fanout::Inserted;
use futures_util::StreamExt;
use sophon_model::ports::Heard;
use sophon_model::{Event, MessageEvent, Topic};
use tokio::sync::Notify;

use super::message::{Body, Message};
use crate::database::Database;
use crate::lifecycle::Lifecycle;
use crate::live::PendingTexts;

/// Handles a notice, by its key.
pub(crate) type NoticeHandler = Box<dyn Fn(&str) + Send + Sync>;
/// What is done at notices, by subject.
pub(crate) type NoticeHandlers = HashMap<&'static str, NoticeHandler>;

/// Shows what other gateways publish to those who follow it here.
pub(crate) struct Listener {
    pub(crate) db: Database,
    pub(crate) pending: PendingTexts,
    pub(crate) notices: NoticeHandlers,
    pub(crate) lifecycle: Lifecycle,
    /// Notified when messages may have been lost.
    pub(crate) look_now: Arc<Notify>,
}

impl Listener {
    /// Listens until nobody follows events any more; not at all where there are no others.
    pub(crate) async fn run(self) {
        let Some(mut messages) = self.db.peers().messages() else {
            return self.lifecycle.followers_released().await;
        };
        loop {
            tokio::select! {
                heard = messages.next() => match heard {
                    Some(Heard::Message(message)) => self.take(&message),
                    Some(Heard::Gap) => self.missed(),
                    None => return self.lifecycle.followers_released().await,
                },
                () = self.lifecycle.followers_released() => return,
            }
        }
    }

    /// Any handler may have missed its notice, and any number its event.
    fn missed(&self) {
        self.look_now.notify_one();
        self.db.ring_jobs();
    }

    fn take(&self, message: &[u8]) {
        match Message::parse(message) {
            Some(Message::Event { number, topics, body }) => self.event(number, &topics, body),
            Some(Message::Passing { after, topics, body }) => self.passing(after, &topics, body),
            Some(Message::Text { after, topics, body }) => {
                if self.is_followed(&topics)
                    && let Some(text) = body.read()
                {
                    self.pending.receive_text(&topics, after, text);
                }
            }
            Some(Message::Notice { subject, key }) => {
                if let Some(handle) = self.notices.get(subject) {
                    handle(key);
                }
            }
            None => tracing::debug!("another version of the gateway sent a message"),
        }
    }

    fn is_followed(&self, topics: &[Topic]) -> bool {
        self.db.bus().has_log(topics)
    }

    fn event(&self, number: u64, topics: &[Topic], body: Body<'_>) {
        let bus = self.db.bus();
        if bus.insert(number, topics, None) != Inserted::Wanted {
            return;
        }
        match body.read::<Event>() {
            Some(event) => {
                self.pending.heard(&event);
                bus.insert(number, topics, Some(event));
            }
            // It is read from storage.
            None => bus.note_given(number),
        }
    }

    fn passing(&self, after: u64, topics: &[Topic], body: Body<'_>) {
        if !self.is_followed(topics) {
            return;
        }
        match body.read() {
            Some(Event::Message(MessageEvent::Delta(delta))) => self.pending.receive(topics, after, delta),
            Some(event) => self.db.bus().insert_passing(topics, after, event),
            None => {}
        }
    }
}
