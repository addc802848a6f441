-- Who takes part in a session: users, agents and observers, each with a role in it.

CREATE TABLE participants (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    member_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    role TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, kind, member_id)
);
CREATE INDEX participants_of_member ON participants (member_id, kind);

-- Those of the sessions that there are: the owner, the agent of the session, and agents that were asked beside it.
INSERT INTO participants (session_id, kind, member_id, tenant_id, role, joined_at)
SELECT id, 'user', owner_id, tenant_id, 'owner', created_at FROM sessions;
INSERT INTO participants (session_id, kind, member_id, tenant_id, role, joined_at)
SELECT id, 'agent', agent_id, tenant_id, 'member', created_at FROM sessions;
INSERT INTO participants (session_id, kind, member_id, tenant_id, role, joined_at)
SELECT tasks.session_id, 'agent', tasks.agent_id, min(tasks.tenant_id), 'member', min(tasks.created_at)
FROM tasks JOIN sessions ON sessions.id = tasks.session_id
WHERE tasks.agent_id IS NOT NULL AND tasks.agent_id <> sessions.agent_id
GROUP BY tasks.session_id, tasks.agent_id;
