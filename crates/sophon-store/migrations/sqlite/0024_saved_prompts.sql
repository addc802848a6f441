-- Prompts that people keep to use again. The writer of a shared one may be gone: it belongs to the tenant.
CREATE TABLE saved_prompts (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    owner_id TEXT NOT NULL,
    command TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    is_shared BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX saved_prompts_by_age ON saved_prompts (tenant_id, created_at, id);
CREATE UNIQUE INDEX saved_prompts_private ON saved_prompts (tenant_id, owner_id, command) WHERE NOT is_shared;
CREATE UNIQUE INDEX saved_prompts_shared ON saved_prompts (tenant_id, command) WHERE is_shared;
