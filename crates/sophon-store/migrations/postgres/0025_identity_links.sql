-- People at identity providers, each with the account that they sign in to.
CREATE TABLE identity_links (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_links_of_user ON identity_links (user_id);

-- When a sign-in ends however often it is refreshed.
ALTER TABLE auth_sessions ADD COLUMN ends_at BIGINT;
