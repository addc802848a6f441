//! From names to addresses that may be dialled.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolving};

use crate::address::Filter;
use crate::error::NoAddress;

/// How many addresses of one name are tried.
const MOST_ADDRESSES: usize = 16;

/// Finds the addresses of a name.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// All addresses of `name`.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the operating system.
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// What the client asks when it connects. It dials the very addresses that come out of here, so a name that changes its
/// mind between two questions gains nothing.
pub(crate) struct FilteredResolver {
    inner: Arc<dyn Resolve>,
    filter: Filter,
}

impl FilteredResolver {
    pub(crate) fn new(inner: Arc<dyn Resolve>, filter: Filter) -> Self {
        Self { inner, filter }
    }
}

impl reqwest::dns::Resolve for FilteredResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (inner, filter) = (self.inner.clone(), self.filter.clone());
        Box::pin(async move {
            let found = inner.resolve(name.as_str()).await.map_err(|_| NoAddress)?;
            let admitted: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| filter.admits(*address))
                .map(|address| SocketAddr::new(address, 0))
                .take(MOST_ADDRESSES)
                .collect();
            if admitted.is_empty() {
                return Err(NoAddress.into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use reqwest::dns::Resolve as _;

    use super::*;

    struct Fixed(&'static [&'static str]);

    #[async_trait]
    impl Resolve for Fixed {
        async fn resolve(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
            Ok(self.0.iter().map(|text| text.parse().unwrap()).collect())
        }
    }

    async fn admitted(found: &'static [&'static str]) -> Option<Vec<String>> {
        let resolver = FilteredResolver::new(Arc::new(Fixed(found)), Filter::Guarded([].into()));
        let addresses = resolver.resolve("name.test".parse().unwrap()).await.ok()?;
        Some(addresses.map(|address| address.ip().to_string()).collect())
    }

    #[tokio::test]
    async fn of_a_mixed_answer_only_the_public_addresses_are_dialled() {
        let mixed = &["127.0.0.1", "1.1.1.1", "::1", "::ffff:10.0.0.1", "2606:4700::1111", "169.254.169.254"];
        assert_eq!(admitted(mixed).await.unwrap(), ["1.1.1.1", "2606:4700::1111"]);
    }

    #[tokio::test]
    async fn a_name_without_a_public_address_and_a_name_without_any_are_the_same() {
        assert_eq!(admitted(&["10.0.0.1", "fd00::9"]).await, None);
        assert_eq!(admitted(&[]).await, None);
    }
}
