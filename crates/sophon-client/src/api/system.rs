//! What anyone may ask.

use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
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

/// The states of a gateway that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// It takes work.
    Ok,
    /// It is stopping and takes no new work.
    Draining,
    /// Storage does not answer, or nothing can be stored any more.
    StorageUnavailable,
}

/// What a gateway says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// `sophon`.
    pub name: String,
    /// Its version.
    pub version: String,
}

#[derive(Deserialize)]
struct HealthBody {
    status: HealthStatus,
}

impl Client {
    /// `GET /api/health`. Draining is an answer, not an error.
    pub async fn health(&self) -> Result<Health, ClientError> {
        let request = self.get(&["api", "health"])?.anonymous();
        let answer = self.exchange(&request, None).await?;
        if !answer.status.is_success() && answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return Err(ClientError::from_answer(answer.status, &answer.headers, &answer.body));
        }
        let body: HealthBody =
            serde_json::from_slice(&answer.body).map_err(|error| self.not_understood(error.to_string()))?;
        let date = answer.headers.get(header::DATE).and_then(|date| date.to_str().ok());
        Ok(Health { status: body.status, clock: date.and_then(time::http_date) })
    }

    /// `GET /api/version`.
    pub async fn version(&self) -> Result<Version, ClientError> {
        self.fetch(self.get(&["api", "version"])?.anonymous()).await
    }
}
