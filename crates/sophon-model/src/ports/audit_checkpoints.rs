//! The second place in which it is kept how far the audit log had come.

use async_trait::async_trait;

use crate::Result;

/// Keeps signed checkpoints of the audit log away from the database: what is removed from the end of a chain is
/// missing from the chain alone.
#[async_trait]
pub trait AuditCheckpoints: Send + Sync {
    /// Keeps a line, which has no line break in it, behind those before: durably, when this returns.
    async fn keep(&self, line: &str) -> Result<()>;
}
