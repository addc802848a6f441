//! Master keys in memory.

use async_trait::async_trait;
use parking_lot::Mutex;
use sophon_model::Result;
use sophon_model::ports::{MasterKey, MasterKeys};
use zeroize::Zeroizing;

/// Master keys in memory, newest first: none at first.
#[derive(Default)]
pub struct MemoryKeys(Mutex<Vec<Vec<u8>>>);

impl MemoryKeys {
    /// The keys' bytes, newest first.
    pub fn bytes(&self) -> Vec<Vec<u8>> {
        self.0.lock().clone()
    }

    /// Keeps these keys and no others.
    pub fn set(&self, keys: Vec<Vec<u8>>) {
        *self.0.lock() = keys;
    }
}

#[async_trait]
impl MasterKeys for MemoryKeys {
    async fn load(&self) -> Result<Vec<MasterKey>> {
        let keys = self.bytes().into_iter();
        Ok(keys.map(|key| MasterKey::new(Zeroizing::new(key)).expect("a key has 32 bytes")).collect())
    }

    async fn add(&self, key: &MasterKey) -> Result<bool> {
        self.0.lock().insert(0, key.expose().to_vec());
        Ok(true)
    }

    fn place(&self) -> String {
        "the memory of a test".to_owned()
    }
}
