-- Model providers that are added while the gateway runs. Their keys are secrets.
CREATE TABLE model_providers (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL UNIQUE,
    preset TEXT NOT NULL,
    kind TEXT NOT NULL,
    base_url TEXT NOT NULL,
    has_key BOOLEAN NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    priority INTEGER NOT NULL,
    models JSON_TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
