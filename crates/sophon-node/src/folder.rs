//! What the node keeps: its token and its journal, in a folder for nobody else.

use std::fs::{self, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::Failure;

const PAIRED: &str = "node.json";
const JOURNAL: &str = "journal.jsonl";
const LOCK: &str = "lock";

/// The folder.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

/// With whom the machine is paired, and how it proves itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Paired {
    pub(crate) gateway: Url,
    /// `<nodeId>.<secret>`
    pub(crate) token: String,
}

impl Folder {
    /// The named folder, or `.sophon-node` in the home folder; made if it is not there.
    pub(crate) fn open(named: Option<PathBuf>) -> Result<Self, Failure> {
        let home = || std::env::home_dir().map(|home| home.join(".sophon-node"));
        let path = named
            .or_else(home)
            .ok_or_else(|| Failure("There is no home folder. Name one with --data.".into()))?;
        make_private(&path)
            .map_err(|error| Failure(format!("{} cannot be used: {error}.", path.display())))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Keeps other programs from obeying on this folder: two would write one journal, and what it forgets runs twice.
    /// The claim ends with the returned file, or with the program.
    pub(crate) fn claim(&self) -> Result<fs::File, Failure> {
        let file = private_file(&self.0.join(LOCK))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Failure(format!(
                "Another sophon-node works with {}. Stop it first, or name another folder with --data.",
                self.0.display()
            ))),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.0.join(JOURNAL)
    }

    /// What pairing left.
    pub(crate) fn paired(&self) -> Result<Paired, Failure> {
        let text = fs::read(self.0.join(PAIRED))
            .map_err(|_| Failure("This machine is not paired. Run `sophon-node pair` first.".into()))?;
        serde_json::from_slice(&text).map_err(|error| Failure(format!("{PAIRED} cannot be read: {error}.")))
    }

    /// Keeps the token: written beside and moved into place, so that there is never half of it.
    pub(crate) fn keep(&self, paired: &Paired) -> Result<(), Failure> {
        let beside = self.0.join(format!("{PAIRED}.new"));
        let mut file = private_file(&beside)?;
        let text = serde_json::to_vec(paired).map_err(|error| Failure(error.to_string()))?;
        file.write_all(&text)?;
        Ok(put_in_place(&file, &beside, &self.0.join(PAIRED))?)
    }
}

fn make_private(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A new or emptied file that only its owner can read.
pub(crate) fn private_file(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Moves a file that was written beside into its place, for good: also the folder's entry is on disk.
pub(crate) fn put_in_place(file: &fs::File, beside: &Path, place: &Path) -> std::io::Result<()> {
    file.sync_all()?;
    fs::rename(beside, place)?;
    #[cfg(unix)]
    if let Some(folder) = place.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_token_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::open(Some(folder.path().join("node"))).unwrap();
        let gateway = "http://127.0.0.1:8080".parse().unwrap();
        folder.keep(&Paired { gateway, token: "node_1.secret".into() }).unwrap();
        assert_eq!(folder.paired().unwrap().token, "node_1.secret");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(mode(&folder.path().join(PAIRED)), 0o600);
    }

    #[test]
    fn one_program_at_a_time_obeys_on_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::open(Some(folder.path().to_owned())).unwrap();
        let claim = folder.claim().unwrap();
        assert!(folder.claim().unwrap_err().to_string().contains("Another sophon-node"));
        drop(claim);
        folder.claim().unwrap();
    }
}
