//! *Identity & auth*.

use serde::{Deserialize, Serialize};
use sophon_model::{Timestamp, UserId};

use crate::{Client, ClientError, Login, Secret, time};

/// Whether and how to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthConfig {
    /// Whether everyone who reaches the gateway is its administrator, which it allows on loopback only.
    pub auto_admin: bool,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// What it signs in with.
    pub email: String,
    /// What others see.
    pub name: String,
    /// The name of its role.
    pub role: String,
    /// Where it belongs.
    pub tenant: TenantRef,
    /// The names of its rights.
    pub permissions: Vec<String>,
    /// When it was made.
    #[serde(with = "time::rfc3339")]
    pub created_at: Timestamp,
}

/// A tenant, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRef {
    /// Its id.
    pub id: String,
    /// What stands in addresses.
    pub slug: String,
    /// What people call it.
    pub name: String,
}

/// A sign-in, just made or renewed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SignedIn {
    /// The tokens.
    #[serde(flatten)]
    pub login: Login,
    /// Who signed in.
    pub user: User,
}

impl Client {
    /// `GET /api/auth/config`: needs no credential.
    pub async fn auth_config(&self) -> Result<AuthConfig, ClientError> {
        self.fetch(self.get(&["api", "auth", "config"])?.anonymous()).await
    }

    /// `POST /api/auth/login`. The answer is not stored: that is the caller's decision.
    pub async fn login(&self, email: &str, password: &Secret) -> Result<SignedIn, ClientError> {
        let body = serde_json::json!({ "email": email, "password": password });
        self.fetch(self.post(&["api", "auth", "login"])?.anonymous().json(&body)).await
    }

    /// `POST /api/auth/logout`: ends the sign-in of the stored credential on the gateway.
    pub async fn logout(&self) -> Result<(), ClientError> {
        self.tell(self.post(&["api", "auth", "logout"])?).await
    }

    /// `GET /api/auth/me`.
    pub async fn me(&self) -> Result<User, ClientError> {
        self.fetch(self.get(&["api", "auth", "me"])?).await
    }
}
