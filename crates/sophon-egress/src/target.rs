//! Which URLs can be fetched at all, for any caller.

use std::net::IpAddr;

use url::{Host, Url};

use crate::EgressError;
use crate::address::Filter;

/// The longest URL, in bytes.
const LONGEST_URL: usize = 8 * 1024;
/// What is said of `box.lan/v1`, of `box.lan:8000`, which reads as the scheme `box.lan`, and of `ftp://box.lan`.
const NO_SCHEME: &str = "it must begin with http:// or https://";

/// Reads an `http` or `https` URL without credentials inside.
pub(crate) fn parse(text: &str) -> Result<Url, EgressError> {
    if text.len() > LONGEST_URL {
        return Err(EgressError::BadUrl("it is too long".into()));
    }
    let url = match Url::parse(text) {
        Err(url::ParseError::RelativeUrlWithoutBase) => return Err(EgressError::BadUrl(NO_SCHEME.into())),
        parsed => parsed.map_err(|error| EgressError::BadUrl(error.to_string().into()))?,
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(EgressError::BadUrl(NO_SCHEME.into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EgressError::BadUrl("it carries credentials".into()));
    }
    Ok(url)
}

/// The host of a URL that [`parse`] has read, in its normal spelling.
pub(crate) fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// Checks a host that is an address: the client dials it without asking its resolver.
pub(crate) fn check_literal(url: &Url, filter: &Filter) -> Result<(), EgressError> {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) => return Ok(()),
        None => return Err(EgressError::BadUrl("it names no host".into())),
    };
    if filter.admits(address) {
        Ok(())
    } else {
        Err(EgressError::NoAddress { host: host_of(url).to_owned() })
    }
}
