//! Reading a public web page on behalf of an agent.

use async_trait::async_trait;

use crate::Result;

/// A page as it came.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The HTTP status.
    pub status: u16,
    /// The media type, lower case, without parameters; empty if the server gave none.
    pub content_type: String,
    /// The body as text, as far as the limit allowed.
    pub text: String,
    /// Whether the limit cut the body.
    pub truncated: bool,
}

/// The way out for tools. Implemented by the egress, which refuses addresses that are not public.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Gets `url` (http or https, no redirects) and at most `most_bytes` of its body.
    async fn get(&self, url: &str, most_bytes: usize) -> Result<Fetched>;
}
