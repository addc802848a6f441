-- Branches of the messages of a session, of which it shows one.

CREATE TABLE branches (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    parent INTEGER NOT NULL,
    forks_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (session_id, number)
);

ALTER TABLE sessions ADD COLUMN branch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN branch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN is_hidden BOOLEAN NOT NULL DEFAULT FALSE;
