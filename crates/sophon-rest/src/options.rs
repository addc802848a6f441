//! How the wire behaves.

use std::net::SocketAddr;

use ipnet::IpNet;

/// Settings of the REST wire and of the guards that stand before all wires.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The address that the gateway listens on. Requests that name its IP in `Host` are served.
    pub listen: Option<SocketAddr>,
    /// The path under which a proxy shows the gateway: empty, or for example `/sophon`.
    pub base_path: String,
    /// Names (without port) that `Host` may have besides loopback ones: those the gateway is reached by.
    pub allowed_hosts: Vec<String>,
    /// Whether requests without a credential are the administrator's. Then none may come from a page of another site.
    pub auto_admin: bool,
    /// Origins (`scheme://host[:port]`) of other sites whose pages may call the gateway.
    pub allowed_origins: Vec<String>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}
