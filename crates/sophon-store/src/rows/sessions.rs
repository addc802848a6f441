//! Sessions.

use sophon_model::ports::{SessionFilter, SessionRows};
use sophon_model::{Page, Paged, Position, Result, Session, SessionId, UserId};

use super::{Order, page};
use crate::engine::{Conn, Engine, Query, Table};
use crate::words::{Need, words_query};

const SESSIONS: Table = Table::new("sessions", "session");

impl SessionRows for Conn {
    fn insert_session(&mut self, session: &Session) -> Result<()> {
        self.insert(SESSIONS, session)
    }

    fn update_session(&mut self, session: &Session) -> Result<()> {
        self.update(SESSIONS, session)
    }

    fn delete_session(&mut self, id: &SessionId) -> Result<()> {
        // What belongs to it goes with it: the tables say so.
        self.exec("DELETE FROM sessions WHERE id = $1", &[id.as_str().into()])?;
        Ok(())
    }

    fn session(&self, id: &SessionId) -> Result<Option<Session>> {
        // Held, or of two who count a message, or change this and that, one would undo the other's work.
        let sql = format!("SELECT * FROM sessions WHERE id = $1 {}", self.held());
        Ok(self.one(sql.as_str(), &[id.as_str().into()])?)
    }

    fn sessions(&self, owner: &UserId, filter: &SessionFilter, wanted: &Page) -> Result<Paged<Session>> {
        let words = filter.search.as_deref().and_then(|typed| words_query(self.engine(), typed, Need::All));
        let mut query = Query::new("SELECT * FROM sessions WHERE owner_id = ");
        query.bind(owner.as_str());
        if let Some(agent) = &filter.agent {
            query.push(" AND agent_id = ").bind(agent.as_str());
        }
        if let Some(words) = &words {
            with_words(&mut query, self.engine(), words);
        }
        page(&mut query, "updated_at", Order::NewestFirst, wanted);
        let position =
            |session: &Session| Position { at: session.updated_at.as_millis(), id: session.id.to_string() };
        Ok(Paged::from_one_more(self.select(&query)?, wanted, position))
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
