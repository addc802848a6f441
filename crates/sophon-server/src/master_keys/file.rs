//! Master keys in a file that only its owner may read.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sophon_model::ports::{MasterKey, MasterKeys};
use sophon_model::{Error, Result};
use zeroize::Zeroizing;

use super::{LONGEST_TEXT, parse, refused};
use crate::private_file;

#[derive(Clone)]
pub(super) struct File {
    path: PathBuf,
}

impl File {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The text; nothing if the file is not there.
    fn read(&self) -> Result<Zeroizing<String>> {
        let failed = |error: std::io::Error| refused(format!("{}: {error}", self.place()));
        let meta = match fs::metadata(&self.path) {
            Ok(meta) => meta,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Zeroizing::default()),
            Err(error) => return Err(failed(error)),
        };
        let mode = meta.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = self.path.display();
            return Err(refused(format!(
                "others may read {path} (mode {mode:o}). Close it: chmod 600 {path}"
            )));
        }
        if meta.len() > LONGEST_TEXT as u64 {
            return Err(refused(format!("{} has more than {LONGEST_TEXT} bytes", self.place())));
        }
        fs::read_to_string(&self.path).map(Zeroizing::new).map_err(failed)
    }

    /// Puts a key in front of the others. Another gateway that does so at the same time waits.
    fn put_in_front(&self, key: &MasterKey) -> Result<()> {
        let failed = |error: std::io::Error| refused(format!("{}: {error}", self.place()));
        let folder = fs::File::open(private_file::folder(&self.path)).map_err(failed)?;
        folder.lock().map_err(failed)?;
        let before = self.read()?;
        let mut text = Zeroizing::new(String::with_capacity(before.len() + 64));
        text.push_str(&Zeroizing::new(STANDARD.encode(key.expose())));
        text.push('\n');
        text.push_str(&before);
        private_file::write(&self.path, text.as_bytes()).map_err(failed)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let file = self.clone();
        tokio::task::spawn_blocking(move || work(&file)).await.map_err(Error::internal)?
    }
}

#[async_trait]
impl MasterKeys for File {
    async fn load(&self) -> Result<Vec<MasterKey>> {
        self.blocking(|file| parse(&file.read()?, &file.place())).await
    }

    async fn add(&self, key: &MasterKey) -> Result<bool> {
        let copy = MasterKey::new(Zeroizing::new(key.expose().to_vec()));
        let copy = copy.ok_or_else(|| Error::internal("a key has a wrong length"))?;
        self.blocking(move |file| file.put_in_front(&copy)).await?;
        Ok(true)
    }

    fn place(&self) -> String {
        format!("the file {}", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> MasterKey {
        MasterKey::new(Zeroizing::new(vec![byte; 32])).unwrap()
    }

    async fn bytes(file: &File) -> Vec<u8> {
        file.load().await.unwrap().iter().map(|key| key.expose()[0]).collect()
    }

    #[tokio::test]
    async fn the_newest_key_stands_in_front_in_a_file_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::new(folder.path().join("master.keys"));
        assert_eq!(bytes(&file).await, [0; 0]);
        for byte in [1, 2, 3] {
            assert!(file.add(&key(byte)).await.unwrap());
        }
        assert_eq!(bytes(&file).await, [3, 2, 1]);
        let mode = fs::metadata(&file.path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left in the folder");
    }

    #[tokio::test]
    async fn gateways_that_add_keys_at_once_lose_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.keys");
        let adding: Vec<_> = (1..=20)
            .map(|byte| {
                let file = File::new(path.clone());
                tokio::spawn(async move { file.add(&key(byte)).await.unwrap() })
            })
            .collect();
        for added in adding {
            added.await.unwrap();
        }
        let mut all = bytes(&File::new(path)).await;
        all.sort_unstable();
        assert_eq!(all, (1..=20).collect::<Vec<u8>>());
    }

    #[tokio::test]
    async fn a_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::new(folder.path().join("master.keys"));
        file.add(&key(1)).await.unwrap();
        fs::set_permissions(&file.path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = file.load().await.err().unwrap().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }
}
