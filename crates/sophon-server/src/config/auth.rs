//! `[auth]`: how one gets in.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Http, OidcProvider, Problems, Tier, oidc};

/// How one gets in.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// Requests without a credential are the administrator's. Works on loopback and in the Personal tier only, and
    /// not behind a proxy.
    pub auto_admin: bool,
    /// Identity providers that people sign in at (OpenID Connect), in the order in which they are shown.
    #[schemars(extend("x-default" = "none"))]
    pub oidc: Vec<OidcProvider>,
}

impl Auth {
    /// Refuses to make strangers administrators.
    pub(super) fn check(&self, listen: SocketAddr, tier: Tier, http: &Http, problems: &mut Problems) {
        oidc::check(&self.oidc, http, problems);
        if !self.auto_admin {
            return;
        }
        if !listen.ip().is_loopback() {
            problems.add(
                "auth.auto_admin",
                format!(
                    "it makes every visitor the administrator, so it works on loopback only, and {listen} is not. \
                     Listen on 127.0.0.1, or turn it off and sign in"
                ),
            );
        }
        if !http.allowed_hosts.is_empty() || !http.trusted_proxies.is_empty() {
            problems.add(
                "auth.auto_admin",
                "it makes every visitor the administrator, and http.allowed_hosts or http.trusted_proxies let others \
                 in. Leave both empty, or turn it off and sign in"
                    .into(),
            );
        }
        if tier != Tier::Personal {
            problems.add(
                "auth.auto_admin",
                "it is for the Personal tier only. Set tier to Personal, or turn it off and sign in".into(),
            );
        }
    }
}
