//! Sessions.

use sophon_model::ports::{SessionFilter, SessionRows};
use sophon_model::{Page, Paged, Position, Result, Session, SessionId, UserId};

use super::page;
use crate::engine::{Conn, Engine, Query};
use crate::words::{Need, words_query};

impl SessionRows for Conn {
    fn sessions(&self, user: &UserId, filter: &SessionFilter, wanted: &Page) -> Result<Paged<Session>> {
        // Two looks, each along an index: one with both conditions would sort all that the user has.
        let mut found = self.sessions_where(&OWN, user, filter, wanted)?;
        found.extend(self.sessions_where(&SHARED, user, filter, wanted)?);
        found.sort_unstable_by(|a, b| (b.updated_at, &b.id).cmp(&(a.updated_at, &a.id)));
        let position =
            |session: &Session| Position { at: session.updated_at.as_millis(), id: session.id.to_string() };
        Ok(Paged::from_one_more(found, wanted, position))
    }

    fn session_members(&self, session: &SessionId) -> Result<Vec<UserId>> {
        let sql = "SELECT owner_id FROM sessions WHERE id = $1 UNION ALL \
                   SELECT p.member_id FROM participants AS p JOIN sessions AS s ON s.id = p.session_id \
                   WHERE p.session_id = $1 AND p.kind = 'user' AND p.member_id <> s.owner_id";
        let found: Vec<(UserId,)> = self.all(sql, &[session.as_str().into()])?;
        Ok(found.into_iter().map(|(user,)| user).collect())
    }
}

/// What a condition says before and after a user.
type Around = [&'static str; 2];

/// The sessions that are the user's.
const OWN: Around = ["owner_id = ", ""];
/// Those of others in which the user takes part.
const SHARED: Around = [
    "id IN (SELECT session_id FROM participants WHERE kind = 'user' AND role <> 'owner' AND member_id = ",
    ")",
];

impl Conn {
    fn sessions_where(
        &self,
        around: &Around,
        user: &UserId,
        filter: &SessionFilter,
        wanted: &Page,
    ) -> Result<Vec<Session>> {
        let words = filter.search.as_deref().and_then(|typed| words_query(self.engine(), typed, Need::All));
        let mut query = self.query::<Session>();
        query.push(around[0]).bind(user.as_str()).push(around[1]);
        if let Some(agent) = &filter.agent {
            query.push(" AND agent_id = ").bind(agent.as_str());
        }
        if let Some(words) = &words {
            with_words(&mut query, self.engine(), words);
        }
        page(&mut query, "updated_at", wanted);
        Ok(self.found_by(&query)?)
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
