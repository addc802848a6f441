-- When a job is to run once more, rather than whether.

ALTER TABLE jobs ADD COLUMN again_at BIGINT;
UPDATE jobs SET again_at = created_at WHERE is_again;
ALTER TABLE jobs DROP COLUMN is_again;
