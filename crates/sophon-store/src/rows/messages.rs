//! Messages.

use sophon_model::ports::{MessageRange, MessageRows, Value};
use sophon_model::{
    BranchPart, Message, MessageId, Page, Paged, Position, Result, SessionId, TenantId, Timestamp, UserId,
};

use crate::engine::{Conn, Engine, Query, json_text};
use crate::words::{Need, words_query};

const SEARCH: (&str, &str) = (
    "SELECT m.* FROM messages_words AS w JOIN messages AS m ON m.number = w.rowid \
     WHERE messages_words MATCH $1 AND m.session_id = $2 AND NOT m.is_hidden ORDER BY w.rank, m.number DESC LIMIT $3",
    "SELECT * FROM messages \
     WHERE words_of(content) @@ to_tsquery('simple', $1) AND status <> 'pending' AND NOT is_hidden AND session_id = $2 \
     ORDER BY ts_rank(words_of(content), to_tsquery('simple', $1)) DESC, number DESC LIMIT $3",
);

const LAST: (&str, &str) = (
    "number IN (SELECT (SELECT MAX(number) FROM messages WHERE NOT is_hidden AND session_id = value) FROM json_each($1))",
    "number IN (SELECT (SELECT MAX(number) FROM messages WHERE NOT is_hidden AND session_id = wanted) \
     FROM json_array_elements_text($1) AS wanted)",
);

impl MessageRows for Conn {
    fn insert_message(&mut self, message: &Message) -> Result<i64> {
        // Or a number could become visible after a higher one, and who reads on from there would miss it.
        self.serialize_on(message.session_id.as_str())?;
        self.insert_numbered(message)
    }

    fn checkpoint_message(&mut self, id: &MessageId, content: &str, at: Timestamp) -> Result<()> {
        let sql = "UPDATE messages SET content = $1, updated_at = $2 WHERE id = $3 AND status = 'pending'";
        self.exec(sql, &[content.into(), at.into(), id.as_str().into()])?;
        Ok(())
    }

    fn show_branch(&mut self, session: &SessionId, parts: &[BranchPart]) -> Result<()> {
        let mut query = Query::new("UPDATE messages SET is_hidden = NOT is_hidden WHERE session_id = ");
        query.bind(session.as_str()).push(" AND is_hidden = (FALSE");
        for part in parts {
            query.push(" OR (branch = ").bind(part.branch);
            if let Some(before) = part.before {
                query.push(" AND number < ").bind(before);
            }
            query.push(")");
        }
        query.push(")");
        self.exec(query.text(), query.args())?;
        Ok(())
    }

    fn first_of_branch(&self, session: &SessionId, branch: i64) -> Result<Option<i64>> {
        let sql = "SELECT number FROM messages WHERE session_id = $1 AND branch = $2 ORDER BY number LIMIT 1";
        let first: Option<(i64,)> = self.one(sql, &[session.as_str().into(), branch.into()])?;
        Ok(first.map(|(number,)| number))
    }

    fn messages(&self, session: &SessionId, range: &MessageRange) -> Result<Vec<Message>> {
        let mut query = self.query::<Message>();
        query.push("NOT is_hidden AND session_id = ").bind(session.as_str());
        if let Some(since) = range.since {
            query.push(" AND number > ").bind(since);
        }
        if let Some(before) = range.before {
            query.push(" AND number < ").bind(before);
        }
        let from_the_end = range.since.is_none();
        query.push(if from_the_end { " ORDER BY number DESC" } else { " ORDER BY number" });
        query.push(" LIMIT ").bind(range.limit);
        let mut messages: Vec<Message> = self.found_by(&query)?;
        if from_the_end {
            messages.reverse();
        }
        Ok(messages)
    }

    fn last_messages(&self, sessions: &[SessionId]) -> Result<Vec<Message>> {
        Ok(self.those(LAST, &[Value::Json(&json_text(&sessions)?)])?)
    }

    fn search_messages(&self, session: &SessionId, words: &str, limit: usize) -> Result<Vec<Message>> {
        let Some(query) = words_query(self.engine(), words, Need::All) else { return Ok(Vec::new()) };
        Ok(self.all(SEARCH, &[query.as_str().into(), session.as_str().into(), limit.into()])?)
    }

    fn find_messages(
        &self,
        tenant: &TenantId,
        user: &UserId,
        words: &str,
        wanted: &Page,
    ) -> Result<Paged<Message>> {
        let Some(words) = words_query(self.engine(), words, Need::All) else { return Ok(Paged::empty()) };
        let (found, closed) = match self.engine() {
            Engine::Sqlite => (
                "SELECT m.* FROM messages_words AS w JOIN messages AS m ON m.number = w.rowid WHERE messages_words MATCH ",
                "",
            ),
            Engine::Postgres => (
                "SELECT m.* FROM messages AS m WHERE m.status <> 'pending' AND words_of(m.content) @@ to_tsquery('simple', ",
                ")",
            ),
        };
        let mut query = Query::new(found);
        query.bind(words.as_str()).push(closed);
        query.push(" AND NOT m.is_hidden AND m.tenant_id = ").bind(tenant.as_str());
        query.push(" AND m.session_id IN (SELECT id FROM sessions WHERE owner_id = ").bind(user.as_str());
        query.push(" UNION SELECT session_id FROM participants WHERE kind = 'user' AND member_id = ");
        query.bind(user.as_str()).push(")");
        if let Some(Position { at, .. }) = &wanted.after {
            query.push(" AND m.number < ").bind(*at);
        }
        query.push(" ORDER BY m.number DESC LIMIT ").bind(wanted.limit() + 1);
        let position = |message: &Message| Position { at: message.number, id: message.id.to_string() };
        Ok(Paged::from_one_more(self.select(&query)?, wanted, position))
    }
}
