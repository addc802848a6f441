CREATE TABLE widgets (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    label TEXT,
    is_round BOOLEAN NOT NULL,
    parts JSON_TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    broken_at INTEGER
);
