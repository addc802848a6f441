//! The file of signed checkpoints of the audit log.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use sophon_model::ports::AuditCheckpoints;
use sophon_model::{Error, Result};

use crate::config::Audit;
use crate::data_folder::{DataFolder, refused};
use crate::{StartError, private_file};

/// The file in the data folder, unless another one is configured.
const FILE: &str = "audit-checkpoints";
/// The file of the public key beside the private one, to be kept elsewhere.
const PUBLIC_KEY: &str = "audit.pub";

/// Opens the file of checkpoints, or makes it, and writes down the public key that verifies them.
pub(crate) fn open(
    config: &Audit,
    folder: &DataFolder,
    public_key: &str,
) -> std::result::Result<Arc<dyn AuditCheckpoints>, StartError> {
    let key = folder.security_file(PUBLIC_KEY);
    private_file::write(&key, format!("{public_key}\n").as_bytes()).map_err(|error| refused(&key, &error))?;
    let path = config.checkpoints.clone().unwrap_or_else(|| folder.path(FILE));
    let file = CheckpointFile::open(path.clone()).map_err(|error| refused(&path, &error))?;
    tracing::info!(file = %path.display(), key = public_key, "checkpoints of the audit log");
    Ok(Arc::new(file))
}

/// A file to which lines are added.
struct CheckpointFile {
    path: PathBuf,
    file: Arc<Mutex<File>>,
}

impl CheckpointFile {
    /// A line that a crash has cut off is removed.
    fn open(path: PathBuf) -> std::io::Result<Self> {
        let mut file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(&path)?;
        let whole = end_of_last_line(&mut file)?;
        if whole < file.metadata()?.len() {
            file.set_len(whole)?;
        }
        File::open(private_file::folder(&path))?.sync_all()?;
        Ok(Self { path, file: Arc::new(Mutex::new(file)) })
    }
}

/// Where the last line break ends. Lines are short: it is looked for in the last of the file.
fn end_of_last_line(file: &mut File) -> std::io::Result<u64> {
    const LOOKED_AT: u64 = 4 * 1024;
    let length = file.metadata()?.len();
    let start = length.saturating_sub(LOOKED_AT);
    file.seek(SeekFrom::Start(start))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    let line_break = end.iter().rposition(|byte| *byte == b'\n');
    Ok(start + line_break.map_or(0, |at| at as u64 + 1))
}

#[async_trait]
impl AuditCheckpoints for CheckpointFile {
    async fn keep(&self, line: &str) -> Result<()> {
        let (file, path, line) = (self.file.clone(), self.path.clone(), format!("{line}\n"));
        let kept = tokio::task::spawn_blocking(move || {
            let mut file = file.lock();
            file.write_all(line.as_bytes())?;
            file.sync_data()
        });
        let kept = kept.await.map_err(Error::internal)?;
        kept.map_err(|error| Error::storage(format!("{}: {error}", Path::display(&path))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_added_and_what_a_crash_cut_off_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        CheckpointFile::open(path.clone()).unwrap().keep("one").await.unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"hal").unwrap();
        CheckpointFile::open(path.clone()).unwrap().keep("two").await.unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "one\ntwo\n");
    }
}
