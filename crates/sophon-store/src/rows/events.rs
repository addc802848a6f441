//! Durable events.

use sophon_model::ports::{EventRows, StoredEvent};
use sophon_model::{Event, Result, Timestamp, Topic};

use super::PRUNED_AT_ONCE;
use crate::engine::{Conn, Value, json_text};

impl EventRows for Conn {
    fn append_event(&mut self, seq: u64, topics: &[Topic], event: &Event, at: Timestamp) -> Result<()> {
        let event = json_text(event)?;
        let sql = "INSERT INTO events (topic, seq, at, event) VALUES ($1, $2, $3, $4)";
        for topic in topics {
            self.exec(sql, &[topic.to_string().as_str().into(), seq.into(), at.into(), Value::Json(&event)])?;
        }
        Ok(())
    }

    fn events(&self, topic: &Topic, after: u64, up_to: u64, limit: usize) -> Result<Vec<StoredEvent>> {
        let sql = "SELECT seq, at, event FROM events WHERE topic = $1 AND seq > $2 AND seq <= $3 \
                   ORDER BY seq LIMIT $4";
        let topic = topic.to_string();
        let rows: Vec<(u64, Timestamp, Event)> =
            self.all(sql, &[topic.as_str().into(), after.into(), up_to.into(), limit.into()])?;
        Ok(rows.into_iter().map(|(seq, at, event)| StoredEvent { seq, at, event }).collect())
    }

    fn oldest_event(&self) -> Result<Option<u64>> {
        let oldest: Option<(u64,)> = self.one("SELECT seq FROM events ORDER BY seq LIMIT 1", &[])?;
        Ok(oldest.map(|(seq,)| seq))
    }

    fn prune_events(&mut self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM events WHERE (topic, seq) IN \
                   (SELECT topic, seq FROM events WHERE at < $1 ORDER BY at LIMIT $2)";
        Ok(self.exec(sql, &[before.into(), PRUNED_AT_ONCE.into()])?)
    }
}
