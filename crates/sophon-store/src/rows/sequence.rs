//! Sequence numbers.

use sophon_model::ports::SequenceRows;
use sophon_model::{Error, Result};

use crate::engine::Conn;

impl SequenceRows for Conn {
    fn reserve_sequence(&mut self, count: u64) -> Result<u64> {
        let sql = "UPDATE sequence SET next = next + $1 WHERE name = 'events' RETURNING next - $1";
        let first: Option<(u64,)> = self.one(sql, &[count.into()])?;
        first.map(|(first,)| first).ok_or_else(|| Error::internal("the sequence has no row"))
    }
}
