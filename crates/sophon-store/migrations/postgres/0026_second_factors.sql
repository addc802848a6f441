-- Second factors of users, and sign-ins that wait for one.
CREATE TABLE second_factors (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL,
    recovery_hashes JSON NOT NULL,
    wrong_codes BIGINT NOT NULL,
    wrong_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE sign_in_challenges (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash TEXT NOT NULL,
    user_agent TEXT,
    network TEXT,
    wrong_codes BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_challenges_of_user ON sign_in_challenges (user_id, created_at);
CREATE INDEX sign_in_challenges_by_end ON sign_in_challenges (expires_at);

DROP VIEW members;
CREATE VIEW members AS
SELECT m.user_id AS id, m.tenant_id AS tenant_id, m.role AS role, COALESCE(r.name, m.role) AS role_name, m.created_at AS joined_at, u.tenant_id AS home_id,
    u.email AS email, u.name AS name, u.status AS status, u.password_due AS password_due, f.confirmed_at AS second_factor_since, u.created_at AS created_at,
    CASE WHEN m.updated_at > u.updated_at THEN m.updated_at ELSE u.updated_at END AS updated_at,
    t.slug AS tenant_slug, t.name AS tenant_name, t.status AS tenant_status, t.is_main AS is_main
FROM memberships AS m JOIN users AS u ON u.id = m.user_id JOIN tenants AS t ON t.id = m.tenant_id
LEFT JOIN roles AS r ON r.id = m.role AND r.tenant_id = m.tenant_id
LEFT JOIN second_factors AS f ON f.user_id = u.id;
