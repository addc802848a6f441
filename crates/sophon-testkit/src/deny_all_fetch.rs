//! No way out of a test.

use async_trait::async_trait;
use sophon_model::ports::{Fetch, Fetched};
use sophon_model::{Error, Result};

/// Refuses to fetch any page.
#[derive(Clone, Copy, Debug, Default)]
pub struct DenyAllFetch;

#[async_trait]
impl Fetch for DenyAllFetch {
    async fn get(&self, _: &str, _: usize) -> Result<Fetched> {
        Err(Error::validation("url", "No page can be fetched in tests."))
    }
}
