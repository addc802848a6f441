CREATE TABLE widgets (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    label TEXT,
    is_round BOOLEAN NOT NULL,
    parts JSON NOT NULL,
    made_at BIGINT NOT NULL,
    broken_at BIGINT
);
