//! Sessions.

use sophon_model::ports::{SessionFilter, SessionRows};
use sophon_model::{Page, Paged, Position, Result, Session, SessionId, UserId};

use super::page;
use crate::engine::{Conn, Engine, Query};
use crate::words::{Need, words_query};

impl SessionRows for Conn {
    fn sessions(&self, owner: &UserId, filter: &SessionFilter, wanted: &Page) -> Result<Paged<Session>> {
        let words = filter.search.as_deref().and_then(|typed| words_query(self.engine(), typed, Need::All));
        let mut query = self.query::<Session>();
        query.push("owner_id = ").bind(owner.as_str());
        if let Some(agent) = &filter.agent {
            query.push(" AND agent_id = ").bind(agent.as_str());
        }
        if let Some(words) = &words {
            with_words(&mut query, self.engine(), words);
        }
        page(&mut query, "updated_at", wanted);
        let position =
            |session: &Session| Position { at: session.updated_at.as_millis(), id: session.id.to_string() };
        Ok(Paged::from_one_more(self.found_by(&query)?, wanted, position))
    }

    fn session_members(&self, session: &SessionId) -> Result<Vec<UserId>> {
        let found: Vec<(UserId,)> =
            self.all("SELECT owner_id FROM sessions WHERE id = $1", &[session.as_str().into()])?;
        Ok(found.into_iter().map(|(user,)| user).collect())
    }
}

/// Only sessions whose title, or one of whose messages, has the words.
fn with_words<'a>(query: &mut Query<'a>, engine: Engine, words: &'a str) {
    match engine {
        Engine::Sqlite => query
            .push(" AND (row IN (SELECT rowid FROM sessions_words WHERE sessions_words MATCH ")
            .bind(words)
            .push(") OR id IN (SELECT m.session_id FROM messages_words AS w JOIN messages AS m ON m.number = w.rowid")
            .push(" WHERE messages_words MATCH ")
            .bind(words)
            .push("))"),
        Engine::Postgres => query
            .push(" AND (words_of(title) @@ to_tsquery('simple', ")
            .bind(words)
            .push(") OR id IN (SELECT session_id FROM messages WHERE status <> 'pending'")
            .push(" AND words_of(content) @@ to_tsquery('simple', ")
            .bind(words)
            .push(")))"),
    };
}
