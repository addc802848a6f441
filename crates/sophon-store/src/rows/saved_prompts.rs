//! Prompts that people keep.

use sophon_model::ports::SavedPromptRows;
use sophon_model::{Result, TenantId, UserId};

use crate::engine::Conn;

impl SavedPromptRows for Conn {
    fn delete_private_prompts(&mut self, tenant: &TenantId, user: &UserId) -> Result<()> {
        let sql = "DELETE FROM saved_prompts WHERE tenant_id = $1 AND owner_id = $2 AND NOT is_shared";
        self.exec(sql, &[tenant.as_str().into(), user.as_str().into()])?;
        Ok(())
    }
}
