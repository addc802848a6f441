-- Who did what. A chain for each tenant, in which each entry holds the hash of the one before it. Nothing refers to other
-- tables: what an entry tells of may be gone.
CREATE TABLE audit_entries (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
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
    details JSON_TEXT NOT NULL,
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
    up_to INTEGER NOT NULL,
    hash TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, up_to)
);

CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log never change');
END;
CREATE TRIGGER audit_entries_are_cut_only BEFORE DELETE ON audit_entries
WHEN OLD.number > (SELECT COALESCE(max(up_to), 0) FROM audit_cuts WHERE tenant_id = OLD.tenant_id) BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log are removed by a cut only');
END;
CREATE TRIGGER audit_cuts_keep_the_last BEFORE INSERT ON audit_cuts
WHEN NEW.up_to >= (SELECT COALESCE(max(number), 0) FROM audit_entries WHERE tenant_id = NEW.tenant_id)
    OR NOT EXISTS (
        SELECT 1 FROM audit_entries WHERE tenant_id = NEW.tenant_id AND number = NEW.up_to AND hash = NEW.hash
    ) BEGIN
    SELECT RAISE(ABORT, 'a cut of the audit log ends before its last entry, with the hash of the entry it ends with');
END;
CREATE TRIGGER audit_cuts_never_change BEFORE UPDATE ON audit_cuts BEGIN
    SELECT RAISE(ABORT, 'cuts of the audit log never change');
END;
CREATE TRIGGER audit_cuts_stay BEFORE DELETE ON audit_cuts BEGIN
    SELECT RAISE(ABORT, 'cuts of the audit log stay');
END;
