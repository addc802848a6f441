//! Tenants.

use sophon_model::ports::{TenantFilter, TenantRows, Value};
use sophon_model::{Page, Paged, Position, Result, Tenant, TenantId};

use crate::engine::{Conn, Engine};

impl TenantRows for Conn {
    fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>> {
        Ok(self.that("slug = $1", &[slug.into()])?)
    }

    fn main_tenant(&self) -> Result<Option<Tenant>> {
        Ok(self.that("is_main", &[])?)
    }

    fn tenant_to_change(&mut self, id: &TenantId) -> Result<Option<Tenant>> {
        let sql = format!("id = $1 {}", self.for_update());
        Ok(self.that(sql.as_str(), &[id.as_str().into()])?)
    }

    fn tenants(&self, filter: &TenantFilter, wanted: &Page) -> Result<Paged<Tenant>> {
        let mut query = self.query::<Tenant>();
        query.push("TRUE");
        if let Some(search) = &filter.search {
            let find = match self.engine() {
                Engine::Sqlite => "instr(lower(",
                Engine::Postgres => "strpos(lower(",
            };
            for column in ["name", "slug"] {
                query.push(if column == "name" { " AND (" } else { " OR " }).push(find).push(column);
                query.push("), lower(").bind(search.as_str()).push(")) > 0");
            }
            query.push(")");
        }
        if let Some(status) = filter.status {
            query.push(" AND status = ").bind(status.as_str());
        }
        if let Some(Position { at, id }) = &wanted.after {
            query.push(" AND (created_at, id) > (").bind(*at).push(", ").bind(id.as_str()).push(")");
        }
        query.push(" ORDER BY created_at, id LIMIT ").bind(wanted.limit() + 1);
        let position =
            |tenant: &Tenant| Position { at: tenant.created_at.as_millis(), id: tenant.id.to_string() };
        Ok(Paged::from_one_more(self.found_by(&query)?, wanted, position))
    }

    fn tenant_count(&self) -> Result<u64> {
        Ok(self.count("SELECT count(*) FROM tenants", &[])?)
    }

    fn erase_tenant(&mut self, id: &TenantId, limit: usize) -> Result<bool> {
        let args: [Value<'_>; 2] = [id.as_str().into(), limit.into()];
        for step in STEPS {
            if self.exec(*step, &args)? > 0 {
                return Ok(false);
            }
        }
        self.exec(NEW_HOMES, &args[..1])?;
        for last in LAST {
            if self.exec(*last, &args)? > 0 {
                return Ok(false);
            }
        }
        self.exec("DELETE FROM tenants WHERE id = $1", &args[..1])?;
        Ok(true)
    }
}

/// What a tenant has, of each kind at most so many rows at a time. What others refer to comes last. Jobs, steps, secrets of
/// nodes and the like go with what they belong to.
const STEPS: &[&str] = &[
    // Events first: they are found by what they are about.
    "DELETE FROM events WHERE number IN (SELECT e.number FROM sessions AS s \
     JOIN event_topics AS t ON t.topic = 'session:' || s.id JOIN events AS e ON e.number = t.number \
     WHERE s.tenant_id = $1 LIMIT $2)",
    "DELETE FROM event_topics WHERE (topic, number) IN (SELECT t.topic, t.number FROM sessions AS s \
     JOIN event_topics AS t ON t.topic = 'session:' || s.id WHERE s.tenant_id = $1 LIMIT $2)",
    "DELETE FROM events WHERE number IN (SELECT e.number FROM discussion_runs AS r \
     JOIN event_topics AS t ON t.topic = 'discussion:' || r.id JOIN events AS e ON e.number = t.number \
     WHERE r.tenant_id = $1 LIMIT $2)",
    "DELETE FROM event_topics WHERE (topic, number) IN (SELECT t.topic, t.number FROM discussion_runs AS r \
     JOIN event_topics AS t ON t.topic = 'discussion:' || r.id WHERE r.tenant_id = $1 LIMIT $2)",
    "DELETE FROM events WHERE number IN (SELECT e.number FROM memberships AS m JOIN event_topics AS t \
     ON t.topic IN ('user:' || m.tenant_id || ':' || m.user_id, 'tasks:' || m.tenant_id || ':' || m.user_id, \
     'feed:' || m.tenant_id || ':' || m.user_id) \
     JOIN events AS e ON e.number = t.number WHERE m.tenant_id = $1 LIMIT $2)",
    "DELETE FROM event_topics WHERE (topic, number) IN (SELECT t.topic, t.number FROM memberships AS m \
     JOIN event_topics AS t \
     ON t.topic IN ('user:' || m.tenant_id || ':' || m.user_id, 'tasks:' || m.tenant_id || ':' || m.user_id, \
     'feed:' || m.tenant_id || ':' || m.user_id) WHERE m.tenant_id = $1 LIMIT $2)",
    // Of nodes, and announcements: nobody reads these again.
    "DELETE FROM events WHERE number IN (SELECT number FROM events \
     WHERE topics = '[]' AND event LIKE '%\"tenant_id\":\"' || $1 || '\"%' LIMIT $2)",
    "DELETE FROM idempotent_replies WHERE (scope, key) IN (SELECT r.scope, r.key FROM memberships AS m \
     JOIN idempotent_replies AS r ON r.scope = 'request:' || m.tenant_id || ':' || m.user_id \
     WHERE m.tenant_id = $1 LIMIT $2)",
    "DELETE FROM approvals WHERE id IN (SELECT id FROM approvals WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM info_requests WHERE id IN (SELECT r.id FROM sessions AS s \
     JOIN info_requests AS r ON r.session_id = s.id WHERE s.tenant_id = $1 LIMIT $2)",
    "DELETE FROM tool_calls WHERE id IN (SELECT c.id FROM tasks AS t JOIN tool_calls AS c ON c.task_id = t.id \
     WHERE t.tenant_id = $1 LIMIT $2)",
    "DELETE FROM task_steps WHERE (task_id, number) IN (SELECT p.task_id, p.number FROM tasks AS t \
     JOIN task_steps AS p ON p.task_id = t.id WHERE t.tenant_id = $1 LIMIT $2)",
    "DELETE FROM discussion_turns WHERE (run_id, round, panelist_id) IN (SELECT t.run_id, t.round, t.panelist_id \
     FROM discussion_runs AS r JOIN discussion_turns AS t ON t.run_id = r.id WHERE r.tenant_id = $1 LIMIT $2)",
    "DELETE FROM discussion_runs WHERE id IN (SELECT id FROM discussion_runs WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM discussions WHERE id IN (SELECT id FROM discussions WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM messages WHERE number IN (SELECT m.number FROM sessions AS s \
     JOIN messages AS m ON m.session_id = s.id WHERE s.tenant_id = $1 LIMIT $2)",
    "DELETE FROM attachments WHERE id IN (SELECT id FROM attachments WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM participants WHERE (session_id, kind, member_id) IN (SELECT p.session_id, p.kind, p.member_id \
     FROM sessions AS s JOIN participants AS p ON p.session_id = s.id WHERE s.tenant_id = $1 LIMIT $2)",
    "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM saved_prompts WHERE id IN (SELECT id FROM saved_prompts WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM memories WHERE id IN (SELECT id FROM memories WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM node_commands WHERE id IN (SELECT c.id FROM nodes AS n JOIN node_commands AS c ON c.node_id = n.id \
     WHERE n.tenant_id = $1 LIMIT $2)",
    "DELETE FROM nodes WHERE id IN (SELECT id FROM nodes WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM agents WHERE id IN (SELECT id FROM agents WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM roles WHERE id IN (SELECT id FROM roles WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM secrets WHERE (tenant_id, owner_id, purpose) IN \
     (SELECT tenant_id, owner_id, purpose FROM secrets WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM api_tokens WHERE id IN (SELECT t.id FROM memberships AS m JOIN api_tokens AS t \
     ON t.user_id = m.user_id AND t.tenant_id = m.tenant_id WHERE m.tenant_id = $1 LIMIT $2)",
    "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE tenant_id = $1 LIMIT $2)",
];

/// Who is a member of another tenant has its home there, in the one that it joined first.
const NEW_HOMES: &str = "UPDATE users SET tenant_id = (SELECT m.tenant_id FROM memberships AS m \
     JOIN tenants AS t ON t.id = m.tenant_id \
     WHERE m.user_id = users.id AND m.tenant_id <> $1 AND t.status <> 'deleting' \
     ORDER BY m.created_at, m.tenant_id LIMIT 1) \
     WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM memberships AS m JOIN tenants AS t ON t.id = m.tenant_id \
     WHERE m.user_id = users.id AND m.tenant_id <> $1 AND t.status <> 'deleting')";

const LAST: &[&str] = &[
    // What belongs to an account is sealed in the main tenant.
    "DELETE FROM secrets WHERE (tenant_id, owner_id, purpose) IN (SELECT s.tenant_id, s.owner_id, s.purpose \
     FROM users AS u JOIN secrets AS s ON s.owner_id = u.id WHERE u.tenant_id = $1 LIMIT $2)",
    "DELETE FROM users WHERE id IN (SELECT id FROM users WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM memberships WHERE (tenant_id, user_id) IN \
     (SELECT tenant_id, user_id FROM memberships WHERE tenant_id = $1 LIMIT $2)",
];
