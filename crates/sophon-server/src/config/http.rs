//! `[http]`: the requests that are let in.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Bounded, Problems};
use crate::listener::Limits;

/// The requests that are let in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// The path under which a proxy shows the gateway, for example `/sophon`; none if empty. A proxy may take it away from
    /// requests, or leave it.
    pub base_path: String,
    /// The address at which people reach the gateway, with its base path, for example `https://sophon.example.com`. Links and
    /// redirects that lead back to it begin with it.
    pub public_url: Option<String>,
    /// Host names that the gateway is reached by, besides loopback ones and its own address.
    pub allowed_hosts: Vec<String>,
    /// Other sites whose pages may call the gateway, for example `https://app.example.com`.
    pub allowed_origins: Vec<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Connections open at the same time. Beside them, 64 serve one short request each, so that health and administration
    /// can be reached; further ones wait to be accepted.
    #[schemars(extend("x-unit" = "connections"))]
    pub connections: Bounded<1, 1_000_000>,
    /// Of these, connections from one address or IPv6 network (/64). Without meaning for this machine and for trusted
    /// proxies, from which many clients come.
    #[schemars(extend("x-unit" = "connections"))]
    pub connections_per_address: Bounded<1, 1_000_000>,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            base_path: String::new(),
            public_url: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            connections: Bounded::new(20_000),
            connections_per_address: Bounded::new(1_000),
        }
    }
}

impl Http {
    /// The limits of the listener.
    pub(crate) fn connection_limits(&self) -> Limits {
        Limits {
            connections: self.connections.count(),
            per_address: self.connections_per_address.count(),
            proxies: self.trusted_proxies.iter().map(IpAddr::to_canonical).collect(),
        }
    }

    /// The public address without a slash at its end, if there is one.
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref().map(|url| url.trim_end_matches('/'))
    }

    fn check_public_url(&self, problems: &mut Problems) {
        let Some(text) = &self.public_url else { return };
        let is_plain = |uri: &axum::http::Uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
                && uri.query().is_none()
        };
        if !text.parse::<axum::http::Uri>().is_ok_and(|uri| is_plain(&uri)) || text.contains('#') {
            let text = format!("'{text}' is no address of a page. Write it like https://sophon.example.com");
            problems.add("http.public_url", text);
        }
    }

    /// Refuses a base path that no address could begin with.
    pub(super) fn check(&self, problems: &mut Problems) {
        self.check_public_url(problems);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
        let is_segment =
            |segment: &str| !segment.trim_matches('.').is_empty() && segment.chars().all(is_plain);
        let is_path = self.base_path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_segment));
        // Taken away twice where a proxy does so, too.
        let first = self.base_path.split('/').nth(1).unwrap_or_default();
        let is_wire = sophon_rest::WIRES.contains(&first);
        if !self.base_path.is_empty() && (!is_path || is_wire) {
            problems.add(
                "http.base_path",
                format!(
                    "'{}' is no path. Write it as /sophon or /apps/sophon, without a slash at its end",
                    self.base_path
                ),
            );
        }
    }
}
