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

    fn sessions(&self, user: &UserId, filter: &SessionFilter, wanted: &Page) -> Result<Paged<Session>> {
        // Two looks, each along an index: one with both conditions would sort all that the user has.
        let mut found = self.sessions_where("owner_id = ", user, filter, wanted)?;
        found.extend(self.sessions_where(SHARED_WITH, user, filter, wanted)?);
        let position =
            |session: &Session| Position { at: session.updated_at.as_millis(), id: session.id.to_string() };
        found.sort_unstable_by(|a, b| (b.updated_at, &b.id).cmp(&(a.updated_at, &a.id)));
        Ok(Paged::from_one_more(found, wanted, position))
    }
}

/// Begins the condition that a user takes part in a session.
const SHARED_WITH: &str =
    "id IN (SELECT session_id FROM participants WHERE kind = 'user' AND role <> 'owner' AND member_id = ";

impl Conn {
    fn sessions_where(
        &self,
        condition: &'static str,
        user: &UserId,
        filter: &SessionFilter,
        wanted: &Page,
    ) -> Result<Vec<Session>> {
        let words = filter.search.as_deref().and_then(|typed| words_query(self.engine(), typed, Need::All));
        let mut query = Query::new("SELECT * FROM sessions WHERE ");
        query.push(condition).bind(user.as_str());
        if condition == SHARED_WITH {
            query.push(")");
        }
        if let Some(agent) = &filter.agent {
            query.push(" AND agent_id = ").bind(agent.as_str());
        }
        if let Some(words) = &words {
            with_words(&mut query, self.engine(), words);
        }
        page(&mut query, "updated_at", Order::NewestFirst, wanted);
        Ok(self.select(&query)?)
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
