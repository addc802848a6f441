//! The file of signed checkpoints of the audit log.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use sophon_model::ports::AuditCheckpoints;
use sophon_model::{Error, Kind, Result};

use crate::config::Audit;
use crate::data_folder::{DataFolder, refused};
use crate::{StartError, private_file};

/// The file in the data folder, unless another one is configured.
const FILE: &str = "audit-checkpoints";
/// The file of the public key beside the private one, to be kept elsewhere.
const PUBLIC_KEY: &str = "audit.pub";
/// How a file of checkpoints begins.
const BEGINNING: &[u8] = br#"{"tenantId":""#;

/// Opens the file of checkpoints, or makes it, and writes down the public key that verifies them.
pub(crate) fn open(
    config: &Audit,
    folder: &DataFolder,
    public_key: &str,
) -> std::result::Result<Arc<dyn AuditCheckpoints>, StartError> {
    let key = folder.security_file(PUBLIC_KEY);
    private_file::write(&key, format!("{public_key}\n").as_bytes()).map_err(|error| refused(&key, &error))?;
    let path = config.checkpoints.clone().unwrap_or_else(|| folder.path(FILE));
    let file = CheckpointFile::open(path.clone())
        .map_err(|error| StartError::AuditCheckpoints { path: path.clone(), reason: error.to_string() })?;
    tracing::info!(file = %path.display(), key = public_key, "checkpoints of the audit log");
    Ok(Arc::new(file))
}

/// A file to which lines are added.
struct CheckpointFile {
    path: PathBuf,
    opened: Arc<Mutex<Opened>>,
}

impl CheckpointFile {
    fn open(path: PathBuf) -> io::Result<Self> {
        let opened = Arc::new(Mutex::new(Opened::open(&path)?));
        Ok(Self { path, opened })
    }
}

#[async_trait]
impl AuditCheckpoints for CheckpointFile {
    async fn keep(&self, line: &str) -> Result<()> {
        let (opened, path, line) = (self.opened.clone(), self.path.clone(), line.to_owned());
        let kept = tokio::task::spawn_blocking(move || {
            let mut opened = opened.lock();
            // Who rotates or removes the file has the next checkpoint in a new one.
            if !opened.is_at(&path)? {
                *opened = Opened::open(&path)?;
            }
            opened.append(&line, Write::write_all)
        });
        let kept = kept.await.map_err(Error::internal)?;
        kept.map_err(|error| {
            let text = format!("audit.checkpoints: {} cannot be written: {error}", self.path.display());
            Error::new(Kind::ServiceUnavailable, text)
        })
    }
}

/// The file that was at a path.
struct Opened(File);

impl Opened {
    /// Opens it, or makes it. A file that holds something else is left as it is.
    fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is not a file. Name a file that can be appended to"));
        }
        let mut beginning = Vec::new();
        (&mut file).take(BEGINNING.len() as u64).read_to_end(&mut beginning)?;
        if !BEGINNING.starts_with(&beginning) {
            let text = "it holds something else than checkpoints. Name another file, or move this one away";
            return Err(io::Error::other(text));
        }
        File::open(private_file::folder(path))?.sync_all()?;
        Ok(Self(file))
    }

    /// Whether it is still the one at this path.
    fn is_at(&self, path: &Path) -> io::Result<bool> {
        let ours = self.0.metadata()?;
        match fs::metadata(path) {
            Ok(there) => Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Adds a line, durably. What a write that fails has left of it is removed; where nothing can be removed (`chattr
    /// +a`), and after a crash, the next line is begun anew behind it.
    fn append(
        &mut self,
        line: &str,
        write: impl FnOnce(&mut File, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let whole = self.0.metadata()?.len();
        let line_break = if self.is_line_cut_off(whole)? { "\n" } else { "" };
        if let Err(error) = write(&mut self.0, format!("{line_break}{line}\n").as_bytes()) {
            if let Err(stays) = self.0.set_len(whole) {
                tracing::warn!(error = %stays, "half a checkpoint stays in the file of checkpoints");
            }
            return Err(error);
        }
        self.0.sync_data()
    }

    fn is_line_cut_off(&mut self, length: u64) -> io::Result<bool> {
        let Some(last) = length.checked_sub(1) else { return Ok(false) };
        self.0.seek(SeekFrom::Start(last))?;
        let mut byte = [0];
        self.0.read_exact(&mut byte)?;
        Ok(byte != *b"\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32) -> String {
        format!(r#"{{"tenantId":"t","number":{number}}}"#)
    }

    fn place() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        (folder, path)
    }

    fn lines(path: &Path) -> Vec<String> {
        fs::read_to_string(path).unwrap().lines().map(ToOwned::to_owned).collect()
    }

    #[tokio::test]
    async fn a_line_is_begun_anew_behind_one_that_a_crash_cut_off() {
        let (_folder, path) = place();
        CheckpointFile::open(path.clone()).unwrap().keep(&line(1)).await.unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"tena").unwrap();
        let file = CheckpointFile::open(path.clone()).unwrap();
        file.keep(&line(2)).await.unwrap();
        file.keep(&line(3)).await.unwrap();
        assert_eq!(lines(&path), [&line(1), "{\"tena", &line(2), &line(3)]);
    }

    #[test]
    fn half_a_line_on_a_full_disk_is_removed_again() {
        let (_folder, path) = place();
        let mut opened = Opened::open(&path).unwrap();
        opened.append(&line(1), Write::write_all).unwrap();
        let full = opened.append(&line(2), |file, bytes| {
            file.write_all(&bytes[..9])?;
            Err(ErrorKind::StorageFull.into())
        });
        assert_eq!(full.unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(lines(&path), [line(1)]);
        opened.append(&line(3), Write::write_all).unwrap();
        assert_eq!(lines(&path), [line(1), line(3)]);
    }

    #[tokio::test]
    async fn a_file_that_was_removed_or_replaced_is_opened_anew() {
        let (folder, path) = place();
        let file = CheckpointFile::open(path.clone()).unwrap();
        file.keep(&line(1)).await.unwrap();
        fs::rename(&path, folder.path().join("rotated")).unwrap();
        file.keep(&line(2)).await.unwrap();
        assert_eq!(lines(&path), [line(2)]);
        fs::write(folder.path().join("new"), "").unwrap();
        fs::rename(folder.path().join("new"), &path).unwrap();
        file.keep(&line(3)).await.unwrap();
        assert_eq!(lines(&path), [line(3)]);
        assert_eq!(lines(&folder.path().join("rotated")), [line(1)]);
    }

    #[tokio::test]
    async fn a_file_of_something_else_is_refused_and_left_as_it_is() {
        let (folder, path) = place();
        for content in ["a letter without an end", "{\"tenant\": 1}\n"] {
            fs::write(&path, content).unwrap();
            let error = CheckpointFile::open(path.clone()).err().unwrap();
            assert!(error.to_string().contains("something else than checkpoints"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        fs::remove_file(&path).unwrap();
        let file = CheckpointFile::open(path.clone()).unwrap();
        fs::write(folder.path().join("letter"), "a letter").unwrap();
        fs::rename(folder.path().join("letter"), &path).unwrap();
        let error = file.keep(&line(1)).await.unwrap_err().to_string();
        assert!(error.contains("audit.checkpoints") && error.contains(FILE), "{error}");
        assert!(error.contains("something else than checkpoints"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "a letter");
    }
}
