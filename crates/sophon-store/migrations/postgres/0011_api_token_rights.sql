-- What an API token may do of what its owner may, and the token that it was made with.
ALTER TABLE api_tokens ADD COLUMN permissions JSON;
ALTER TABLE api_tokens ADD COLUMN parent_id TEXT;
