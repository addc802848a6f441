//! API tokens.

use sophon_model::ports::ApiTokenRows;
use sophon_model::{ApiToken, ApiTokenId, Result, Timestamp, UserId};

use crate::engine::{Conn, Table};

const API_TOKENS: Table = Table::new("api_tokens", "API token");

impl ApiTokenRows for Conn {
    fn insert_api_token(&mut self, token: &ApiToken) -> Result<()> {
        self.insert(API_TOKENS, token)
    }

    fn update_api_token(&mut self, token: &ApiToken) -> Result<()> {
        self.update(API_TOKENS, token)
    }

    fn api_token(&self, user: &UserId, id: &ApiTokenId) -> Result<Option<ApiToken>> {
        // Held, or a note of its use that was begun before a revocation would undo it.
        let sql = format!("SELECT * FROM api_tokens WHERE id = $1 AND user_id = $2 {}", self.held());
        Ok(self.one(sql.as_str(), &[id.as_str().into(), user.as_str().into()])?)
    }

    fn api_token_by_hash(&self, hash: &str) -> Result<Option<ApiToken>> {
        Ok(self.one("SELECT * FROM api_tokens WHERE secret_hash = $1", &[hash.into()])?)
    }

    fn api_tokens(&self, user: &UserId, now: Timestamp) -> Result<Vec<ApiToken>> {
        let sql = "SELECT * FROM api_tokens \
                   WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2) \
                   ORDER BY created_at DESC, id DESC";
        Ok(self.all(sql, &[user.as_str().into(), now.into()])?)
    }
}
