//! `[http]`: the requests that are let in.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Bounded;

/// The requests that are let in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Host names that the gateway is reached by, besides loopback ones and its own address.
    pub allowed_hosts: Vec<String>,
    /// Other sites whose pages may call the gateway, for example `https://app.example.com`.
    pub allowed_origins: Vec<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Connections open at the same time. Further ones wait to be accepted.
    #[schemars(extend("x-unit" = "connections"))]
    pub connections: Bounded<1, 1_000_000>,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            connections: Bounded::new(20_000),
        }
    }
}
