//! `[egress]`: outbound connections.

use schemars::JsonSchema;
use serde::Deserialize;
use sophon_egress::{EgressOptions, HostPort};

/// Outbound connections.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Egress {
    /// `host:port` pairs on private networks that tools may reach. Public addresses need no entry.
    pub allowed_private: Vec<PrivateTarget>,
}

/// A host and port on a private network.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct PrivateTarget(HostPort);

impl TryFrom<String> for PrivateTarget {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("'{text}' is not of the form host:port"))
    }
}

impl From<&Egress> for EgressOptions {
    fn from(configured: &Egress) -> Self {
        let allowed_private = configured.allowed_private.iter().map(|target| target.0.clone()).collect();
        Self { allowed_private, ..Self::default() }
    }
}
