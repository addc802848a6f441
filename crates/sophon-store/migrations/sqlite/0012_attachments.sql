-- Files that go with messages. Their contents are kept elsewhere, by their SHA-256.

CREATE TABLE blobs (
    digest TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    held_until INTEGER NOT NULL,
    is_deleting BOOLEAN NOT NULL,
    put_at INTEGER NOT NULL
);
CREATE INDEX blobs_held ON blobs (held_until);

CREATE TABLE attachments (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    owner_id TEXT NOT NULL,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    message_id TEXT,
    digest TEXT NOT NULL REFERENCES blobs (digest),
    put_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mime TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    unsent_since INTEGER
);
CREATE INDEX attachments_of_owner ON attachments (tenant_id, owner_id, size);
CREATE INDEX attachments_of_session ON attachments (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX attachments_of_content ON attachments (digest);
CREATE INDEX attachments_unsent ON attachments (unsent_since) WHERE unsent_since IS NOT NULL;
