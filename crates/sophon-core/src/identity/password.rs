//! Passwords: Argon2id, off the async threads, and never more than a few at a time.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use sophon_model::{Error, Kind, Result};
use tokio::sync::Semaphore;

/// Verifications at a time; each takes 19 MiB and tens of milliseconds of a core.
const AT_A_TIME: usize = 2;
/// The longest password that is hashed, in bytes.
pub(crate) const LONGEST_PASSWORD: usize = 1_024;

/// A password's hash in PHC form, with this salt.
pub(crate) fn hash_password(password: &str, salt: [u8; 16]) -> Result<String> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| Error::internal(error.to_string()))?.to_string())
}

#[derive(Clone)]
pub(crate) struct Passwords {
    permits: Arc<Semaphore>,
    /// A hash that no password has: what an unknown account is checked against, so that it takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    pub(crate) fn new(random: [u8; 16]) -> Self {
        let password: String = random.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
        let nobody = hash_password(&password, random).unwrap_or_default();
        Self { permits: Arc::new(Semaphore::new(AT_A_TIME)), nobody: nobody.into() }
    }

    /// Whether `password` is the one that was hashed; `None` stands for an account that does not exist.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        if password.len() > LONGEST_PASSWORD {
            return Ok(false);
        }
        let permit = self.permits.clone().acquire_owned().await.map_err(Error::internal)?;
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let verified = tokio::task::spawn_blocking(move || {
            let _held_until_done = permit;
            let Ok(hash) = PasswordHash::new(&hash) else { return false };
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        });
        Ok(verified
            .await
            .map_err(|error| Error::new(Kind::Internal, "Signing in failed.").with_cause(error))?
            && exists)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_an_account_that_exists_is_accepted() {
        let passwords = Passwords::new([3; 16]);
        let hash = hash_password("correct horse", [1; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct hors".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(String::new(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("dddddddddddddddd".into(), None).await.unwrap());
    }
}
