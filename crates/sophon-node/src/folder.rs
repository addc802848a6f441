//! What the node keeps: its token and its journal, in a folder for nobody else.

use std::fmt;
use std::fs::{self, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_objects::{Complaint, Format};
use url::Url;

use crate::Failure;
use crate::consent::Policy;

const PAIRED: &str = "node.json";
const JOURNAL: &str = "journal.jsonl";
const LOCK: &str = "lock";
const CONSENT: &str = "consent.toml";
/// What a file's mode gives to others.
#[cfg(unix)]
const FOR_OTHERS: u32 = 0o077;
/// The largest policy that is read, in bytes.
const LARGEST_POLICY: u64 = 64 * 1024;

/// The folder.
#[derive(Clone, Debug)]
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
        let value = serde_json::from_slice(&text).map_err(|error| {
            let place = self.0.join(PAIRED);
            Failure(format!("{} is not JSON: {error}. Pair this machine anew.", place.display()))
        })?;
        read(&self.0.join(PAIRED), value, Format::Json)
    }

    /// The policy that the owner of the machine has written, if there is one: nobody else may have.
    pub(crate) fn policy(&self) -> Result<Policy, Failure> {
        let path = self.0.join(CONSENT);
        let unusable = |reason: &dyn fmt::Display| Failure(format!("{} {reason}.", path.display()));
        let unreadable =
            |error| unusable(&format_args!("cannot be read: {error}. Make it a text file that you can read"));
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Policy::default()),
            Err(error) => return Err(unreadable(error)),
        };
        let about = file.metadata().map_err(unreadable)?;
        if !is_private(&about) {
            return Err(unusable(&"must be yours, and for nobody else. Run `chmod 600` on it"));
        }
        if about.len() > LARGEST_POLICY {
            return Err(unusable(&format_args!("has more than {LARGEST_POLICY} bytes")));
        }
        let mut text = String::new();
        file.take(LARGEST_POLICY).read_to_string(&mut text).map_err(unreadable)?;
        let table: serde_json::Map<String, Value> =
            toml::from_str(&text).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
        read(&path, Value::Object(table), Format::Toml)
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

/// Reads what a file holds. What is wrong with it is said in plain words.
fn read<T: DeserializeOwned>(path: &Path, value: Value, format: Format) -> Result<T, Failure> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let text = error.inner().to_string();
        let complaint = Complaint::read(&text);
        let key = match (error.path().to_string().as_str(), complaint) {
            (".", Complaint::Missing(name)) => name.to_owned(),
            (path, Complaint::Missing(name)) => format!("{path}.{name}"),
            (path, _) => path.to_owned(),
        };
        Failure(format!("{}: {key} {}", path.display(), complaint.predicate(format)))
    })
}

/// Whether a file is this person's, or the administrator's, and nobody else can read or change it.
#[cfg(unix)]
fn is_private(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let is_ours = about.uid() == rustix::process::geteuid().as_raw() || about.uid() == 0;
    is_ours && about.mode() & FOR_OTHERS == 0
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    true
}

fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A new or emptied file that only its owner can read.
pub(crate) fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Moves a file that was written beside into its place, for good: also the folder's entry is on disk.
pub(crate) fn put_in_place(file: &fs::File, beside: &Path, place: &Path) -> io::Result<()> {
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

    fn with_policy(text: &str, mode: u32) -> (tempfile::TempDir, Folder) {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(Some(place.path().to_owned())).unwrap();
        let path = folder.path().join(CONSENT);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (place, folder)
    }

    #[test]
    fn a_policy_is_its_owners_alone() {
        for (mode, is_read) in [(0o600, true), (0o400, true), (0o644, false), (0o620, false)] {
            let (_place, folder) = with_policy("[commands]\n\"screen.capture\" = \"deny\"\n", mode);
            assert_eq!(folder.policy().is_ok(), is_read, "{mode:o}");
        }
    }

    #[test]
    fn a_policy_that_is_not_understood_is_refused_in_plain_words() {
        let cases = [
            ("commands = 5", "commands must be a table, not 5."),
            ("command = {}", "command is not a known field. Known fields: commands."),
            (
                "[commands]\n\"screen.capture\" = \"maybe\"",
                "commands.screen.capture must be one of: ask, allow, deny. It is \"maybe\".",
            ),
            ("[commands]\n\"screen.capture\" = true", "commands.screen.capture must be"),
            (
                "[commands]\n\"disk.format\" = \"ask\"",
                "consent.toml: commands.disk.format is no command of this node",
            ),
        ];
        for (text, told) in cases {
            let (_place, folder) = with_policy(text, 0o600);
            let error = folder.policy().unwrap_err().to_string();
            assert!(error.contains(told) && error.contains("consent.toml"), "{error}");
            assert!(!error.contains("map") && !error.contains("struct"), "{error}");
        }
    }
}
