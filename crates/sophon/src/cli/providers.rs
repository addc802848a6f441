//! What `sophon doctor` and `sophon status` say of the model providers.

use std::time::Duration;

use sophon_api::ProviderCheck;
use sophon_client::{Client, ClientError};

use super::screen::one_line;
use super::when::span;

/// What is known of the providers.
pub enum Providers {
    /// Each was asked for an answer. There are none if the offline agent is all there is.
    Checked(Vec<ProviderCheck>),
    /// The gateway says what is configured and no more, because the user lacks the permission to check it.
    Listed(String),
}

impl Providers {
    /// Has the gateway check them; falls back to what it lists if the user may not.
    pub async fn of(client: &Client) -> Result<Self, ClientError> {
        match client.check_providers().await {
            Ok(checks) => Ok(Self::Checked(checks.items)),
            Err(error) if error.code() == Some("not_authorized") => {
                Ok(Self::Listed(configured(client).await?))
            }
            Err(error) => Err(error),
        }
    }
}

async fn configured(client: &Client) -> Result<String, ClientError> {
    let models = client.models().await?.items;
    let configured = models.iter().filter(|model| model.configured);
    let names = configured.map(|model| format!("{} ({})", one_line(&model.id), one_line(&model.provider)));
    Ok(names.collect::<Vec<_>>().join(", "))
}

/// What came of a check, in a line.
pub fn outcome(check: &ProviderCheck) -> String {
    if let Some(problem) = &check.problem {
        return one_line(&problem.message);
    }
    let place = check.url.as_ref().map_or_else(String::new, |url| format!(" at {}", one_line(url)));
    let (provider, model) = (one_line(&check.provider), one_line(&check.model));
    let took = span(Duration::from_millis(check.duration_ms));
    let offered = match check.offered {
        Some(1) => "; it offers 1 model".to_owned(),
        Some(count) => format!("; it offers {count} models"),
        None => String::new(),
    };
    format!("{provider}: {model}{place} answers in {took}{offered}")
}

/// What is said where the user may not check the providers.
pub fn unchecked(listed: &str) -> String {
    format!("not checked, as you lack the permission ViewSystem; configured: {listed}")
}
