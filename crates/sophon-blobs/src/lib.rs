//! Contents that are too large for the database, kept by the SHA-256 of what they say: in a folder, or in a bucket of an
//! S3 service. SHA-256, because people and S3 services check files with it, and processors compute it faster than disks
//! read.
//!
//! Both take a content in the same way: into a temporary file of this machine, where its digest and size are found out
//! before anything is kept under them. Both check the digest of all that they give.

mod bucket;
mod folder;
mod staging;
mod verified;

pub use bucket::{Bucket, BucketBlobs};
pub use folder::FolderBlobs;

use sophon_model::{Error, Kind};

/// The error of a disk or a bucket that fails.
fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Kind::ServiceUnavailable, "File storage is unavailable. Try again in a moment.")
        .with_code("files_unavailable")
        .with_retry_after(std::time::Duration::from_secs(5))
        .with_cause(cause)
}
