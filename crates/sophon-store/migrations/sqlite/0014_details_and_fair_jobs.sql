-- How tasks were done and answers came about, where that is to be known.
ALTER TABLE tasks ADD COLUMN details JSON_TEXT;
ALTER TABLE messages ADD COLUMN details JSON_TEXT;

-- For whom jobs are done, so that workers can be shared fairly.
ALTER TABLE jobs ADD COLUMN tenant_id TEXT;
ALTER TABLE jobs ADD COLUMN owner_id TEXT;
ALTER TABLE jobs ADD COLUMN is_throttled BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE jobs SET
    tenant_id = (SELECT tenant_id FROM tasks WHERE tasks.id = jobs.task_id),
    owner_id = (SELECT user_id FROM tasks WHERE tasks.id = jobs.task_id)
WHERE task_id IS NOT NULL;
CREATE INDEX jobs_throttled ON jobs (queue, owner_id, created_at, id) WHERE is_throttled;
