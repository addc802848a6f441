//! Checkpoints of the audit log in memory.

use async_trait::async_trait;
use parking_lot::Mutex;
use sophon_model::Result;
use sophon_model::ports::AuditCheckpoints;

/// Checkpoints in memory.
#[derive(Default)]
pub struct MemoryCheckpoints(Mutex<Vec<String>>);

impl MemoryCheckpoints {
    /// All lines that were kept, oldest first.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().clone()
    }
}

#[async_trait]
impl AuditCheckpoints for MemoryCheckpoints {
    async fn keep(&self, line: &str) -> Result<()> {
        self.0.lock().push(line.to_owned());
        Ok(())
    }
}
