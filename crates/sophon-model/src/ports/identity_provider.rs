//! Companies' identity providers, which say who somebody is.

use async_trait::async_trait;

use crate::Result;

/// The secrets that bind one sign-in at a provider to the browser that began it.
#[derive(Clone)]
pub struct SignInSecrets {
    /// Comes back with the browser.
    pub state: String,
    /// Comes back inside the signed identity.
    pub nonce: String,
    /// The PKCE verifier; the provider sees its SHA-256 first.
    pub verifier: String,
}

/// An identity that a provider has vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenIdentity {
    /// The provider's own name for the person; never given to another one.
    pub subject: String,
    /// The e-mail address that the provider knows.
    pub email: Option<String>,
    /// Whether the provider says that the address is the person's. `None` if it says nothing.
    pub is_email_verified: Option<bool>,
    /// The name of the person.
    pub name: Option<String>,
    /// The groups that the person is in.
    pub groups: Vec<String>,
}

/// An identity provider.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// Names the provider; a subject is unique below it.
    fn issuer(&self) -> &str;

    /// The address that a browser is sent to. `upstream_unavailable` if the provider does not say how it is used.
    async fn authorization_url(&self, secrets: &SignInSecrets) -> Result<String>;

    /// Trades the code that the browser came back with. `unauthenticated` if the provider refuses it, or if what it answers is
    /// not proof of anything.
    async fn redeem(&self, code: &str, secrets: &SignInSecrets) -> Result<ProvenIdentity>;

    /// The address at which a browser ends its sign-in at the provider, and comes back to the gateway. `None` if the
    /// provider has none.
    async fn sign_out_url(&self) -> Result<Option<String>>;
}
