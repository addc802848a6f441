-- Users are members of tenants, with a role in each. An API token belongs to the tenant that it was made in. One tenant runs
-- the deployment: the first one.
ALTER TABLE tenants
    ADD COLUMN description TEXT,
    ADD COLUMN status TEXT NOT NULL DEFAULT 'active',
    ADD COLUMN is_main BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
UPDATE tenants SET updated_at = created_at;
UPDATE tenants SET is_main = TRUE WHERE id = (SELECT id FROM tenants ORDER BY created_at, id LIMIT 1);
CREATE UNIQUE INDEX tenants_main ON tenants (is_main) WHERE is_main;

CREATE TABLE memberships (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX memberships_of_user ON memberships (user_id, tenant_id);
CREATE INDEX memberships_by_age ON memberships (tenant_id, created_at, user_id);
INSERT INTO memberships (tenant_id, user_id, role, created_at, updated_at)
SELECT tenant_id, id, role, created_at, updated_at FROM users;
ALTER TABLE users DROP COLUMN role;

CREATE VIEW members AS
SELECT m.user_id AS id, m.tenant_id AS tenant_id, m.role AS role, COALESCE(r.name, m.role) AS role_name, m.created_at AS joined_at, u.tenant_id AS home_id,
    u.email AS email, u.name AS name, u.status AS status, u.password_due AS password_due, u.created_at AS created_at,
    CASE WHEN m.updated_at > u.updated_at THEN m.updated_at ELSE u.updated_at END AS updated_at,
    t.slug AS tenant_slug, t.name AS tenant_name, t.status AS tenant_status, t.is_main AS is_main
FROM memberships AS m JOIN users AS u ON u.id = m.user_id JOIN tenants AS t ON t.id = m.tenant_id
LEFT JOIN roles AS r ON r.id = m.role AND r.tenant_id = m.tenant_id;

ALTER TABLE api_tokens ADD COLUMN tenant_id TEXT NOT NULL DEFAULT '';
UPDATE api_tokens SET tenant_id = (SELECT tenant_id FROM users WHERE users.id = api_tokens.user_id);
DROP INDEX api_tokens_of_user;
CREATE INDEX api_tokens_of_user ON api_tokens (user_id, tenant_id, created_at);

-- What is sent to a user is sent to it in one tenant.
UPDATE events SET topics = (
    SELECT json_agg(CASE WHEN u.id IS NULL THEN topic
        ELSE split_part(topic, ':', 1) || ':' || u.tenant_id || ':' || u.id END)::text
    FROM json_array_elements_text(events.topics::json) AS listed (topic)
    LEFT JOIN users AS u ON u.id = split_part(topic, ':', 2) AND split_part(topic, ':', 1) IN ('user', 'tasks', 'feed')
) WHERE topics <> '[]';
DELETE FROM event_topics;
INSERT INTO event_topics (topic, number)
SELECT topic, number FROM events, json_array_elements_text(topics::json) AS listed (topic);

-- Reviews of rights name whose they are.
UPDATE jobs SET payload = json_build_object('of', json_build_object('user', payload ->> 'user'))
WHERE kind = 'rights.review';

-- A tenant is deleted bit by bit.
CREATE INDEX users_by_home ON users (tenant_id);
CREATE INDEX sessions_of_tenant ON sessions (tenant_id);
CREATE INDEX memories_of_tenant ON memories (tenant_id);
CREATE INDEX discussions_of_tenant ON discussions (tenant_id);
CREATE INDEX discussion_runs_of_tenant ON discussion_runs (tenant_id);
DROP INDEX users_of_tenant;

-- What one process changes of rights, others notice.
CREATE TABLE rights_changes (
    id TEXT NOT NULL PRIMARY KEY,
    whose JSON NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX rights_changes_by_time ON rights_changes (at);
