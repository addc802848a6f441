-- Users whose password was chosen by somebody else have to change it first. Lists of users are read page by page.
ALTER TABLE users ADD COLUMN password_due BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX users_of_tenant ON users (tenant_id, created_at, id);
