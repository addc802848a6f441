//! API tokens.

use sophon_model::ports::ApiTokenRows;
use sophon_model::{ApiToken, Result, TenantId, Timestamp, UserId};

use crate::engine::Conn;

impl ApiTokenRows for Conn {
    fn api_token_by_hash(&self, hash: &str) -> Result<Option<ApiToken>> {
        Ok(self.that("secret_hash = $1", &[hash.into()])?)
    }

    fn api_tokens(&self, tenant: &TenantId, user: &UserId, now: Timestamp) -> Result<Vec<ApiToken>> {
        let sql = "user_id = $1 AND tenant_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3) \
                   ORDER BY created_at DESC, id DESC";
        Ok(self.those(sql, &[user.as_str().into(), tenant.as_str().into(), now.into()])?)
    }
}
