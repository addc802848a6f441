//! What the operator may choose.

use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use url::Host;

use crate::{EgressError, Reach, reach};

/// What the operator may choose. The default reaches public addresses only.
#[derive(Clone, Debug)]
pub struct EgressOptions {
    /// Private networks that tools may reach as well. Each must lie in a range that [`Reach::Private`] describes.
    pub allowed_networks: Vec<IpNet>,
    /// Single places that tools may reach although their addresses are private.
    pub allowed_private: Vec<HostPort>,
    /// The limits.
    pub limits: Limits,
    /// How Sophon calls itself.
    pub user_agent: String,
}

impl Default for EgressOptions {
    fn default() -> Self {
        Self {
            allowed_networks: Vec::new(),
            allowed_private: Vec::new(),
            limits: Limits::default(),
            user_agent: concat!("sophon/", env!("CARGO_PKG_VERSION")).into(),
        }
    }
}

impl EgressOptions {
    /// Refuses networks that reach beyond the operator's own.
    pub(crate) fn check(&self) -> Result<(), EgressError> {
        let is_private = |net: &&IpNet| [net.network(), net.broadcast()].map(reach) == [Reach::Private; 2];
        match self.allowed_networks.iter().find(|net| !is_private(net)) {
            Some(net) => Err(EgressError::Setup(format!("{net} is not a private network"))),
            None => Ok(()),
        }
    }
}

/// Limits of one request. Reaching one ends the request with an error, except where it says otherwise.
#[derive(Clone, Debug)]
pub struct Limits {
    /// To find the address, to connect and to agree on TLS.
    pub connect: Duration,
    /// From the start of the request to the first byte of the answer's body.
    pub first_byte: Duration,
    /// Between two pieces of a body.
    pub idle: Duration,
    /// For a page from its request to its end, and for any other body that is read as a whole.
    pub whole: Duration,
    /// Bytes of a page that is read for a tool. A longer page is cut.
    pub page_bytes: usize,
    /// Bytes of a streamed answer.
    pub stream_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(2),
            idle: Duration::from_mins(2),
            whole: Duration::from_secs(30),
            page_bytes: 2 * 1024 * 1024,
            stream_bytes: 32 * 1024 * 1024,
        }
    }
}

/// A host and a port, written `host:port` or `[v6]:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    host: Host,
    port: u16,
}

impl HostPort {
    /// Whether this is where `url` leads.
    pub(crate) fn is_target_of(&self, url: &url::Url) -> bool {
        url.host() == Some(as_str(&self.host)) && url.port_or_known_default() == Some(self.port)
    }
}

fn as_str(host: &Host) -> Host<&str> {
    match host {
        Host::Domain(name) => Host::Domain(name),
        Host::Ipv4(address) => Host::Ipv4(*address),
        Host::Ipv6(address) => Host::Ipv6(*address),
    }
}

impl FromStr for HostPort {
    type Err = EgressError;

    fn from_str(text: &str) -> Result<Self, EgressError> {
        let refused = || EgressError::Setup(format!("'{text}' is not of the form host:port"));
        let (host, port) = text.rsplit_once(':').ok_or_else(refused)?;
        let host = Host::parse(host).map_err(|_| refused())?;
        let port = port.parse().map_err(|_| refused())?;
        Ok(Self { host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_private_networks_can_be_opened() {
        let open = |net: &str| {
            EgressOptions { allowed_networks: vec![net.parse().unwrap()], ..Default::default() }.check()
        };
        for net in ["10.0.0.0/8", "127.0.0.1/32", "192.168.4.0/24", "fd12::/16", "100.64.0.0/10"] {
            open(net).unwrap();
        }
        for net in ["0.0.0.0/0", "169.254.169.254/32", "8.8.8.0/24", "::/0", "fe80::/10", "10.0.0.0/7"] {
            open(net).unwrap_err();
        }
    }

    #[test]
    fn a_place_is_a_host_and_a_port_in_any_spelling_of_the_host() {
        let place: HostPort = "Wiki.Example:8080".parse().unwrap();
        assert!(place.is_target_of(&"http://wiki.example:8080/x".parse().unwrap()));
        assert!(!place.is_target_of(&"http://wiki.example/x".parse().unwrap()));
        let v6: HostPort = "[::1]:80".parse().unwrap();
        assert!(v6.is_target_of(&"http://[0:0::1]/".parse().unwrap()));
        for wrong in ["wiki.example", "wiki.example:", "wiki.example:99999", "a b:80", ":80"] {
            wrong.parse::<HostPort>().unwrap_err();
        }
    }
}
