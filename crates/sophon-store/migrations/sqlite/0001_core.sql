-- Rows that full text refers to have a number of their own (`row`, `number`): SQLite may renumber implicit ones.

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX users_by_age ON users (created_at, id);

CREATE TABLE auth_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    refresh_hash TEXT NOT NULL UNIQUE,
    previous_hash TEXT,
    user_agent TEXT,
    address TEXT,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
);
CREATE INDEX auth_sessions_by_previous ON auth_sessions (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX auth_sessions_of_user ON auth_sessions (user_id, last_seen_at);

CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    expires_at INTEGER,
    revoked_at INTEGER
);
CREATE INDEX api_tokens_of_user ON api_tokens (user_id, created_at);

CREATE TABLE agents (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    runtime TEXT NOT NULL,
    model TEXT,
    tools JSON_TEXT NOT NULL,
    soul TEXT NOT NULL,
    boot TEXT NOT NULL,
    heartbeat TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (tenant_id, slug)
);
CREATE INDEX agents_by_age ON agents (tenant_id, created_at, id);

CREATE TABLE sessions (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    owner_id TEXT NOT NULL REFERENCES users (id),
    agent_id TEXT NOT NULL,
    title TEXT NOT NULL,
    visibility TEXT NOT NULL,
    status TEXT NOT NULL,
    mode TEXT NOT NULL,
    channel_id TEXT,
    model TEXT,
    parent_id TEXT,
    forked_at_message_id TEXT,
    message_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX sessions_of_owner ON sessions (owner_id, updated_at, id);

CREATE TABLE messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    tenant_id TEXT NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    user_id TEXT,
    agent_id TEXT,
    task_id TEXT,
    content TEXT NOT NULL,
    status TEXT NOT NULL,
    local_id TEXT,
    reply_to TEXT,
    attachments JSON_TEXT NOT NULL,
    usage JSON_TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX messages_of_session ON messages (session_id, number);

CREATE TABLE tasks (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    agent_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    request_message_id TEXT NOT NULL,
    reply_message_id TEXT,
    is_streaming BOOLEAN NOT NULL,
    error TEXT,
    usage JSON_TEXT NOT NULL,
    cancelled_by TEXT,
    cancel_requested_at INTEGER,
    attempt INTEGER NOT NULL,
    lease_until INTEGER,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER
);
CREATE INDEX tasks_of_session ON tasks (session_id, tenant_id, created_at, id);
CREATE INDEX tasks_of_tenant ON tasks (tenant_id, created_at, id);
CREATE INDEX tasks_of_user ON tasks (user_id, tenant_id, created_at, id);
CREATE INDEX tasks_unfinished ON tasks (created_at, id) WHERE status IN ('queued', 'running');
CREATE INDEX tasks_queued ON tasks (created_at) WHERE status = 'queued';
-- A session has one running task, whatever happens.
CREATE UNIQUE INDEX tasks_running ON tasks (session_id) WHERE status = 'running';

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
CREATE INDEX tool_calls_of_task ON tool_calls (task_id, started_at, id);

CREATE TABLE memories (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    agent_id TEXT,
    scope TEXT NOT NULL,
    category TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX memories_of_user ON memories (user_id, created_at, id);

CREATE TABLE events (
    topic TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    event JSON_TEXT NOT NULL,
    PRIMARY KEY (topic, seq)
);
CREATE INDEX events_by_age ON events (at);
CREATE INDEX events_by_seq ON events (seq);

CREATE TABLE idempotent_replies (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    reply JSON_TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotent_replies_by_age ON idempotent_replies (created_at);

CREATE TABLE sequence (
    name TEXT NOT NULL PRIMARY KEY,
    next INTEGER NOT NULL
);
INSERT INTO sequence (name, next) VALUES ('events', 1);

-- Full text. Each index refers to the texts of its table and is told of every change by triggers.

CREATE VIRTUAL TABLE sessions_words USING fts5 (
    title, content = 'sessions', content_rowid = 'row', tokenize = 'unicode61 remove_diacritics 0'
);
CREATE TRIGGER sessions_words_insert AFTER INSERT ON sessions BEGIN
    INSERT INTO sessions_words (rowid, title) VALUES (new.row, new.title);
END;
CREATE TRIGGER sessions_words_delete AFTER DELETE ON sessions BEGIN
    INSERT INTO sessions_words (sessions_words, rowid, title) VALUES ('delete', old.row, old.title);
END;
CREATE TRIGGER sessions_words_update AFTER UPDATE OF title ON sessions WHEN old.title <> new.title BEGIN
    INSERT INTO sessions_words (sessions_words, rowid, title) VALUES ('delete', old.row, old.title);
    INSERT INTO sessions_words (rowid, title) VALUES (new.row, new.title);
END;

-- A pending message is not indexed: its text is overwritten many times.
CREATE VIRTUAL TABLE messages_words USING fts5 (
    content, content = 'messages', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 0'
);
CREATE TRIGGER messages_words_insert AFTER INSERT ON messages WHEN new.status <> 'pending' BEGIN
    INSERT INTO messages_words (rowid, content) VALUES (new.number, new.content);
END;
CREATE TRIGGER messages_words_delete AFTER DELETE ON messages WHEN old.status <> 'pending' BEGIN
    INSERT INTO messages_words (messages_words, rowid, content) VALUES ('delete', old.number, old.content);
END;
CREATE TRIGGER messages_words_update AFTER UPDATE OF content, status ON messages
WHEN old.content <> new.content OR (old.status = 'pending') <> (new.status = 'pending') BEGIN
    INSERT INTO messages_words (messages_words, rowid, content)
        SELECT 'delete', old.number, old.content WHERE old.status <> 'pending';
    INSERT INTO messages_words (rowid, content)
        SELECT new.number, new.content WHERE new.status <> 'pending';
END;

CREATE VIRTUAL TABLE memories_words USING fts5 (
    content, content = 'memories', content_rowid = 'row', tokenize = 'unicode61 remove_diacritics 0'
);
CREATE TRIGGER memories_words_insert AFTER INSERT ON memories BEGIN
    INSERT INTO memories_words (rowid, content) VALUES (new.row, new.content);
END;
CREATE TRIGGER memories_words_delete AFTER DELETE ON memories BEGIN
    INSERT INTO memories_words (memories_words, rowid, content) VALUES ('delete', old.row, old.content);
END;
CREATE TRIGGER memories_words_update AFTER UPDATE OF content ON memories WHEN old.content <> new.content BEGIN
    INSERT INTO memories_words (memories_words, rowid, content) VALUES ('delete', old.row, old.content);
    INSERT INTO memories_words (rowid, content) VALUES (new.row, new.content);
END;
