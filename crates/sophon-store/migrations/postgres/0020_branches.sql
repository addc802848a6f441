-- Branches of the messages of a session, of which it shows one.

CREATE TABLE branches (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    parent BIGINT NOT NULL,
    forks_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, number)
);

ALTER TABLE sessions ADD COLUMN branch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN branch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN is_hidden BOOLEAN NOT NULL DEFAULT FALSE;
