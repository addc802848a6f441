-- What becomes of a message to an agent that is busy in the session.
ALTER TABLE sessions ADD COLUMN while_busy TEXT NOT NULL DEFAULT 'queue';
