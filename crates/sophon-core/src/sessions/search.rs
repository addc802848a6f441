//! The search for words in the messages of all of one's sessions.

use std::collections::HashMap;

use sophon_model::{Caller, Message, Page, Paged, Result, Session, SessionId};

use super::Sessions;
use super::excerpt::{Excerpt, excerpt};
use crate::policy::visible;

/// A message in which the words were found.
#[derive(Clone, Debug)]
pub struct FoundMessage {
    /// The message.
    pub message: Message,
    /// The title of its session.
    pub session_title: String,
    /// The part of it with the first of the words.
    pub excerpt: Excerpt,
}

impl Sessions {
    /// The messages that contain all of the words, each by its beginning, in the sessions in which the caller takes part;
    /// newest first. Not those that are being written.
    pub async fn search(&self, caller: &Caller, words: String, page: Page) -> Result<Paged<FoundMessage>> {
        let visible = visible::<Session>(caller)?;
        self.db
            .read(move |tx| {
                let found = tx.find_messages(visible.tenant(), visible.own(), &words, &page)?;
                let mut titles: HashMap<SessionId, String> = HashMap::new();
                for message in &found.items {
                    if !titles.contains_key(&message.session_id) {
                        let session = tx.get(&message.session_id)?;
                        let title = session.map(|session| session.title).unwrap_or_default();
                        titles.insert(message.session_id.clone(), title);
                    }
                }
                Ok(found.map(|message| FoundMessage {
                    session_title: titles.get(&message.session_id).cloned().unwrap_or_default(),
                    excerpt: excerpt(&message.content, &words),
                    message,
                }))
            })
            .await
    }
}
