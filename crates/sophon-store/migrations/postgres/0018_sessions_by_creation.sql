CREATE INDEX sessions_of_owner_by_creation ON sessions (owner_id, created_at, id);
