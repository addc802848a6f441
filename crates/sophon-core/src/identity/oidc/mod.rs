//! Signing in at companies' identity providers (OpenID Connect).
//!
//! The port [`IdentityProvider`] does the protocol. Here it is decided which account a proven identity is, and with which role
//! (`accounts`), and that a sign-in ends in the browser in which it began (`pending`). What comes out is a sign-in like any other.

mod accounts;
mod pending;
mod sign_in;

pub use sign_in::{BegunSignIn, FinishedSignIn, SignInAnswer};

use std::sync::Arc;
use std::time::Duration;

use sophon_model::ports::{IdentityProvider, Tx, every};
use sophon_model::{CustomRole, Error, Kind, Result, Role, Tenant, TenantId};

use crate::database::Database;
use crate::gateway::Shared;
use crate::identity::Identity;
use pending::Seal;

/// Custom roles of a tenant that are looked through for the one that a provider's group means.
const MOST_ROLES: usize = 1_000;

/// A provider, and what its word counts for.
#[derive(Clone)]
pub struct ConfiguredProvider {
    /// What stands in addresses.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The slug of the tenant that its people work in; the main one if absent.
    pub tenant: Option<String>,
    /// Whether somebody who has no account gets one.
    pub creates_accounts: bool,
    /// Domains of e-mail addresses that are the provider's to give: its word connects it with an account that is there
    /// already.
    pub trusted_domains: Vec<String>,
    /// The roles of groups. The first group that a person is in counts, at each sign-in.
    pub roles: Vec<GroupRole>,
    /// The role of those who are in none of these groups. Without it they are not let in, unless there are no such groups.
    pub default_role: Option<String>,
    /// How long a sign-in lasts, however often it is refreshed: then the provider is asked again.
    pub sign_in_lifetime: Duration,
    /// Whether browsers reach the gateway over TLS.
    pub is_secure: bool,
    /// The way to it.
    pub client: Arc<dyn IdentityProvider>,
}

/// The role of a group.
#[derive(Clone, Debug)]
pub struct GroupRole {
    /// The group, as the provider calls it.
    pub group: String,
    /// The role: a built-in one by name, another one by name or id.
    pub role: String,
}

/// A provider as people see it before they sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedProvider {
    /// What stands in addresses.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// The service.
#[derive(Clone)]
pub struct Oidc {
    db: Database,
    identity: Arc<Identity>,
    providers: Arc<[Provider]>,
    seal: Seal,
}

/// A provider with its tenant.
struct Provider {
    configured: ConfiguredProvider,
    tenant: TenantId,
}

impl Oidc {
    /// Refuses tenants and roles that are not there.
    pub(crate) async fn open(
        shared: &Shared,
        identity: Arc<Identity>,
        configured: Vec<ConfiguredProvider>,
    ) -> Result<Self> {
        let (db, mut providers) = (shared.db.clone(), Vec::new());
        for configured in configured {
            let wanted = configured.clone();
            let tenant = db.read(move |tx| checked(tx, &wanted)).await?;
            providers.push(Provider { configured, tenant });
        }
        let seal = Seal::new(&shared.settings.signing_key);
        Ok(Self { db, identity, providers: providers.into(), seal })
    }

    /// The providers, in the order of the configuration.
    pub fn providers(&self) -> Vec<NamedProvider> {
        let named = |provider: &Provider| {
            let ConfiguredProvider { id, name, .. } = &provider.configured;
            NamedProvider { id: id.clone(), name: name.clone() }
        };
        self.providers.iter().map(named).collect()
    }

    /// Where a browser ends its sign-in at the provider, too. `None` if the provider has no such address.
    pub async fn sign_out_url(&self, provider: &str) -> Result<Option<String>> {
        self.provider(provider)?.configured.client.sign_out_url().await
    }

    /// Whether browsers come back from the provider over TLS.
    pub fn is_secure(&self, provider: &str) -> Result<bool> {
        Ok(self.provider(provider)?.configured.is_secure)
    }

    fn provider(&self, id: &str) -> Result<&Provider> {
        let found = self.providers.iter().find(|provider| provider.configured.id == id);
        found.ok_or_else(|| Error::not_found("identity provider"))
    }
}

/// The provider's tenant, if what is configured of it is there.
fn checked(tx: &dyn Tx, configured: &ConfiguredProvider) -> Result<TenantId> {
    let unfit = |what: String| {
        Error::conflict(format!("The identity provider '{}' cannot be used: {what}.", configured.id))
    };
    let tenant: Option<Tenant> = match &configured.tenant {
        Some(slug) => tx.tenant_by_slug(slug)?,
        None => tx.main_tenant()?,
    };
    let named = configured.tenant.as_deref().unwrap_or_default();
    let tenant = tenant.ok_or_else(|| unfit(format!("there is no tenant '{named}'")))?;
    let groups = configured.roles.iter().map(|mapped| &mapped.role);
    for name in groups.chain(&configured.default_role) {
        if role_named(tx, &tenant.id, name)?.is_none() {
            return Err(unfit(format!("the tenant '{}' has no role '{name}'", tenant.slug)));
        }
    }
    Ok(tenant.id)
}

/// A role of a tenant: a built-in one by name, another one by name or id.
fn role_named(tx: &dyn Tx, tenant: &TenantId, name: &str) -> Result<Option<Role>> {
    let Role::Custom(id) = Role::from(name.to_owned()) else { return Ok(Some(name.to_owned().into())) };
    let own = tx.list_in(tenant, &every::<CustomRole>(), MOST_ROLES)?;
    let found = own.into_iter().find(|role| role.id == id || role.name == name);
    Ok(found.map(|role| Role::Custom(role.id)))
}

/// Somebody is who they say, and may not come in all the same.
fn not_let_in(code: &'static str, text: &'static str) -> Error {
    Error::new(Kind::NotAuthorized, text).with_code(code)
}
