-- Tasks need no session any more, and can be parts of another. SQLite cannot take back NOT NULL: the table is made
-- anew. Dropping it deletes its rows first, and with them what refers to them, so that those tables move along.

DROP INDEX tasks_of_session;
DROP INDEX tasks_of_tenant;
DROP INDEX tasks_of_user;
DROP INDEX tasks_unfinished;
DROP INDEX tasks_queued;
DROP INDEX tasks_running;
DROP INDEX tool_calls_of_task;
ALTER TABLE tasks RENAME TO old_tasks;
ALTER TABLE task_steps RENAME TO old_task_steps;
ALTER TABLE tool_calls RENAME TO old_tool_calls;

CREATE TABLE tasks (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    parent_id TEXT REFERENCES tasks (id) ON DELETE CASCADE,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    agent_id TEXT,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    request_message_id TEXT,
    reply_message_id TEXT,
    is_streaming BOOLEAN NOT NULL,
    error TEXT,
    usage JSON_TEXT NOT NULL,
    cancelled_by TEXT,
    cancel_requested_at INTEGER,
    attempt INTEGER NOT NULL,
    proven_attempt INTEGER NOT NULL,
    lease_until INTEGER,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER
);

CREATE TABLE task_steps (
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    step JSON_TEXT NOT NULL,
    PRIMARY KEY (task_id, number)
);

CREATE TABLE tool_calls (
    id TEXT NOT NULL PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    arguments JSON_TEXT NOT NULL,
    arguments_hash TEXT NOT NULL,
    status TEXT NOT NULL,
    result TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
);

INSERT INTO tasks (
    id, tenant_id, user_id, session_id, agent_id, kind, description, status, request_message_id, reply_message_id,
    is_streaming, error, usage, cancelled_by, cancel_requested_at, attempt, proven_attempt, lease_until, created_at,
    started_at, ended_at
) SELECT
    id, tenant_id, user_id, session_id, agent_id, kind, description, status, request_message_id, reply_message_id,
    is_streaming, error, usage, cancelled_by, cancel_requested_at, attempt, 0, lease_until, created_at,
    started_at, ended_at
FROM old_tasks;
INSERT INTO task_steps (task_id, number, step) SELECT task_id, number, step FROM old_task_steps;
INSERT INTO tool_calls (
    id, task_id, session_id, tool, arguments, arguments_hash, status, result, started_at, ended_at
) SELECT
    id, task_id, session_id, tool, arguments, arguments_hash, status, result, started_at, ended_at
FROM old_tool_calls;
DROP TABLE old_task_steps;
DROP TABLE old_tool_calls;
DROP TABLE old_tasks;

CREATE INDEX tasks_of_session ON tasks (session_id, tenant_id, created_at, id);
CREATE INDEX tasks_of_tenant ON tasks (tenant_id, created_at, id);
CREATE INDEX tasks_of_user ON tasks (user_id, tenant_id, created_at, id);
CREATE INDEX tasks_of_parent ON tasks (parent_id, created_at, id) WHERE parent_id IS NOT NULL;
-- The parts of a task are done by its worker: they never wait to be taken up.
CREATE INDEX tasks_unfinished ON tasks (created_at, id) WHERE status IN ('queued', 'running') AND parent_id IS NULL;
CREATE INDEX tasks_queued ON tasks (created_at) WHERE status = 'queued' AND parent_id IS NULL;
-- A session has one running task and its parts, whatever happens.
CREATE UNIQUE INDEX tasks_running ON tasks (session_id) WHERE status = 'running' AND parent_id IS NULL;

CREATE TABLE roles (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    permissions JSON_TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (tenant_id, name)
);

CREATE TABLE approvals (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    task_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    tool_call_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    risk TEXT NOT NULL,
    arguments JSON_TEXT NOT NULL,
    preview TEXT,
    is_editable BOOLEAN NOT NULL,
    digest TEXT NOT NULL,
    status TEXT NOT NULL,
    edited_arguments JSON_TEXT NOT NULL,
    reason TEXT,
    decided_by TEXT,
    requested_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    resolved_at INTEGER,
    consumed_at INTEGER
);
CREATE INDEX approvals_of_session ON approvals (session_id, tenant_id, requested_at, id);
CREATE INDEX approvals_of_tenant ON approvals (tenant_id, requested_at, id);
CREATE INDEX approvals_by_status ON approvals (tenant_id, status, requested_at, id);
CREATE INDEX approvals_of_user ON approvals (user_id, tenant_id, requested_at, id);
CREATE INDEX approvals_of_task ON approvals (task_id, requested_at, id);
CREATE INDEX approvals_pending ON approvals (expires_at, id) WHERE status = 'pending';

CREATE TABLE info_requests (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    task_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    tool_call_id TEXT NOT NULL,
    question TEXT NOT NULL,
    choices JSON_TEXT NOT NULL,
    status TEXT NOT NULL,
    response TEXT,
    requested_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    resolved_at INTEGER
);
CREATE INDEX info_requests_of_session ON info_requests (session_id);
CREATE INDEX info_requests_of_task ON info_requests (task_id, requested_at, id);
CREATE INDEX info_requests_of_user ON info_requests (user_id, tenant_id, requested_at, id) WHERE status = 'pending';
CREATE INDEX info_requests_pending ON info_requests (expires_at, id) WHERE status = 'pending';

CREATE TABLE nodes (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    platform TEXT NOT NULL,
    status TEXT NOT NULL,
    scopes JSON_TEXT NOT NULL,
    pairing_code TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    decided_by TEXT,
    version TEXT,
    is_online BOOLEAN NOT NULL,
    last_seen_at INTEGER,
    uptime_seconds INTEGER,
    cpu_percent INTEGER,
    memory_mb INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX nodes_of_tenant ON nodes (tenant_id, created_at, id);
CREATE INDEX nodes_online ON nodes (last_seen_at, id) WHERE is_online;

CREATE TABLE node_secrets (
    node_id TEXT NOT NULL PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
    pairing_hash TEXT NOT NULL,
    pairing_expires_at INTEGER NOT NULL,
    pairing_failures INTEGER NOT NULL,
    token_hash TEXT
);

CREATE TABLE node_commands (
    id TEXT NOT NULL PRIMARY KEY,
    node_id TEXT NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL,
    command TEXT NOT NULL,
    params JSON_TEXT NOT NULL,
    status TEXT NOT NULL,
    result JSON_TEXT NOT NULL,
    error_code TEXT,
    error_message TEXT,
    requested_by TEXT NOT NULL,
    task_id TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    dispatched_at INTEGER,
    ended_at INTEGER
);
CREATE INDEX node_commands_of_node ON node_commands (node_id, created_at, id);
CREATE INDEX node_commands_by_status ON node_commands (node_id, status, created_at, id);
CREATE INDEX node_commands_open ON node_commands (expires_at, id) WHERE status IN ('queued', 'dispatched');
CREATE INDEX node_commands_ended ON node_commands (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE discussions (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    owner_id TEXT NOT NULL REFERENCES users (id),
    topic TEXT NOT NULL,
    panelists JSON_TEXT NOT NULL,
    judge JSON_TEXT NOT NULL,
    rounds INTEGER NOT NULL,
    round_timeout_seconds INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX discussions_of_owner ON discussions (owner_id, created_at, id);

CREATE TABLE discussion_runs (
    id TEXT NOT NULL PRIMARY KEY,
    discussion_id TEXT REFERENCES discussions (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    task_id TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    panelists JSON_TEXT NOT NULL,
    judge JSON_TEXT NOT NULL,
    rounds INTEGER NOT NULL,
    round_timeout_seconds INTEGER NOT NULL,
    status TEXT NOT NULL,
    verdict JSON_TEXT NOT NULL,
    verdict_hash TEXT,
    error TEXT,
    cancelled_by TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER
);
CREATE INDEX discussion_runs_of_discussion ON discussion_runs (discussion_id, created_at, id);

CREATE TABLE discussion_turns (
    run_id TEXT NOT NULL REFERENCES discussion_runs (id) ON DELETE CASCADE,
    round INTEGER NOT NULL,
    panelist_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    status TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    error TEXT,
    usage JSON_TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (run_id, round, panelist_id)
);
