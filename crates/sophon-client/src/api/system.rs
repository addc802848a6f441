//! What anyone may ask.

use http::{StatusCode, header};
use sophon_api::{HealthStatus, Version};
use sophon_model::Timestamp;

use crate::{Client, ClientError, time};

/// Whether the gateway takes work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The answer.
    pub status: HealthStatus,
    /// The gateway's clock, to the second; `None` if it did not say.
    pub clock: Option<Timestamp>,
}

impl Client {
    /// `GET /api/health`. Draining is an answer, not an error.
    pub async fn health(&self) -> Result<Health, ClientError> {
        let request = self.get(&["api", "health"])?.anonymous();
        let answer = self.exchange(&request, None).await?;
        if !answer.status.is_success() && answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return Err(self.refused(&answer));
        }
        let body: sophon_api::Health = self.read(&answer.body)?;
        let date = answer.headers.get(header::DATE).and_then(|date| date.to_str().ok());
        Ok(Health { status: body.status, clock: date.and_then(time::http_date) })
    }

    /// `GET /api/version`.
    pub async fn version(&self) -> Result<Version, ClientError> {
        self.fetch(self.get(&["api", "version"])?.anonymous()).await
    }
}
