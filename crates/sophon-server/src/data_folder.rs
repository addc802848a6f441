//! The data folder: for its owner's eyes only.

use std::fs::{self, DirBuilder, File};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::Access;
use sophon_model::ports::Entropy;

use crate::{StartError, private_file};

/// The file of the password that was generated for the first administrator.
const FIRST_PASSWORD: &str = "first-password";

/// The folder that everything on this machine is kept in.
pub(crate) struct DataFolder {
    root: PathBuf,
}

impl DataFolder {
    /// Opens the folder, or makes it. It must not be open to others.
    pub(crate) fn open(root: PathBuf) -> Result<Self, StartError> {
        let folder = Self { root };
        for path in [folder.root.clone(), folder.root.join("data"), folder.root.join("security")] {
            make(&path)?;
        }
        Ok(folder)
    }

    /// The address of the SQLite file.
    pub(crate) fn sqlite_url(&self) -> String {
        format!("sqlite:{}", self.root.join("data").join("sophon.db").display())
    }

    /// A file or folder in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// A file that only the owner may read.
    pub(crate) fn security_file(&self, name: &str) -> PathBuf {
        self.root.join("security").join(name)
    }

    /// The key that signs access tokens: made at the first start.
    pub(crate) fn signing_key(&self, entropy: &dyn Entropy) -> Result<[u8; 32], StartError> {
        self.key("token.key", "everybody signs in again then", entropy)
    }

    /// The private key that signs checkpoints of the audit log: made at the first start.
    pub(crate) fn audit_key(&self, entropy: &dyn Entropy) -> Result<[u8; 32], StartError> {
        self.key("audit.key", "checkpoints from before are verified with their own public key then", entropy)
    }

    /// A key; `loss` is what a new one in its place means.
    fn key(&self, name: &str, loss: &str, entropy: &dyn Entropy) -> Result<[u8; 32], StartError> {
        let path = self.security_file(name);
        let failed = |error: std::io::Error| refused(&path, &error);
        // Of two gateways that start at once, one makes it.
        let folder = File::open(private_file::folder(&path)).map_err(failed)?;
        folder.lock().map_err(failed)?;
        match fs::read(&path) {
            Ok(stored) => stored.try_into().map_err(|_| StartError::DataFolder {
                path,
                reason: format!(
                    "it does not hold a key of 32 bytes. Delete it to have a new one made; {loss}"
                ),
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let mut key = [0; 32];
                entropy.fill(&mut key);
                private_file::write(&path, &key).map_err(failed)?;
                Ok(key)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// The file of the first administrator's password, if it is still there.
    pub(crate) fn first_password(&self) -> Option<PathBuf> {
        Some(self.security_file(FIRST_PASSWORD)).filter(|path| path.exists())
    }

    /// Keeps the password that was generated for the first administrator, and says in which file. It scrolls away where it
    /// is printed, and without it nobody could sign in.
    pub(crate) fn keep_first_password(&self, password: &str) -> Result<PathBuf, StartError> {
        let path = self.security_file(FIRST_PASSWORD);
        private_file::write(&path, format!("{password}\n").as_bytes())
            .map_err(|error| refused(&path, &error))?;
        Ok(path)
    }
}

fn make(path: &Path) -> Result<(), StartError> {
    match DirBuilder::new().recursive(true).mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) => return Err(refused(path, &error)),
    }
    let mode = fs::metadata(path).map_err(|error| refused(path, &error))?.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 {
        // Whoever made the folder: it may be another user's, or on a disk that is mounted read-only.
        return rustix::fs::access(path, Access::WRITE_OK | Access::EXEC_OK)
            .map_err(|error| refused(path, &error.into()));
    }
    Err(StartError::DataFolder {
        path: path.to_owned(),
        reason: format!(
            "others may look into it (mode {mode:o}). Close it with: chmod 700 {}",
            path.display()
        ),
    })
}

/// Why a file or folder of the gateway cannot be used, and what to do.
pub(crate) fn refused(path: &Path, error: &std::io::Error) -> StartError {
    let reason = match error.kind() {
        ErrorKind::PermissionDenied => {
            "the user who runs this program may not write there. Give that user the folder (chown), or name another one \
             with --data"
                .into()
        }
        ErrorKind::ReadOnlyFilesystem => {
            "it is on a file system that is read-only. Mount that for writing, or name another folder with --data".into()
        }
        ErrorKind::StorageFull => "the disk is full. Make room there, or name another folder with --data".into(),
        ErrorKind::NotADirectory => {
            "a part of this path is a file. Move that away, or name another folder with --data".into()
        }
        _ => format!("{error}. Look at that place, or name another folder with --data"),
    };
    StartError::DataFolder { path: path.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::SystemEntropy;

    #[test]
    fn a_fresh_folder_is_closed_to_others_and_keeps_its_key() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("sophon");
        let folder = DataFolder::open(root.clone()).unwrap();
        let key = folder.signing_key(&SystemEntropy).unwrap();
        assert_eq!(folder.signing_key(&SystemEntropy).unwrap(), key);
        for (path, mode) in [("", 0o700), ("data", 0o700), ("security", 0o700), ("security/token.key", 0o600)]
        {
            assert_eq!(fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777, mode, "{path}");
        }
    }

    #[test]
    fn a_folder_that_others_may_look_into_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        fs::set_permissions(temp.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(DataFolder::open(temp.path().to_owned()).is_err());
    }
}
