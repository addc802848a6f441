//! Master keys in an environment variable. It cannot change while the gateway runs.

use async_trait::async_trait;
use sophon_model::ports::{MasterKey, MasterKeys};
use sophon_model::{Error, Result};
use zeroize::Zeroizing;

use super::{VARIABLE, parse};

pub(super) struct Variable(Zeroizing<String>);

impl Variable {
    /// Refuses a text without a key.
    pub(super) fn new(text: String) -> Result<Self> {
        let variable = Self(Zeroizing::new(text));
        if parse(&variable.0, VARIABLE)?.is_empty() {
            return Err(Error::conflict(format!("{VARIABLE} is set and holds no key")));
        }
        Ok(variable)
    }
}

#[async_trait]
impl MasterKeys for Variable {
    async fn load(&self) -> Result<Vec<MasterKey>> {
        parse(&self.0, VARIABLE)
    }

    async fn add(&self, _: &MasterKey) -> Result<bool> {
        Ok(false)
    }

    fn place(&self) -> String {
        format!("the variable {VARIABLE}, which is read at the start")
    }
}
