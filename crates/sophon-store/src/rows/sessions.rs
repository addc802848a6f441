//! Sessions.

use sophon_model::ports::{MarksFilter, Period, SessionFilter, SessionOrder, SessionRows};
use sophon_model::{
    Page, Paged, Position, Result, Session, SessionId, TenantId, Timestamp, UserId, UserInTenant,
};

use super::page;
use crate::engine::{Conn, Engine, Query};
use crate::words::{Need, words_query};

impl SessionRows for Conn {
    fn sessions(
        &self,
        tenant: &TenantId,
        user: &UserId,
        filter: &SessionFilter,
        wanted: &Page,
    ) -> Result<Paged<Session>> {
        let user = (tenant, user);
        // Two looks, each along an index: one with both conditions would sort all that the user has.
        let mut found = self.sessions_where(&OWN, user, filter, wanted)?;
        found.extend(self.sessions_where(&SHARED, user, filter, wanted)?);
        let time = |session: &Session| time_of(session, filter.order);
        found.sort_unstable_by(|a, b| (time(b), &b.id).cmp(&(time(a), &a.id)));
        let position =
            |session: &Session| Position { at: time(session).as_millis(), id: session.id.to_string() };
        Ok(Paged::from_one_more(found, wanted, position))
    }

    fn session_members(&self, session: &SessionId) -> Result<Vec<UserInTenant>> {
        let sql = "SELECT tenant_id, owner_id FROM sessions WHERE id = $1 UNION ALL \
                   SELECT s.tenant_id, p.member_id FROM participants AS p JOIN sessions AS s ON s.id = p.session_id \
                   WHERE p.session_id = $1 AND p.kind = 'user' AND p.member_id <> s.owner_id";
        let found: Vec<(TenantId, UserId)> = self.all(sql, &[session.as_str().into()])?;
        Ok(found.into_iter().map(|(tenant, user)| UserInTenant { tenant, user }).collect())
    }
}

fn time_of(session: &Session, order: SessionOrder) -> Timestamp {
    match order {
        SessionOrder::Updated => session.updated_at,
        SessionOrder::Created => session.created_at,
    }
}

fn column_of(order: SessionOrder) -> &'static str {
    match order {
        SessionOrder::Updated => "updated_at",
        SessionOrder::Created => "created_at",
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
        (tenant, user): (&TenantId, &UserId),
        filter: &SessionFilter,
        wanted: &Page,
    ) -> Result<Vec<Session>> {
        let words = filter.search.as_deref().and_then(|typed| words_query(self.engine(), typed, Need::All));
        let mut query = self.query::<Session>();
        query.push(around[0]).bind(user.as_str()).push(around[1]);
        query.push(" AND tenant_id = ").bind(tenant.as_str());
        if let Some(agent) = &filter.agent {
            query.push(" AND agent_id = ").bind(agent.as_str());
        }
        if let Some(words) = &words {
            with_words(&mut query, self.engine(), words);
        }
        if let Some(status) = filter.status {
            query.push(" AND status = ").bind(status.as_str());
        }
        with_marks(&mut query, self.engine(), user, &filter.marks);
        within(&mut query, "created_at", filter.created);
        within(&mut query, "updated_at", filter.updated);
        page(&mut query, column_of(filter.order), wanted);
        Ok(self.found_by(&query)?)
    }
}

/// The user's part in the session of the outer query. It has no row if the user owns the session and marked nothing.
const PART: &str = " EXISTS (SELECT 1 FROM participants AS p \
    WHERE p.session_id = sessions.id AND p.kind = 'user' AND p.member_id = ";

/// Only sessions that the user has marked so.
fn with_marks<'a>(query: &mut Query<'a>, engine: Engine, user: &'a UserId, marks: &'a MarksFilter) {
    let mut part = |is_so: bool, what: &'static str| {
        query.push(if is_so { " AND" } else { " AND NOT" }).push(PART).bind(user.as_str()).push(what);
    };
    part(marks.is_archived, " AND p.is_archived)");
    if let Some(is_pinned) = marks.is_pinned {
        part(is_pinned, " AND p.is_pinned)");
    }
    if let Some(is_unread) = marks.is_unread {
        part(!is_unread, " AND p.read_count >= sessions.message_count)");
    }
    if let Some(tag) = &marks.tag {
        part(
            true,
            match engine {
                Engine::Sqlite => " AND EXISTS (SELECT 1 FROM json_each(p.tags) WHERE value = ",
                Engine::Postgres => {
                    " AND EXISTS (SELECT 1 FROM json_array_elements_text(p.tags) AS t (tag) WHERE t.tag = "
                }
            },
        );
        query.bind(tag.as_str()).push("))");
    }
}

/// Only sessions with a time in a period.
fn within(query: &mut Query<'_>, column: &'static str, period: Period) {
    if let Some(from) = period.from {
        query.push(" AND ").push(column).push(" >= ").bind(from.as_millis());
    }
    if let Some(until) = period.until {
        query.push(" AND ").push(column).push(" < ").bind(until.as_millis());
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
