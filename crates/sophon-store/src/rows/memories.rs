//! What agents remember.

use sophon_model::ports::{MemoryFilter, MemoryRows};
use sophon_model::{MemoryEntry, Result, TenantId, UserId};

use crate::engine::{Conn, Engine, Query};
use crate::words::{Need, words_query};

impl MemoryRows for Conn {
    fn delete_memories(&mut self, tenant: &TenantId, user: &UserId) -> Result<u64> {
        let sql = "DELETE FROM memories WHERE user_id = $1 AND tenant_id = $2";
        Ok(self.exec(sql, &[user.as_str().into(), tenant.as_str().into()])?)
    }

    fn memories(&self, filter: &MemoryFilter, limit: usize) -> Result<Vec<MemoryEntry>> {
        let mut query = Query::new("SELECT m.* FROM memories AS m WHERE ");
        seen(&mut query, filter);
        query.push(" ORDER BY m.created_at DESC, m.id DESC LIMIT ").bind(limit);
        Ok(self.select(&query)?)
    }

    fn search_memories(&self, filter: &MemoryFilter, words: &str, limit: usize) -> Result<Vec<MemoryEntry>> {
        let Some(words) = words_query(self.engine(), words, Need::Any) else { return Ok(Vec::new()) };
        let (search, closed, order) = match self.engine() {
            Engine::Sqlite => (
                "SELECT m.* FROM memories_words AS w JOIN memories AS m ON m.row = w.rowid \
                 WHERE memories_words MATCH ",
                "",
                "w.rank",
            ),
            Engine::Postgres => (
                "SELECT m.* FROM memories AS m WHERE words_of(m.content) @@ to_tsquery('simple', ",
                ")",
                "ts_rank(words_of(m.content), to_tsquery('simple', $1)) DESC",
            ),
        };
        let mut query = Query::new(search);
        query.bind(words.as_str()).push(closed).push(" AND ");
        seen(&mut query, filter);
        query.push(" ORDER BY ").push(order).push(", m.created_at DESC, m.id DESC LIMIT ").bind(limit);
        Ok(self.select(&query)?)
    }
}

fn seen<'a>(query: &mut Query<'a>, filter: &'a MemoryFilter) {
    query.push("m.user_id = ").bind(filter.user.as_str());
    query.push(" AND m.tenant_id = ").bind(filter.tenant.as_str());
    if let Some(agent) = &filter.seen_by {
        query.push(" AND (m.scope = 'user' OR m.agent_id = ").bind(agent.as_str()).push(")");
    }
}
