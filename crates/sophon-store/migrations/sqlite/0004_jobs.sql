-- Durable work beside requests. Of the jobs with one serial key one is active, and the others are blocked.

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    queue TEXT NOT NULL,
    payload JSON_TEXT NOT NULL,
    priority INTEGER NOT NULL,
    serial_key TEXT,
    dedupe_key TEXT,
    task_id TEXT REFERENCES tasks (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    run_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    interruptions INTEGER NOT NULL,
    wakes INTEGER NOT NULL,
    is_again BOOLEAN NOT NULL,
    holder TEXT,
    lease_until INTEGER,
    error TEXT,
    created_at INTEGER NOT NULL
);
CREATE INDEX jobs_due ON jobs (queue, priority, run_at, id) WHERE status IN ('ready', 'parked');
CREATE INDEX jobs_next ON jobs (run_at) WHERE status IN ('ready', 'parked');
CREATE INDEX jobs_held ON jobs (lease_until) WHERE status = 'running';
CREATE INDEX jobs_blocked ON jobs (serial_key, priority, created_at, id) WHERE status = 'blocked';
CREATE INDEX jobs_dead ON jobs (run_at, id) WHERE status = 'dead';
CREATE UNIQUE INDEX jobs_active ON jobs (serial_key) WHERE status IN ('ready', 'running', 'parked');
CREATE UNIQUE INDEX jobs_once ON jobs (kind, dedupe_key) WHERE dedupe_key IS NOT NULL AND status <> 'dead';
CREATE UNIQUE INDEX jobs_of_task ON jobs (task_id) WHERE task_id IS NOT NULL;

-- What waits or runs becomes a job. A task that runs was interrupted: this program is not running.
INSERT INTO jobs (
    id, kind, queue, payload, priority, serial_key, task_id, status, run_at, attempt, failures, interruptions, wakes,
    is_again, created_at
) SELECT
    'job_' || id, 'chat.turn', 'turns', json_object('task', id), 1, 'chat ' || session_id || ' ' || agent_id, id,
    CASE WHEN row_number() OVER (
        PARTITION BY session_id, agent_id ORDER BY CASE status WHEN 'running' THEN 0 ELSE 1 END, created_at, id
    ) = 1 THEN 'ready' ELSE 'blocked' END,
    created_at, attempt, 0,
    CASE WHEN status = 'running' AND attempt > proven_attempt THEN attempt - proven_attempt ELSE 0 END, 0, FALSE,
    created_at
FROM tasks WHERE status IN ('queued', 'running') AND parent_id IS NULL AND kind = 'chat';
INSERT INTO jobs (
    id, kind, queue, payload, priority, task_id, status, run_at, attempt, failures, interruptions, wakes, is_again,
    created_at
) SELECT
    'job_' || id, 'discussion.run', 'turns', json_object('task', id), 1, id, 'ready', created_at, attempt, 0,
    CASE WHEN status = 'running' AND attempt > proven_attempt THEN attempt - proven_attempt ELSE 0 END, 0, FALSE,
    created_at
FROM tasks WHERE status IN ('queued', 'running') AND parent_id IS NULL AND kind = 'discussion';

-- So do the deadlines that were looked for at a steady pace.
INSERT INTO jobs (
    id, kind, queue, payload, priority, dedupe_key, status, run_at, attempt, failures, interruptions, wakes, is_again,
    created_at
) SELECT
    'job_' || id, 'approval.expire', 'maintenance', json_object('tenant', tenant_id, 'id', id), 0, id, 'ready', expires_at,
    0, 0, 0, 0, FALSE, requested_at
FROM approvals WHERE status = 'pending'
UNION ALL SELECT
    'job_' || id, 'info_request.expire', 'maintenance', json_object('tenant', tenant_id, 'id', id), 0, id, 'ready', expires_at,
    0, 0, 0, 0, FALSE, requested_at
FROM info_requests WHERE status = 'pending'
UNION ALL SELECT
    'job_' || id, 'node_command.expire', 'maintenance', json_object('node', node_id, 'id', id), 0, id, 'ready', expires_at,
    0, 0, 0, 0, FALSE, created_at
FROM node_commands WHERE status IN ('queued', 'dispatched')
UNION ALL SELECT
    'job_' || id, 'node.silence', 'maintenance', json_object('tenant', tenant_id, 'node', id), 1, id, 'ready',
    COALESCE(last_seen_at, created_at) + 90000, 0, 0, 0, 0, FALSE, created_at
FROM nodes WHERE is_online;
DROP INDEX approvals_pending;
DROP INDEX info_requests_pending;
DROP INDEX node_commands_open;
DROP INDEX nodes_online;

DROP INDEX tasks_unfinished;
DROP INDEX tasks_running;
ALTER TABLE tasks DROP COLUMN proven_attempt;
ALTER TABLE tasks DROP COLUMN lease_until;
CREATE INDEX tasks_to_cancel ON tasks (id) WHERE status = 'running' AND cancel_requested_at IS NOT NULL;
