//! Contents on their way in.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt;
use sha2::{Digest as _, Sha256};
use sophon_model::ports::{ByteStream, Content, HEAD};
use sophon_model::{Digest, Error, Kind, Result, Timestamp};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use crate::unavailable;

/// After this time without a write a temporary file is no upload that is still going on, of whatever process.
const ABANDONED_AFTER: Duration = Duration::from_hours(2);

/// The folder of temporary files.
#[derive(Clone, Debug)]
pub(crate) struct Staging(PathBuf);

/// A content in a temporary file, which is gone when this is dropped.
pub(crate) struct StagedFile {
    pub(crate) file: NamedTempFile,
    pub(crate) content: Content,
}

impl Staging {
    /// Opens the folder, or makes it, and removes what crashes have left.
    pub(crate) fn open(folder: PathBuf, now: Timestamp) -> std::io::Result<Self> {
        make_folder(&folder)?;
        let staging = Self(folder);
        staging.sweep_now(now)?;
        Ok(staging)
    }

    /// Removes what interrupted uploads have left.
    pub(crate) async fn sweep(&self, now: Timestamp) -> Result<()> {
        let staging = self.clone();
        blocking(move || staging.sweep_now(now)).await
    }

    fn sweep_now(&self, now: Timestamp) -> std::io::Result<()> {
        for entry in fs::read_dir(&self.0)? {
            let path = entry?.path();
            match remove_if_abandoned(&path, now) {
                // Its upload has just ended, or another process was faster.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                done => done?,
            }
        }
        Ok(())
    }

    /// Takes a content in, and syncs it to disk.
    pub(crate) async fn stage(&self, mut content: ByteStream, most: u64) -> Result<StagedFile> {
        let folder = self.0.clone();
        let opened = blocking(move || {
            let temp = tempfile::Builder::new().prefix("incoming-").tempfile_in(folder)?;
            let writing = temp.reopen()?;
            Ok((temp, writing))
        });
        let (temp, writing) = opened.await?;
        let mut writing = tokio::fs::File::from_std(writing);
        let (mut hash, mut size, mut head) = (Sha256::new(), 0, Vec::new());
        while let Some(piece) = content.next().await {
            let piece = piece?;
            size += piece.len() as u64;
            if size > most {
                let text = format!("A file has at most {most} bytes.");
                return Err(Error::new(Kind::PayloadTooLarge, text));
            }
            hash.update(&piece);
            head.extend_from_slice(&piece[..piece.len().min(HEAD - head.len())]);
            writing.write_all(&piece).await.map_err(unavailable)?;
        }
        writing.flush().await.map_err(unavailable)?;
        writing.sync_all().await.map_err(unavailable)?;
        let digest = Digest::new(hash.finalize().into());
        Ok(StagedFile { file: temp, content: Content { digest, size, head: head.into() } })
    }
}

fn remove_if_abandoned(path: &Path, now: Timestamp) -> std::io::Result<()> {
    let modified = fs::metadata(path)?.modified()?;
    let modified = modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let modified = Timestamp::from_millis(i64::try_from(modified.as_millis()).unwrap_or(i64::MAX));
    if modified < now.minus(ABANDONED_AFTER) { fs::remove_file(path) } else { Ok(()) }
}

/// Makes a folder for its owner alone, with those above it.
pub(crate) fn make_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Runs work that may wait for a disk.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(unavailable)
}
