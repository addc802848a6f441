//! Contents in a folder.

use std::fs::File;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt};
use sophon_model::ports::{Blobs, ByteStream, Content, Staged};
use sophon_model::{BlobName, Result, Timestamp};
use tokio_util::io::ReaderStream;

use crate::staging::{StagedFile, Staging, blocking, make_folder};
use crate::unavailable;
use crate::verified::verified;

/// Bytes that are read from a file at once.
const PIECE: usize = 64 * 1024;

/// Contents as files, in folders named by the first two digits of their digests.
pub struct FolderBlobs {
    root: PathBuf,
    staging: Staging,
}

impl FolderBlobs {
    /// Opens the folder, or makes it, and [sweeps](Blobs::sweep) it as of `now`. Blocks.
    pub fn open(root: PathBuf, now: Timestamp) -> std::io::Result<Self> {
        let staging = Staging::open(root.join("incoming"), now)?;
        Ok(Self { root, staging })
    }
}

#[async_trait]
impl Blobs for FolderBlobs {
    async fn stage(&self, content: ByteStream, most: u64) -> Result<Box<dyn Staged>> {
        let staged = self.staging.stage(content, most).await?;
        Ok(Box::new(StagedHere { root: self.root.clone(), staged }))
    }

    async fn read(&self, name: &BlobName, range: Range<u64>) -> Result<ByteStream> {
        let file = tokio::fs::File::open(place(&self.root, name)).await.map_err(unavailable)?;
        let source = ReaderStream::with_capacity(file, PIECE).map_err(unavailable).boxed();
        Ok(verified(source, name.digest.clone(), range))
    }

    async fn sweep(&self, now: Timestamp) -> Result<()> {
        self.staging.sweep(now).await
    }

    async fn delete(&self, name: &BlobName) -> Result<()> {
        let path = place(&self.root, name);
        blocking(move || match std::fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }
}

struct StagedHere {
    root: PathBuf,
    staged: StagedFile,
}

#[async_trait]
impl Staged for StagedHere {
    fn content(&self) -> &Content {
        &self.staged.content
    }

    /// Renames the file, which was synced, and syncs the folder that it is in now.
    async fn publish(self: Box<Self>, put_at: Timestamp) -> Result<()> {
        let Self { root, staged } = *self;
        blocking(move || {
            let place = place(&root, &BlobName { digest: staged.content.digest, put_at });
            let folder = place.parent().unwrap_or(&root);
            if !folder.exists() {
                make_folder(folder)?;
                File::open(&root)?.sync_all()?;
            }
            // What has the name already says the same; if it was damaged, it is whole now.
            staged.file.persist(&place).map_err(|failed| failed.error)?;
            File::open(folder)?.sync_all()
        })
        .await
    }
}

fn place(root: &Path, name: &BlobName) -> PathBuf {
    root.join(&name.digest.as_str()[..2]).join(name.to_string())
}
