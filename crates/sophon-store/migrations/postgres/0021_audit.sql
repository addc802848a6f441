-- Who did what. A chain for each tenant, in which each entry holds the hash of the one before it. Nothing refers to other
-- tables: what an entry tells of may be gone.
CREATE TABLE audit_entries (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    user_id TEXT,
    email TEXT,
    role TEXT,
    credential TEXT,
    credential_id TEXT,
    agent_id TEXT,
    node_id TEXT,
    action TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id TEXT,
    resource_name TEXT,
    outcome TEXT NOT NULL,
    address TEXT,
    user_agent TEXT,
    request_id TEXT,
    session_id TEXT,
    task_id TEXT,
    details JSON NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (tenant_id, number)
);
CREATE INDEX audit_entries_by_time ON audit_entries (tenant_id, at);
CREATE INDEX audit_entries_by_user ON audit_entries (tenant_id, user_id, number);
CREATE INDEX audit_entries_by_resource ON audit_entries (tenant_id, resource_id, number);

-- Up to which entry each chain was cut because the time of its entries was over. Entries can be removed in no other way.
CREATE TABLE audit_cuts (
    tenant_id TEXT NOT NULL,
    up_to BIGINT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, up_to)
);

CREATE FUNCTION audit_entries_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.number <= (SELECT COALESCE(max(up_to), 0) FROM audit_cuts WHERE tenant_id = OLD.tenant_id) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'entries of the audit log are removed by a cut only';
    END IF;
    RAISE EXCEPTION 'entries of the audit log never change';
END;
$$;
CREATE TRIGGER audit_entries_guard BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_entries_guard();
CREATE TRIGGER audit_entries_guard_all BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_guard();

CREATE FUNCTION audit_cuts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.up_to < (SELECT COALESCE(max(number), 0) FROM audit_entries WHERE tenant_id = NEW.tenant_id)
            AND EXISTS (
                SELECT 1 FROM audit_entries
                WHERE tenant_id = NEW.tenant_id AND number = NEW.up_to AND hash = NEW.hash
            ) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a cut of the audit log ends before its last entry, with the hash of the entry it ends with';
    END IF;
    RAISE EXCEPTION 'cuts of the audit log never change';
END;
$$;
CREATE TRIGGER audit_cuts_guard BEFORE INSERT OR UPDATE OR DELETE ON audit_cuts
    FOR EACH ROW EXECUTE FUNCTION audit_cuts_guard();
CREATE TRIGGER audit_cuts_guard_all BEFORE TRUNCATE ON audit_cuts
    FOR EACH STATEMENT EXECUTE FUNCTION audit_cuts_guard();
