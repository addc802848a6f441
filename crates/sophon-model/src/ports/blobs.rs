//! Content that is too large for the database.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

use crate::{BlobName, Digest, Result, Timestamp};

/// A content, piece by piece. After an error nothing follows.
pub type ByteStream = BoxStream<'static, Result<Bytes>>;

/// Keeps contents by the SHA-256 of what they say. Memory does not grow with the size of a content.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Takes in a content of at most `most` bytes (`payload_too_large` beyond), and finds out what it is. It is not kept
    /// before it is published.
    async fn stage(&self, content: ByteStream, most: u64) -> Result<Box<dyn Staged>>;

    /// The bytes in `range` of a content. All of it is read, and its digest compared before the
    /// last piece is given: what was damaged ends in an error, and is never given whole.
    async fn read(&self, name: &BlobName, range: Range<u64>) -> Result<ByteStream>;

    /// Removes what uploads have left on this machine whose process went away hours ago.
    async fn sweep(&self, now: Timestamp) -> Result<()>;

    /// Deletes a content, if it is there.
    async fn delete(&self, name: &BlobName) -> Result<()>;
}

/// A content that was taken in. Dropping it throws it away.
#[async_trait]
pub trait Staged: Send + Sync {
    /// What it turned out to be.
    fn content(&self) -> &Content;
    /// Keeps it durably under its digest and this time. What has that name says the same, and is overwritten.
    async fn publish(self: Box<Self>, put_at: Timestamp) -> Result<()>;
}

/// What a content turned out to be as it was taken in.
#[derive(Clone, Debug)]
pub struct Content {
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// Its first bytes, at most [`HEAD`].
    pub head: Bytes,
}

/// How much of its beginning a staged content shows, in bytes.
pub const HEAD: usize = 8 * 1024;
