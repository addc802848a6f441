//! Attachments, and the contents that they refer to.

use crate::{Blob, Digest, Result, TenantId, Timestamp, UserId};

/// Contents. Whatever comes to refer to one must hold it in the same transaction.
pub trait BlobRows {
    /// Adds a content, or holds it for longer if it is there. Returns when it was put; `None` if it is being deleted:
    /// nothing was done.
    fn hold_blob(&mut self, blob: &Blob) -> Result<Option<Timestamp>>;
    /// Contents that nothing refers to and nobody holds, those whose deletion was interrupted included.
    fn unreferenced_blobs(&self, now: Timestamp, limit: usize) -> Result<Vec<Blob>>;
    /// Notes that a content is being deleted. `false` if something refers to it, or somebody holds it, by now.
    fn begin_blob_deletion(&mut self, digest: &Digest, now: Timestamp) -> Result<bool>;
    /// Forgets a content that was deleted.
    fn end_blob_deletion(&mut self, digest: &Digest) -> Result<()>;
}

/// Attachments.
pub trait AttachmentRows {
    /// The bytes of the tenant's attachments, or of one user's. In a job that writes, others who ask for the same
    /// tenant wait until the job has ended.
    fn attached_bytes(&self, tenant: &TenantId, owner: Option<&UserId>) -> Result<u64>;
}
