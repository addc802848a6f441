-- What users keep about sessions for themselves: how far they have read, pins, the archive and tags.

ALTER TABLE participants ADD COLUMN read_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE participants ADD COLUMN is_pinned BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE participants ADD COLUMN is_archived BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE participants ADD COLUMN tags JSON NOT NULL DEFAULT '[]';

-- What there is was read.
UPDATE participants SET read_count = (SELECT message_count FROM sessions WHERE sessions.id = participants.session_id)
WHERE kind = 'user';
