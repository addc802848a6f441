//! Passwords: Argon2id, on threads of their own. What a hash takes of memory is used again for the next one, and given
//! back soon after the last: in the many threads of the runtime it would stay for good.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use sophon_model::{Error, Kind, Result};
use tokio::sync::oneshot;

use super::guessable::{Owner, require_hard_to_guess};

/// Hashes at a time; each takes 19 MiB and tens of milliseconds of a core.
const AT_A_TIME: usize = 2;
/// Hashes that may wait; beyond that a request is refused, and can be made again.
const MOST_WAITING: usize = 100;
/// When to come again.
const COME_AGAIN: Duration = Duration::from_secs(5);
/// How long a thread keeps its memory after its last hash.
const MEMORY_KEPT: Duration = Duration::from_secs(2);
/// The size in bytes from which on glibc gives what is freed back to the system at once. Smaller blocks it may keep for good.
/// What is reserved and not used costs nothing.
const GIVEN_BACK: usize = 33 * 1024 * 1024;
/// The longest password that is hashed, in bytes.
pub(crate) const LONGEST_PASSWORD: usize = 1_024;

/// A password, in characters.
const SHORTEST_PASSWORD: usize = 8;

/// Refuses a password that is too easily guessed, or too long to be hashed.
pub(crate) fn check_new_password(password: &str, owner: &Owner) -> Result<()> {
    if password.chars().count() < SHORTEST_PASSWORD {
        let text = format!("A password has at least {SHORTEST_PASSWORD} characters.");
        return Err(Error::validation("password", text));
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(Error::validation(
            "password",
            format!("A password has at most {LONGEST_PASSWORD} bytes."),
        ));
    }
    require_hard_to_guess(password, owner)
}

/// A password's hash in PHC form, with this salt.
pub(crate) fn hash_password(password: &str, salt: [u8; 16]) -> Result<String> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| Error::internal(error.to_string()))?.to_string())
}

/// What a thread is to do.
enum Job {
    Verify { password: String, hash: Arc<str>, is_it: oneshot::Sender<bool> },
    Hash { password: String, salt: [u8; 16], hash: oneshot::Sender<Result<String>> },
}

#[derive(Clone)]
pub(crate) struct Passwords {
    jobs: Sender<Job>,
    /// A hash that no password has: what an unknown account is checked against, so that it takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    /// Starts the threads; they end with the last handle.
    pub(crate) fn new(random: [u8; 32]) -> Result<Self> {
        let (jobs, waiting) = bounded(MOST_WAITING);
        for _ in 0..AT_A_TIME {
            let waiting = waiting.clone();
            let thread = std::thread::Builder::new().name("passwords".into());
            thread.spawn(move || work(&waiting)).map_err(Error::internal)?;
        }
        Ok(Self { jobs, nobody: hash_of_nobody(random).into() })
    }

    /// Whether `password` is the one that was hashed; `None` stands for an account that does not exist.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        if password.len() > LONGEST_PASSWORD {
            return Ok(false);
        }
        let exists = hash.is_some();
        let hash = hash.map_or_else(|| self.nobody.clone(), Arc::from);
        let (is_it, told) = oneshot::channel();
        self.queue(Job::Verify { password, hash, is_it })?;
        Ok(told.await.map_err(Error::internal)? && exists)
    }

    /// The hash of a new password, with this salt. `validation_failed` if it is not fit to be one.
    pub(crate) async fn hash(&self, password: String, owner: &Owner, salt: [u8; 16]) -> Result<String> {
        check_new_password(&password, owner)?;
        let (hash, told) = oneshot::channel();
        self.queue(Job::Hash { password, salt, hash })?;
        told.await.map_err(Error::internal)?
    }

    fn queue(&self, job: Job) -> Result<()> {
        self.jobs.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => {
                let text = "Too many sign in at this moment. Try again in a few seconds.";
                Error::new(Kind::ServiceUnavailable, text).with_retry_after(COME_AGAIN)
            }
            TrySendError::Disconnected(_) => Error::internal("no thread hashes passwords"),
        })
    }
}

/// A well-formed hash of the usual cost whose digest is chance.
pub(super) fn hash_of_nobody(random: [u8; 32]) -> String {
    let (memory, time, lanes) = (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST);
    let (salt, digest) = (STANDARD_NO_PAD.encode(&random[..16]), STANDARD_NO_PAD.encode(random));
    format!("$argon2id$v=19$m={memory},t={time},p={lanes}${salt}${digest}")
}

/// Hashes one password after the other.
fn work(waiting: &Receiver<Job>) {
    let mut memory = Vec::new();
    loop {
        let job = match waiting.recv_timeout(MEMORY_KEPT) {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => {
                memory = Vec::new();
                let Ok(job) = waiting.recv() else { return };
                job
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        // The caller may have gone away.
        match job {
            Job::Verify { password, hash, is_it } => {
                let _ = is_it.send(is_hash_of(&password, &hash, &mut memory).unwrap_or(false));
            }
            Job::Hash { password, salt, hash } => {
                let _ = hash.send(hash_password(&password, salt));
            }
        }
    }
}

/// `None` if the hash is none that we could have made.
fn is_hash_of(password: &str, hash: &str, memory: &mut Vec<Block>) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let (salt, expected) = (hash.salt.as_ref()?, hash.hash.as_ref()?);
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = Version::try_from(hash.version?).ok()?;
    let hasher = Argon2::new(algorithm, version, Params::try_from(&hash).ok()?);
    let blocks = hasher.params().block_count();
    if memory.len() < blocks {
        *memory = Vec::with_capacity(blocks.max(GIVEN_BACK / size_of::<Block>()));
        memory.resize(blocks, Block::new());
    }
    let mut digest = vec![0; expected.len()];
    let filled =
        hasher.hash_password_into_with_memory(password.as_bytes(), salt, &mut digest, &mut memory[..]);
    filled.ok()?;
    // Compared in constant time.
    Some(Output::new(&digest).ok()? == *expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_an_account_that_exists_is_accepted() {
        let passwords = Passwords::new([3; 32]).unwrap();
        let hash = hash_password("correct horse", [1; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        for _ in 0..2 {
            assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
            assert!(!passwords.verify("correct hors".into(), Some(hash.clone())).await.unwrap());
        }
        assert!(!passwords.verify(String::new(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("dddddddddddddddd".into(), None).await.unwrap());
        assert!(!passwords.verify("any".into(), Some("no hash".into())).await.unwrap());
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let shape = |hash: &str| hash.rsplitn(3, '$').nth(2).map(str::to_owned);
        let somebody = hash_password("correct horse", [1; 16]).unwrap();
        let nobody = hash_of_nobody([7; 32]);
        assert_eq!((shape(&nobody), nobody.len()), (shape(&somebody), somebody.len()));
        assert_eq!(is_hash_of("any", &nobody, &mut Vec::new()), Some(false), "it can be computed");
    }

    #[tokio::test]
    async fn whoever_comes_when_too_many_wait_is_asked_to_come_again() {
        let (jobs, waiting) = bounded(1);
        let passwords = Passwords { jobs, nobody: hash_of_nobody([7; 32]).into() };
        let first = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.verify("one".into(), None).await }
        });
        while waiting.is_empty() {
            tokio::task::yield_now().await;
        }
        let refused = passwords.verify("two".into(), None).await.unwrap_err();
        assert_eq!((refused.kind(), refused.retry_after()), (Kind::ServiceUnavailable, Some(COME_AGAIN)));
        let Job::Verify { is_it, .. } = waiting.recv().unwrap() else { panic!("a hash") };
        is_it.send(true).unwrap();
        assert!(!first.await.unwrap().unwrap(), "the account does not exist");
    }
}
