//! Durable events: each once, with its number, and beside them under which topics they are found.

use std::fmt::Write as _;

use sophon_model::event::EVENT_VERSION;
use sophon_model::ports::{EventRows, NewEvent, PublishedEvent, StoredEvent, Value};
use sophon_model::{Event, Result, Timestamp, Topic};

use super::PRUNED_AT_ONCE;
use crate::engine::{Conn, Engine, Failure, Query, json_text};

/// Rows in one INSERT with SQLite.
const ROWS_AT_ONCE: usize = 64;

impl EventRows for Conn {
    fn begin_events(&mut self, above: u64) -> Result<u64> {
        let last = match self.engine() {
            Engine::Sqlite => self.next_event()? - 1,
            Engine::Postgres => {
                let held = "SELECT next - 1 FROM sequence WHERE name = 'events' FOR UPDATE";
                self.one(held, &[])?.map(|(last,): (u64,)| last).ok_or_else(no_counter)?
            }
        };
        if above > last {
            let sql = "INSERT INTO event_epochs (above, last) VALUES ($1, $2)";
            self.exec(sql, &[above.into(), last.into()])?;
            self.exec("UPDATE sequence SET next = $1 WHERE name = 'events'", &[(above + 1).into()])?;
            self.set_next_event(above + 1);
        }
        Ok(above.max(last))
    }

    fn append_events(&mut self, events: &[NewEvent<'_>], above: u64, at: Timestamp) -> Result<u64> {
        let rows = events.iter().map(EventRow::new).collect::<Result<Vec<_>, _>>()?;
        Ok(match self.engine() {
            Engine::Sqlite => append_to_sqlite(self, &rows, above, at)?,
            Engine::Postgres => append_to_postgres(self, &rows, above, at)?,
        })
    }

    fn events(&self, topic: &Topic, after: u64, up_to: u64, limit: usize) -> Result<Vec<StoredEvent>> {
        let sql = "SELECT number, at, version, event FROM event_topics JOIN events USING (number) \
                   WHERE topic = $1 AND number > $2 AND number <= $3 ORDER BY number LIMIT $4";
        let topic = topic.to_string();
        let rows: Vec<(u64, Timestamp, i64, String)> =
            self.all(sql, &[topic.as_str().into(), after.into(), up_to.into(), limit.into()])?;
        let stored = |(number, at, version, event): (u64, Timestamp, i64, String)| StoredEvent {
            number,
            at,
            event: decode(number, version, &event),
        };
        Ok(rows.into_iter().map(stored).collect())
    }

    fn published_events(&self, after: u64, up_to: u64, limit: usize) -> Result<Vec<PublishedEvent>> {
        let sql = "SELECT number, version, topics, event FROM events WHERE number > $1 AND number <= $2 \
                   ORDER BY number LIMIT $3";
        let rows: Vec<(u64, i64, String, String)> =
            self.all(sql, &[after.into(), up_to.into(), limit.into()])?;
        let published = |(number, version, topics, event): (u64, i64, String, String)| {
            let topics: Vec<String> = serde_json::from_str(&topics).map_err(Failure::bug)?;
            // A topic that this program does not know has no followers here.
            let topics = topics.iter().filter_map(|topic| topic.parse().ok()).collect();
            Ok(PublishedEvent { number, topics, event: decode(number, version, &event) })
        };
        rows.into_iter().map(published).collect()
    }

    fn is_event_under(&self, number: u64, topics: &[Topic]) -> Result<bool> {
        let topics: Vec<String> = topics.iter().map(ToString::to_string).collect();
        let mut query = Query::new("SELECT number FROM event_topics WHERE number = ");
        query.bind(number).push_one_of("topic", topics.iter().map(String::as_str));
        let found: Vec<(u64,)> = if topics.is_empty() { Vec::new() } else { self.select(&query)? };
        Ok(!found.is_empty())
    }

    fn last_event(&self) -> Result<u64> {
        Ok(last_number(self)?)
    }

    fn has_events_since(&self, number: u64) -> Result<bool> {
        let removed: Option<(u64,)> =
            self.one("SELECT next FROM sequence WHERE name = 'events_removed'", &[])?;
        let lost = "SELECT count(*) FROM event_epochs WHERE last < $1 AND $1 < above";
        Ok(removed.is_none_or(|(removed,)| removed <= number)
            && number <= last_number(self)?
            && self.count(lost, &[number.into()])? == 0)
    }

    fn prune_events(&mut self, before: Timestamp) -> Result<u64> {
        let oldest = "SELECT max(number) FROM (SELECT number, at FROM events ORDER BY number LIMIT $2) AS oldest \
                      WHERE at < $1";
        let up_to: Option<(Option<u64>,)> = self.one(oldest, &[before.into(), PRUNED_AT_ONCE.into()])?;
        let Some((Some(up_to),)) = up_to else { return Ok(0) };
        let topics = (
            "DELETE FROM event_topics WHERE (topic, number) IN \
             (SELECT json_each.value, number FROM events, json_each(topics) WHERE number <= $1)",
            "DELETE FROM event_topics WHERE (topic, number) IN \
             (SELECT json_array_elements_text(topics::json), number FROM events WHERE number <= $1)",
        );
        self.exec(topics, &[up_to.into()])?;
        let removed = self.exec("DELETE FROM events WHERE number <= $1", &[up_to.into()])?;
        self.exec("UPDATE sequence SET next = $1 WHERE name = 'events_removed'", &[up_to.into()])?;
        // What a number says is known again from what is left; but the numbers go on.
        let go_on = "UPDATE sequence SET next = $1 WHERE name = 'events' AND next < $1";
        self.exec(go_on, &[(up_to + 1).into()])?;
        self.exec("DELETE FROM event_epochs WHERE above <= $1", &[up_to.into()])?;
        Ok(removed)
    }
}

impl Conn {
    /// The number of the next event, with SQLite: its one writer keeps it in mind.
    fn next_event(&self) -> Result<u64, Failure> {
        match self.known_next_event() {
            Some(next) => Ok(next),
            None => Ok(last_number(self)? + 1),
        }
    }
}

/// An event as it is put into the database.
struct EventRow {
    event: String,
    topics: Vec<String>,
    topics_json: String,
}

impl EventRow {
    fn new(new: &NewEvent<'_>) -> Result<Self, Failure> {
        let topics: Vec<String> = new.topics.iter().map(ToString::to_string).collect();
        Ok(EventRow { event: json_text(new.event)?, topics_json: json_text(&topics)?, topics })
    }
}

/// Few statements for many rows: that is what keeps the one writer quick.
fn append_to_sqlite(conn: &Conn, rows: &[EventRow], above: u64, at: Timestamp) -> Result<u64, Failure> {
    let first = conn.next_event()?.max(above + 1);
    conn.set_next_event(first + rows.len() as u64);
    let numbered = || (first..).zip(rows);
    let events: Vec<[Value<'_>; 5]> = numbered()
        .map(|(number, row)| {
            let (topics, event) = (row.topics_json.as_str(), row.event.as_str());
            [number.into(), at.into(), EVENT_VERSION.into(), topics.into(), event.into()]
        })
        .collect();
    insert_rows(conn, "INSERT INTO events (number, at, version, topics, event) VALUES ", &events)?;
    let topics: Vec<[Value<'_>; 2]> = numbered()
        .flat_map(|(number, row)| row.topics.iter().map(move |topic| [topic.as_str().into(), number.into()]))
        .collect();
    insert_rows(conn, "INSERT INTO event_topics (topic, number) VALUES ", &topics)?;
    Ok(first)
}

fn insert_rows<const N: usize>(conn: &Conn, insert: &str, rows: &[[Value<'_>; N]]) -> Result<(), Failure> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let mut text = insert.to_owned();
        for row in 0..rows.len() {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..N {
                let separator = if column == 0 { "$" } else { ", $" };
                let _never_fails = write!(text, "{separator}{}", row * N + column + 1);
            }
            text.push(')');
        }
        conn.exec(text.as_str(), &rows.concat())?;
    }
    Ok(())
}

/// One statement, whose first part holds the counter until the transaction has ended: so who gets a higher number commits
/// later.
fn append_to_postgres(conn: &Conn, rows: &[EventRow], above: u64, at: Timestamp) -> Result<u64, Failure> {
    let mut args: Vec<Value<'_>> = vec![above.into(), rows.len().into(), at.into(), EVENT_VERSION.into()];
    let (mut events, mut topics) = (Vec::new(), Vec::new());
    for (n, row) in rows.iter().enumerate() {
        args.extend([Value::from(row.topics_json.as_str()), row.event.as_str().into()]);
        events.push(format!("({n}::bigint, ${}::text, ${}::text)", args.len() - 1, args.len()));
        for topic in &row.topics {
            args.push(topic.as_str().into());
            topics.push(format!("({n}::bigint, ${}::text)", args.len()));
        }
    }
    let topics = if topics.is_empty() { String::new() } else { insert_topics(&topics) };
    let text = format!(
        "WITH taken AS (UPDATE sequence SET next = GREATEST(next, $1::bigint + 1) + $2::bigint WHERE name = 'events' \
                        RETURNING next - $2::bigint AS first), \
         stored AS (INSERT INTO events (number, at, version, topics, event) \
                    SELECT first + n, $3::bigint, $4::bigint, topics, event \
                    FROM taken, (VALUES {}) AS new (n, topics, event)){topics} \
         SELECT first FROM taken",
        events.join(", "),
    );
    conn.one(text.as_str(), &args)?.map(|(first,): (u64,)| first).ok_or_else(no_counter)
}

fn insert_topics(rows: &[String]) -> String {
    let rows = rows.join(", ");
    format!(
        ", found AS (INSERT INTO event_topics (topic, number) \
                     SELECT topic, first + n FROM taken, (VALUES {rows}) AS new (n, topic))"
    )
}

fn last_number(conn: &Conn) -> Result<u64, Failure> {
    let sql = (
        "SELECT max(next - 1, (SELECT COALESCE(max(number), 0) FROM events)) FROM sequence WHERE name = 'events'",
        "SELECT next - 1 FROM sequence WHERE name = 'events'",
    );
    conn.one(sql, &[])?.map(|(last,): (u64,)| last).ok_or_else(no_counter)
}

fn no_counter() -> Failure {
    Failure::bug("the counter of events has no row")
}

/// What an older or newer program stored may be of another shape: that is no error, but it is not known.
fn decode(number: u64, version: i64, event: &str) -> Option<Event> {
    if version != EVENT_VERSION {
        return None;
    }
    serde_json::from_str(event)
        .inspect_err(
            |error| tracing::warn!(number, %error, "a stored event cannot be read; who missed it reads anew"),
        )
        .ok()
}
