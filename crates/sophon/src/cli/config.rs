//! What the command line remembers: `cli.json`, readable by its owner alone.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sophon_api::Secret;
use sophon_client::{Credential, CredentialLock, CredentialStore, Login};
use url::Url;

/// What only the owner may read and write.
const PRIVATE_FILE: u32 = 0o600;
/// What only the owner may enter.
const PRIVATE_FOLDER: u32 = 0o700;
/// How long another process may hold the file.
const LOCK_TRIES: u32 = 150;
/// How often it is asked for meanwhile.
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// What is remembered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The gateway that is meant when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_url: Option<Url>,
    /// The agent that is meant when none is named, by id or slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_agent: Option<String>,
    /// What each gateway is shown, by its address: a credential goes nowhere but where it was given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    credentials: BTreeMap<String, Stored>,
    /// What other versions remember.
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Login(Login),
    Token { token: Secret },
}

impl Settings {
    /// What `gateway` is shown.
    pub fn credential(&self, gateway: &Url) -> Credential {
        match self.credentials.get(&key(gateway)) {
            Some(Stored::Login(login)) => Credential::Login(login.clone()),
            Some(Stored::Token { token }) => Credential::Token(token.clone()),
            None => Credential::None,
        }
    }

    /// Remembers what `gateway` is shown, or forgets it.
    pub fn set_credential(&mut self, gateway: &Url, credential: Credential) {
        let stored = match credential {
            Credential::Login(login) => Stored::Login(login),
            Credential::Token(token) => Stored::Token { token },
            Credential::None => {
                self.credentials.remove(&key(gateway));
                return;
            }
        };
        self.credentials.insert(key(gateway), stored);
    }
}

fn key(gateway: &Url) -> String {
    gateway.as_str().trim_end_matches('/').to_owned()
}

/// The file.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    path: PathBuf,
}

impl ConfigFile {
    /// `cli.json` in `folder`. Nothing is read or made yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("cli.json") }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says; nothing if it is not there.
    pub fn load(&self) -> io::Result<Settings> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Settings::default()),
            Err(error) => return Err(self.named(&error)),
        };
        serde_json::from_slice(&text)
            .map_err(|error| self.named(&io::Error::new(io::ErrorKind::InvalidData, error)))
    }

    /// Changes what it says. Other processes wait meanwhile.
    pub async fn update(&self, change: impl FnOnce(&mut Settings) + Send) -> io::Result<()> {
        let held = self.hold().await?;
        let mut settings = self.load()?;
        change(&mut settings);
        held.replace(&settings)
    }

    /// Waits until no other process writes the file, 15 s at most.
    async fn hold(&self) -> io::Result<Held> {
        if let Some(folder) = self.path.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(PRIVATE_FOLDER)
                .create(folder)
                .map_err(|e| self.named(&e))?;
        }
        let lock = private(&self.path.with_extension("lock")).map_err(|error| self.named(&error))?;
        for _ in 0..LOCK_TRIES {
            match lock.try_lock() {
                Ok(()) => return Ok(Held { file: self.clone(), _lock: lock }),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PAUSE).await,
                Err(TryLockError::Error(error)) => return Err(self.named(&error)),
            }
        }
        Err(self.named(&io::Error::other("another `sophon` has been writing it for too long")))
    }

    fn named(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.path.display()))
    }
}

fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(PRIVATE_FILE).open(path)
}

/// The sole right to write the file, until dropped.
struct Held {
    file: ConfigFile,
    _lock: File,
}

impl Held {
    /// Puts a whole new file in the old one's place, so that nobody ever reads half of it.
    fn replace(&self, settings: &Settings) -> io::Result<()> {
        let new = self.file.path.with_extension("new");
        let write = || {
            let mut file = private(&new)?;
            file.write_all(&serde_json::to_vec_pretty(settings)?)?;
            file.sync_all()?;
            fs::rename(&new, &self.file.path)
        };
        write().map_err(|error| self.file.named(&error))
    }
}

/// The credential for one gateway, in the file.
#[derive(Clone, Debug)]
pub struct FileStore {
    /// The file.
    pub file: ConfigFile,
    /// The gateway.
    pub gateway: Url,
}

#[async_trait]
impl CredentialStore for FileStore {
    fn load(&self) -> io::Result<Credential> {
        Ok(self.file.load()?.credential(&self.gateway))
    }

    async fn lock(&self) -> io::Result<Box<dyn CredentialLock>> {
        Ok(Box::new(HeldCredential { held: self.file.hold().await?, gateway: self.gateway.clone() }))
    }
}

struct HeldCredential {
    held: Held,
    gateway: Url,
}

impl CredentialLock for HeldCredential {
    fn load(&self) -> io::Result<Credential> {
        Ok(self.held.file.load()?.credential(&self.gateway))
    }

    fn save(&mut self, credential: Credential) -> io::Result<()> {
        let mut settings = self.held.file.load()?;
        settings.set_credential(&self.gateway, credential);
        self.held.replace(&settings)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn gateway(url: &str) -> Url {
        url.parse().expect("an address")
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn the_file_and_its_folder_are_the_owners_alone() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("config");
        let file = ConfigFile::in_folder(&folder);
        let here = gateway("http://127.0.0.1:8080");
        file.update(|it| it.set_credential(&here, Credential::Token("sk_1".to_owned().into())))
            .await
            .expect("written");
        assert_eq!((mode(&folder), mode(file.path())), (0o700, 0o600));

        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644)).expect("changed");
        file.update(|_| ()).await.expect("written");
        assert_eq!(mode(file.path()), 0o600, "writing it again makes it private again");
    }

    #[tokio::test]
    async fn a_credential_is_for_one_gateway_only() {
        let home = tempfile::tempdir().expect("a folder");
        let file = ConfigFile::in_folder(home.path());
        let here = gateway("http://127.0.0.1:8080");
        let token = Credential::Token("sk_1".to_owned().into());
        file.update(|it| it.set_credential(&here, token.clone())).await.expect("written");
        let settings = file.load().expect("read");
        assert_eq!(settings.credential(&gateway("http://127.0.0.1:8080/")), token);
        assert_eq!(settings.credential(&gateway("http://elsewhere:8080")), Credential::None);
    }

    #[tokio::test]
    async fn what_other_versions_wrote_is_kept() {
        let home = tempfile::tempdir().expect("a folder");
        let file = ConfigFile::in_folder(home.path());
        fs::write(file.path(), r#"{"theme":"dark"}"#).expect("written");
        file.update(|it| it.default_agent = Some("sophon".to_owned())).await.expect("written");
        let text = fs::read_to_string(file.path()).expect("read");
        assert!(
            text.contains("\"theme\": \"dark\"") && text.contains("\"defaultAgent\": \"sophon\""),
            "{text}"
        );
    }

    #[tokio::test]
    async fn two_writers_take_turns() {
        let home = tempfile::tempdir().expect("a folder");
        let file = ConfigFile::in_folder(home.path());
        let held = file.hold().await.expect("held");
        let other = file.clone();
        let (change, ()) = tokio::join!(other.update(|it| it.default_agent = Some("b".to_owned())), async {
            let first = Settings { default_agent: Some("a".to_owned()), ..Settings::default() };
            held.replace(&first).expect("written");
            drop(held);
        });
        change.expect("written");
        assert_eq!(file.load().expect("read").default_agent.as_deref(), Some("b"));
    }

    #[test]
    fn a_broken_file_is_named() {
        let home = tempfile::tempdir().expect("a folder");
        let file = ConfigFile::in_folder(home.path());
        fs::write(file.path(), "{").expect("written");
        let error = file.load().expect_err("broken");
        assert!(error.to_string().contains("cli.json"), "{error}");
    }
}
