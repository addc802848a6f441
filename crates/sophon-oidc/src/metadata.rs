//! What a provider says of itself: its addresses and its keys. Read when they are first needed, and kept for a while.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::{EndSessionUrl, IssuerUrl, ProviderMetadataWithLogout};
use sophon_model::{Error, Kind, Result, Timestamp};
use tokio::sync::Mutex;
use url::Url;

use crate::http_client::HttpClient;

/// How long the metadata is used before it is read again.
const KEPT_FOR: Duration = Duration::from_hours(1);
/// How old the metadata is at least when a token with an unknown key has it read again: whoever makes up keys causes no more
/// requests than this.
const REREAD_AFTER: Duration = Duration::from_secs(30);
/// How long a failure is repeated to all who ask, so that they do not wait in line for a provider that is away.
const FAILURE_KEPT_FOR: Duration = Duration::from_secs(5);

/// The metadata of one provider.
pub(crate) struct Metadata {
    issuer: IssuerUrl,
    http: Arc<HttpClient>,
    last: Mutex<Option<Reading>>,
}

struct Reading {
    at: Timestamp,
    /// `None` if it failed.
    found: Option<Arc<ProviderMetadataWithLogout>>,
}

impl Metadata {
    pub(crate) fn new(issuer: IssuerUrl, http: Arc<HttpClient>) -> Self {
        Self { issuer, http, last: Mutex::new(None) }
    }

    /// As it was read last, not long ago.
    pub(crate) async fn current(&self, now: Timestamp) -> Result<Arc<ProviderMetadataWithLogout>> {
        self.not_older_than(KEPT_FOR, now).await
    }

    /// Read again because of an unknown key, unless it was read a moment ago.
    pub(crate) async fn reread(&self, now: Timestamp) -> Result<Arc<ProviderMetadataWithLogout>> {
        self.not_older_than(REREAD_AFTER, now).await
    }

    /// Whoever comes while it is being read waits for that.
    async fn not_older_than(&self, age: Duration, now: Timestamp) -> Result<Arc<ProviderMetadataWithLogout>> {
        let mut last = self.last.lock().await;
        if let Some(reading) = &*last {
            match &reading.found {
                Some(found) if now.since(reading.at) < age => return Ok(found.clone()),
                None if now.since(reading.at) < FAILURE_KEPT_FOR => return Err(unavailable()),
                Some(_) | None => {}
            }
        }
        let found = self.read().await;
        *last = Some(Reading { at: now, found: found.as_ref().ok().cloned() });
        found
    }

    async fn read(&self) -> Result<Arc<ProviderMetadataWithLogout>> {
        let read = ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &*self.http).await;
        let found = read.map_err(|error| {
            tracing::warn!(issuer = self.issuer.as_str(), %error, "the identity provider does not say how it is used");
            unavailable()
        })?;
        let end_session = found.additional_metadata().end_session_endpoint.as_ref().map(EndSessionUrl::url);
        for url in [Some(found.authorization_endpoint().url()), end_session].into_iter().flatten() {
            self.require_web(url)?;
        }
        Ok(Arc::new(found))
    }

    /// Refuses an address to which a browser must not be sent: a `javascript:` one would run in the dashboard's name.
    fn require_web(&self, url: &Url) -> Result<()> {
        let is_web =
            url.scheme() == "https" || url.scheme() == "http" && self.issuer.url().scheme() == "http";
        if is_web {
            return Ok(());
        }
        tracing::warn!(issuer = self.issuer.as_str(), "the identity provider names an address without TLS");
        Err(unavailable())
    }
}

pub(crate) fn unavailable() -> Error {
    let text =
        "The identity provider does not answer as it should. Try again in a moment, or ask an administrator.";
    Error::new(Kind::UpstreamUnavailable, text).with_code("identity_provider_unavailable")
}
