//! An identity provider that says what it is told: a real OpenID Connect server with keys that can be rotated, and all sorts of
//! lies. It is strict in what it takes: client, redirect address, PKCE, and each code once.

mod lies;
mod server;
mod tokens;

use serde_json::{Map, Value, json};

pub use lies::{Discovery, Lie};
pub use server::{OidcServer, Returned};

/// What the gateway is called at the provider.
pub const CLIENT_ID: &str = "sophon";
/// The gateway's secret at the provider.
pub const CLIENT_SECRET: &str = "client secret: with & signs";

/// Somebody who has an account at the provider.
#[derive(Clone, Debug)]
pub struct Person {
    /// The provider's own name.
    pub subject: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether the provider says that it is theirs. `None` if it says nothing.
    pub is_email_verified: Option<bool>,
    /// The name.
    pub name: Option<String>,
    /// The groups.
    pub groups: Vec<String>,
}

impl Person {
    /// Somebody with a verified address, in no group.
    pub fn new(subject: &str, email: &str, name: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            email: Some(email.to_owned()),
            is_email_verified: Some(true),
            name: Some(name.to_owned()),
            groups: Vec::new(),
        }
    }

    /// The same person in these groups.
    #[must_use]
    pub fn in_groups(mut self, groups: &[&str]) -> Self {
        self.groups = groups.iter().map(|group| (*group).to_owned()).collect();
        self
    }

    /// What the provider tells of the person.
    fn claims(&self) -> Map<String, Value> {
        let all = json!({
            "email": self.email,
            "email_verified": self.is_email_verified,
            "name": self.name,
            "groups": self.groups,
        });
        let Value::Object(mut claims) = all else { return Map::new() };
        claims.retain(|_, claim| !claim.is_null());
        claims
    }
}
