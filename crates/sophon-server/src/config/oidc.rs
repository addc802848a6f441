//! `[[auth.oidc]]`: identity providers that people sign in at.

use std::collections::HashSet;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use sophon_core::identity::oidc::GroupRole;

use super::{Bounded, Http, Problems};

/// Characters of a provider's id.
const LONGEST_ID: usize = 40;

/// An identity provider that people sign in at (OpenID Connect).
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// What stands in addresses: small letters, digits and dashes. The provider is given
    /// `<http.public_url>/sign-in/<id>` as the redirect address.
    pub id: String,
    /// What people call it: the button says `Sign in with`. The id if absent.
    #[serde(default)]
    pub name: Option<String>,
    /// The issuer, to the letter: below it is `.well-known/openid-configuration`. With `https://`, but on this machine and
    /// in private networks.
    pub issuer: String,
    /// What the provider calls the gateway.
    pub client_id: String,
    /// The gateway's secret at the provider. None if it is a public client.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// A file that holds the secret, in place of `client_secret`.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// What the provider is asked for.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// The slug of the tenant that its people work in; the main one if absent.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Whether somebody who has no account gets one. It needs an e-mail address that the provider has confirmed.
    #[serde(default = "yes")]
    pub create_accounts: bool,
    /// Domains of e-mail addresses that the provider alone gives out: its word connects an account that is there already.
    /// Accounts with other addresses are connected with their own password.
    #[serde(default)]
    pub trusted_domains: Vec<String>,
    /// The claim that lists a person's groups.
    #[serde(default = "groups")]
    pub groups_claim: String,
    /// What groups mean: `group=Role`, with a built-in role, or another one of the tenant by name or id. The first group
    /// that a person is in counts, at each sign-in. If there are none, roles are given in the gateway alone.
    #[serde(default)]
    pub roles: Vec<Mapping>,
    /// The role of those who are in none of these groups, and of new accounts if no group has a role: then `Viewer` if absent.
    /// If groups have roles and this is absent, others are not let in.
    #[serde(default)]
    pub default_role: Option<String>,
    /// How long a sign-in lasts, however often it is refreshed: then the provider is asked again, with a click.
    #[serde(default = "a_week")]
    #[schemars(extend("x-unit" = "h"))]
    pub sign_in_hours: Bounded<1, 8_760>,
}

/// A group with its role.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Mapping(pub(crate) GroupRole);

impl TryFrom<String> for Mapping {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // The last one: names of groups in directories have some of their own.
        let parts = text.rsplit_once('=').map(|(group, role)| (group.trim(), role.trim()));
        match parts {
            Some((group, role)) if !group.is_empty() && !role.is_empty() => {
                Ok(Self(GroupRole { group: group.to_owned(), role: role.to_owned() }))
            }
            _ => Err(format!("'{text}' is not of the form group=Role")),
        }
    }
}

impl std::fmt::Debug for OidcProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, issuer, client_id, .. } = self;
        f.debug_struct("OidcProvider")
            .field("id", id)
            .field("issuer", issuer)
            .field("client_id", client_id)
            .finish_non_exhaustive()
    }
}

fn scopes() -> Vec<String> {
    ["openid", "profile", "email"].map(str::to_owned).into()
}

fn groups() -> String {
    "groups".to_owned()
}

fn a_week() -> Bounded<1, 8_760> {
    Bounded::new(168)
}

fn yes() -> bool {
    true
}

/// Refuses providers that cannot be told apart, or that nobody can come back from.
pub(super) fn check(providers: &[OidcProvider], http: &Http, problems: &mut Problems) {
    let mut ids = HashSet::new();
    for (index, provider) in providers.iter().enumerate() {
        let key = |name: &str| format!("auth.oidc[{index}].{name}");
        let id = &provider.id;
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(is_plain) {
            let text = format!("it has 1 to {LONGEST_ID} small letters, digits and dashes");
            problems.add(&key("id"), text);
        } else if !ids.insert(id) {
            problems.add(&key("id"), format!("another provider is called '{id}' already"));
        }
        if provider.client_secret.is_some() && provider.client_secret_file.is_some() {
            let text = "the secret is in auth.oidc[].client_secret_file. Remove one of the two".to_owned();
            problems.add(&key("client_secret"), text);
        }
    }
    if !providers.is_empty() && http.public_url.is_none() {
        let text = "auth.oidc needs it: identity providers send browsers back to it. Set it to the address at which people \
             reach the gateway, like https://sophon.example.com";
        problems.add("http.public_url", text.to_owned());
    }
}
