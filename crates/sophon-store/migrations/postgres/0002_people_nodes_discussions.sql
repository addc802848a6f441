-- Tasks need no session any more, and can be parts of another.

ALTER TABLE tasks
    ALTER COLUMN session_id DROP NOT NULL,
    ALTER COLUMN agent_id DROP NOT NULL,
    ALTER COLUMN request_message_id DROP NOT NULL,
    ADD COLUMN parent_id TEXT REFERENCES tasks (id) ON DELETE CASCADE,
    ADD COLUMN proven_attempt BIGINT NOT NULL DEFAULT 0;
-- The default was for the rows that were there.
ALTER TABLE tasks ALTER COLUMN proven_attempt DROP DEFAULT;

DROP INDEX tasks_unfinished;
DROP INDEX tasks_queued;
DROP INDEX tasks_running;
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
    permissions JSON NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
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
    arguments JSON NOT NULL,
    preview TEXT,
    is_editable BOOLEAN NOT NULL,
    digest TEXT NOT NULL,
    status TEXT NOT NULL,
    edited_arguments JSON NOT NULL,
    reason TEXT,
    decided_by TEXT,
    requested_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    resolved_at BIGINT,
    consumed_at BIGINT
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
    choices JSON NOT NULL,
    status TEXT NOT NULL,
    response TEXT,
    requested_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    resolved_at BIGINT
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
    scopes JSON NOT NULL,
    pairing_code TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    decided_by TEXT,
    version TEXT,
    is_online BOOLEAN NOT NULL,
    last_seen_at BIGINT,
    uptime_seconds BIGINT,
    cpu_percent BIGINT,
    memory_mb BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX nodes_of_tenant ON nodes (tenant_id, created_at, id);
CREATE INDEX nodes_online ON nodes (last_seen_at, id) WHERE is_online;

CREATE TABLE node_secrets (
    node_id TEXT NOT NULL PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
    pairing_hash TEXT NOT NULL,
    pairing_expires_at BIGINT NOT NULL,
    pairing_failures BIGINT NOT NULL,
    token_hash TEXT
);

CREATE TABLE node_commands (
    id TEXT NOT NULL PRIMARY KEY,
    node_id TEXT NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL,
    command TEXT NOT NULL,
    params JSON NOT NULL,
    status TEXT NOT NULL,
    result JSON NOT NULL,
    error_code TEXT,
    error_message TEXT,
    requested_by TEXT NOT NULL,
    task_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    dispatched_at BIGINT,
    ended_at BIGINT
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
    panelists JSON NOT NULL,
    judge JSON NOT NULL,
    rounds BIGINT NOT NULL,
    round_timeout_seconds BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX discussions_of_owner ON discussions (owner_id, created_at, id);

CREATE TABLE discussion_runs (
    id TEXT NOT NULL PRIMARY KEY,
    discussion_id TEXT REFERENCES discussions (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    task_id TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    panelists JSON NOT NULL,
    judge JSON NOT NULL,
    rounds BIGINT NOT NULL,
    round_timeout_seconds BIGINT NOT NULL,
    status TEXT NOT NULL,
    verdict JSON NOT NULL,
    verdict_hash TEXT,
    error TEXT,
    cancelled_by TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX discussion_runs_of_discussion ON discussion_runs (discussion_id, created_at, id);

CREATE TABLE discussion_turns (
    run_id TEXT NOT NULL REFERENCES discussion_runs (id) ON DELETE CASCADE,
    round BIGINT NOT NULL,
    panelist_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    status TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    error TEXT,
    usage JSON NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (run_id, round, panelist_id)
);
