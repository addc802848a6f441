//! The gateway over plain requests: pairing, and polling where no WebSocket gets through.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::answer::Answer;
use crate::machine;
use crate::work::Order;

/// How long connecting may take.
pub(crate) const CONNECT_TIME: Duration = Duration::from_secs(10);
/// How long a request may take: longer than the longest poll.
const REQUEST_TIME: Duration = Duration::from_secs(40);
/// Seconds that a poll waits for a command.
const POLL_SECONDS: u64 = 20;
/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Why the gateway did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GatewayError {
    /// It does not know the token, or knows it no longer.
    #[error("the gateway does not accept the token: the node was deleted. Pair it anew")]
    Revoked,
    /// It said no; with its words.
    #[error("{1} ({0})")]
    Refused(StatusCode, String),
    /// It could not be asked, cannot answer now, or was not understood.
    #[error("the gateway cannot be reached: {0}")]
    Unreachable(String),
}

/// How far a pairing has come.
#[derive(Debug, Deserialize)]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Pairing {
    Pending { pairing_code: String },
    Approved { token: String },
    Rejected,
}

/// How often the gateway is told that the node is there.
pub(crate) const HEARTBEAT_EVERY: Duration = Duration::from_secs(30);

/// How the node is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Heartbeat {
    node_id: String,
    status: &'static str,
    platform: &'static str,
    version: &'static str,
    uptime: u64,
    cpu_percent: u8,
    memory_mb: u64,
}

impl Heartbeat {
    /// How the machine is now. Takes a fifth of a second.
    pub(crate) async fn of(node_id: String) -> Result<Self, GatewayError> {
        let load = machine::load().await.map_err(|error| GatewayError::Unreachable(error.to_string()))?;
        Ok(Self {
            node_id,
            status: "online",
            platform: std::env::consts::OS,
            version: env!("CARGO_PKG_VERSION"),
            uptime: load.uptime,
            cpu_percent: load.cpu_percent,
            memory_mb: load.memory_mb,
        })
    }
}

/// The gateway.
pub(crate) struct Gateway {
    http: Client,
    pub(crate) tls: Arc<ClientConfig>,
    base: Url,
    pub(crate) token: String,
}

impl Gateway {
    /// The gateway at `base`, with a token that is empty while there is none. Nothing is sent yet.
    pub(crate) fn new(base: Url, token: String) -> Result<Self, GatewayError> {
        let unusable = |error: &dyn std::fmt::Display| GatewayError::Unreachable(error.to_string());
        let provider = Arc::new(ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(&error))?
            .with_platform_verifier()
            .map_err(|error| unusable(&error))?
            .with_no_client_auth();
        Ok(Self { http: http(&tls).map_err(|error| unusable(&error))?, tls: Arc::new(tls), base, token })
    }

    /// The node's id, which its token begins with.
    pub(crate) fn node_id(&self) -> &str {
        self.token.split('.').next().unwrap_or_default()
    }

    /// An address under the gateway's own.
    pub(crate) fn address(&self, path: &[&str]) -> Result<Url, GatewayError> {
        let mut url = self.base.clone();
        let unusable = || GatewayError::Unreachable(format!("{} cannot be a gateway's address", self.base));
        url.path_segments_mut().map_err(|()| unusable())?.pop_if_empty().extend(path);
        Ok(url)
    }

    pub(crate) async fn pair(&self, node: &str, secret: &str) -> Result<Pairing, GatewayError> {
        let url = self.address(&["api", "nodes", "me", "pair"])?;
        read(self.http.post(url).json(&json!({ "nodeId": node, "pairingSecret": secret }))).await
    }

    pub(crate) async fn heartbeat(&self, heartbeat: &Heartbeat) -> Result<(), GatewayError> {
        let url = self.address(&["api", "nodes", "me", "heartbeat"])?;
        send(self.http.post(url).bearer_auth(&self.token).json(heartbeat)).await.map(drop).map_err(revoked)
    }

    /// Tells that the node stops.
    pub(crate) async fn leave(&self) -> Result<(), GatewayError> {
        let url = self.address(&["api", "nodes", "me", "heartbeat"])?;
        let leaving = json!({ "nodeId": self.node_id(), "status": "offline" });
        send(self.http.post(url).bearer_auth(&self.token).json(&leaving)).await.map(drop).map_err(revoked)
    }

    /// The commands that wait; none if there is none within 20 s.
    pub(crate) async fn commands(&self) -> Result<Vec<Order>, GatewayError> {
        #[derive(Deserialize)]
        struct List {
            items: Vec<Order>,
        }
        let mut url = self.address(&["api", "nodes", "me", "commands"])?;
        url.query_pairs_mut().append_pair("wait", &POLL_SECONDS.to_string());
        let list: List = read(self.http.get(url).bearer_auth(&self.token)).await.map_err(revoked)?;
        Ok(list.items)
    }

    /// Tells what came of a command. An answer that the gateway will never take is told as well as can be: the others
    /// are not to wait behind it.
    pub(crate) async fn report(&self, id: &str, answer: &Answer) -> Result<(), GatewayError> {
        let url = self.address(&["api", "nodes", "me", "commands", id, "result"])?;
        match send(self.http.post(url).bearer_auth(&self.token).json(answer)).await {
            Err(GatewayError::Refused(status, reason)) if status != StatusCode::UNAUTHORIZED => {
                tracing::warn!(command = id, reason, "the gateway does not take an answer");
                Ok(())
            }
            other => other.map(drop).map_err(revoked),
        }
    }
}

/// The address of a gateway, as a person types it.
pub(crate) fn parse_address(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err("a gateway's address begins with http:// or https://".into()),
    }
}

/// A token that is not accepted any more.
fn revoked(error: GatewayError) -> GatewayError {
    match error {
        GatewayError::Refused(StatusCode::UNAUTHORIZED, _) => GatewayError::Revoked,
        other => other,
    }
}

#[expect(clippy::disallowed_methods, reason = "it is the owner's machine talking to the owner's gateway")]
fn http(tls: &ClientConfig) -> reqwest::Result<Client> {
    Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .no_proxy()
        // A redirect would carry the token to somewhere that nobody named.
        .redirect(redirect::Policy::none())
        .user_agent(concat!("sophon-node/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIME)
        .timeout(REQUEST_TIME)
        .build()
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, GatewayError> {
    let body = body(send(request).await?).await?;
    serde_json::from_slice(&body)
        .map_err(|error| GatewayError::Unreachable(format!("it answers oddly: {error}")))
}

async fn send(request: RequestBuilder) -> Result<Response, GatewayError> {
    let response = request.send().await.map_err(|error| unreachable(&error))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let envelope: Value = serde_json::from_slice(&body(response).await?).unwrap_or_default();
    let message = envelope["error"]["message"].as_str().unwrap_or("The gateway refused.");
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(GatewayError::Unreachable(format!("{message} ({status})")));
    }
    Err(GatewayError::Refused(status, message.to_owned()))
}

/// With the causes: what the library says by itself does not tell a wrong name from a closed port.
fn unreachable(error: &reqwest::Error) -> GatewayError {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    GatewayError::Unreachable(causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}")))
}

async fn body(mut response: Response) -> Result<Vec<u8>, GatewayError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(GatewayError::Unreachable("its answer is too large".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_is_on_the_web() {
        assert_eq!(parse_address("https://gw.example.com").unwrap().as_str(), "https://gw.example.com/");
        for text in ["gw.example.com", "localhost:8080", "ftp://gw.example.com", "mailto:gw", ""] {
            assert!(parse_address(text).unwrap_err().contains("http://"), "{text}");
        }
    }
}
