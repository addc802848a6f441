//! Requests that are applied once.

use serde_json::Value as Json;
use sophon_model::ports::{IdempotencyRows, IdempotentReply, Value};
use sophon_model::{Result, Timestamp};

use super::PRUNED_AT_ONCE;
use crate::engine::{Conn, json_text};

impl IdempotencyRows for Conn {
    fn idempotent_reply(&self, scope: &str, key: &str, since: Timestamp) -> Result<Option<IdempotentReply>> {
        // Two requests with one key at a time: the second looks when the first has its answer.
        self.serialize_on(&format!("{scope} {key}"))?;
        let sql = "SELECT request_hash, reply FROM idempotent_replies \
                   WHERE scope = $1 AND key = $2 AND created_at >= $3";
        let found: Option<(String, Json)> = self.one(sql, &[scope.into(), key.into(), since.into()])?;
        Ok(found.map(|(request_hash, reply)| IdempotentReply { request_hash, reply }))
    }

    fn insert_idempotent_reply(
        &mut self,
        scope: &str,
        key: &str,
        reply: &IdempotentReply,
        now: Timestamp,
    ) -> Result<()> {
        let text = json_text(&reply.reply)?;
        let hash = reply.request_hash.as_str();
        let sql = "INSERT INTO idempotent_replies (scope, key, request_hash, reply, created_at) \
                   VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (scope, key) DO UPDATE SET \
                   request_hash = excluded.request_hash, reply = excluded.reply, created_at = excluded.created_at";
        self.exec(sql, &[scope.into(), key.into(), hash.into(), Value::Json(&text), now.into()])?;
        Ok(())
    }

    fn prune_idempotent_replies(&mut self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM idempotent_replies WHERE (scope, key) IN \
                   (SELECT scope, key FROM idempotent_replies WHERE created_at < $1 ORDER BY created_at LIMIT $2)";
        Ok(self.exec(sql, &[before.into(), PRUNED_AT_ONCE.into()])?)
    }

    fn trim_idempotent_replies(&mut self, most: usize) -> Result<u64> {
        let sql = "DELETE FROM idempotent_replies WHERE (scope, key) IN \
                   (SELECT scope, key FROM \
                   (SELECT scope, key, row_number() OVER (PARTITION BY scope ORDER BY created_at DESC, key) AS place \
                   FROM idempotent_replies) AS placed WHERE place > $1 LIMIT $2)";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        Ok(self.exec(sql, &[most.into(), PRUNED_AT_ONCE.into()])?)
    }
}
