//! The identity providers of the configuration.

use std::sync::Arc;
use std::time::Duration;

use sophon_core::identity::oidc::ConfiguredProvider;
use sophon_egress::Egress;
use sophon_oidc::ProviderOptions;

use crate::StartError;
use crate::config::{Config, OidcProvider};
use crate::environment::SystemClock;

/// Opens them. Nothing is sent before somebody signs in.
pub(crate) fn open(config: &Config, egress: &Egress) -> Result<Vec<ConfiguredProvider>, StartError> {
    let public_url = config.http.public_url().unwrap_or_default();
    config.auth.oidc.iter().map(|configured| opened(configured, public_url, egress)).collect()
}

fn opened(
    configured: &OidcProvider,
    public_url: &str,
    egress: &Egress,
) -> Result<ConfiguredProvider, StartError> {
    let OidcProvider { id, .. } = configured;
    let unfit = |reason: String| StartError::IdentityProvider { id: id.clone(), reason };
    let options = ProviderOptions {
        issuer: configured.issuer.clone(),
        client_id: configured.client_id.clone(),
        client_secret: secret(configured).map_err(unfit)?,
        scopes: configured.scopes.clone(),
        groups_claim: configured.groups_claim.clone(),
        redirect: format!("{public_url}/sign-in/{id}"),
        signed_out: format!("{public_url}/"),
    };
    let client = sophon_oidc::OidcProvider::new(options, egress, Arc::new(SystemClock));
    let client = client.map_err(|error| unfit(format!("{}: {error}", error.field().unwrap_or("it"))))?;
    Ok(ConfiguredProvider {
        id: id.clone(),
        name: configured.name.clone().unwrap_or_else(|| id.clone()),
        tenant: configured.tenant.clone(),
        creates_accounts: configured.create_accounts,
        trusted_domains: configured.trusted_domains.clone(),
        roles: configured.roles.iter().map(|mapping| mapping.0.clone()).collect(),
        default_role: configured.default_role.clone(),
        sign_in_lifetime: Duration::from_hours(configured.sign_in_hours.get()),
        is_secure: public_url.starts_with("https://"),
        client: Arc::new(client),
    })
}

fn secret(configured: &OidcProvider) -> Result<Option<String>, String> {
    let Some(file) = &configured.client_secret_file else { return Ok(configured.client_secret.clone()) };
    let read = std::fs::read_to_string(file)
        .map_err(|error| format!("client_secret_file {} cannot be read: {error}", file.display()))?;
    match read.trim() {
        "" => Err(format!("client_secret_file {} is empty", file.display())),
        secret => Ok(Some(secret.to_owned())),
    }
}
