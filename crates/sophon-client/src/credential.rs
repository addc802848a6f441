//! What the client proves its caller with, and where that is kept.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use sophon_api::{Secret, Time};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What is presented to the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Credential {
    /// Nothing. Enough where the gateway runs for one person on this machine alone.
    #[default]
    None,
    /// A token that cannot be renewed: an API token `sk_…`, or an access token from elsewhere.
    Token(Secret),
    /// A sign-in, which renews itself.
    Login(Login),
}

/// A sign-in with e-mail and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// What is presented.
    pub access_token: Secret,
    /// What it is renewed with, once: each renewal gives another.
    pub refresh_token: Secret,
    /// When the access token ends.
    pub expires_at: Time,
}

impl Credential {
    /// The text that goes into `Authorization: Bearer …`.
    pub(crate) fn bearer(&self) -> Option<&Secret> {
        match self {
            Credential::None => None,
            Credential::Token(token) => Some(token),
            Credential::Login(login) => Some(&login.access_token),
        }
    }
}

/// Where a credential is kept.
#[async_trait]
pub trait CredentialStore: Send + Sync {
    /// The credential as it is now.
    fn load(&self) -> io::Result<Credential>;

    /// Waits for the sole right to replace the credential, across everything that shares the store. A refresh token
    /// works once, and using it twice ends the sign-in: so a renewal holds this and looks again first.
    async fn lock(&self) -> io::Result<Box<dyn CredentialLock>>;
}

/// The sole right to replace a credential; given back when dropped.
pub trait CredentialLock: Send {
    /// The credential as it is now.
    fn load(&self) -> io::Result<Credential>;

    /// Replaces it, durably.
    fn save(&mut self, credential: Credential) -> io::Result<()>;
}

/// A store that lasts as long as the program.
#[derive(Clone, Debug)]
pub struct InMemory {
    credential: Arc<Mutex<Credential>>,
    turn: Arc<Semaphore>,
}

impl InMemory {
    /// A store that holds `credential`.
    pub fn new(credential: Credential) -> Self {
        Self { credential: Arc::new(Mutex::new(credential)), turn: Arc::new(Semaphore::new(1)) }
    }
}

#[async_trait]
impl CredentialStore for InMemory {
    fn load(&self) -> io::Result<Credential> {
        Ok(self.credential.lock().clone())
    }

    async fn lock(&self) -> io::Result<Box<dyn CredentialLock>> {
        let permit = self.turn.clone().acquire_owned().await.map_err(io::Error::other)?;
        Ok(Box::new(Turn { store: self.clone(), _permit: permit }))
    }
}

struct Turn {
    store: InMemory,
    _permit: OwnedSemaphorePermit,
}

impl CredentialLock for Turn {
    fn load(&self) -> io::Result<Credential> {
        self.store.load()
    }

    fn save(&mut self, credential: Credential) -> io::Result<()> {
        *self.store.credential.lock() = credential;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sophon_model::Timestamp;

    use super::*;

    #[test]
    fn secrets_do_not_show_when_debugged() {
        let login = Login {
            access_token: "jwt-text".to_owned().into(),
            refresh_token: "refresh-text".to_owned().into(),
            expires_at: Timestamp::from_millis(0).into(),
        };
        let shown =
            format!("{:?} {:?}", Credential::Login(login), Credential::Token("sk_text".to_owned().into()));
        assert!(!shown.contains("text"), "{shown}");
    }
}
