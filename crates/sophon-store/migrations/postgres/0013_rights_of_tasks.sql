-- The API token that started a task, and why the gateway cancelled it.
ALTER TABLE tasks ADD COLUMN api_token_id TEXT;
ALTER TABLE tasks ADD COLUMN cancel_reason TEXT;
CREATE INDEX tasks_open_of_user ON tasks (user_id) WHERE status IN ('queued', 'running');

-- When an API token expires, a job ends what was started with it.
INSERT INTO jobs (
    id, kind, queue, payload, priority, dedupe_key, status, run_at, attempt, failures, interruptions, wakes, created_at
) SELECT
    'job_' || id, 'rights.review', 'maintenance', json_build_object('user', user_id), 0, id, 'ready', expires_at, 0, 0, 0, 0,
    created_at
FROM api_tokens WHERE expires_at IS NOT NULL AND revoked_at IS NULL;
