//! The only way out. Every outbound request of Sophon goes through an [`Egress`], which looks at the address that is
//! dialled, at the moment it is dialled: inside the resolver for names, before the request for literal addresses.
//! It follows no redirects, reads no proxy variables, never repeats a request, decompresses nothing and has a limit for
//! every wait and every body.
//!
//! There are two doors. [`Egress::for_tools`] is for URLs that come from a model, a page or a user: public addresses
//! only, plus what the operator has opened in [`EgressOptions`]. [`Egress::for_operator`] is for one URL that the operator
//! has configured, a model provider for instance, which may well be `http://127.0.0.1:11434`.

mod address;
mod error;
mod operator;
mod options;
mod reply;
mod resolver;
mod target;
mod tools;

use std::sync::Arc;

use reqwest::{Client, redirect, retry};
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls_platform_verifier::ConfigVerifierExt;

pub use address::{Reach, reach};
pub use error::{EgressError, Phase};
pub use ipnet::IpNet;
pub use operator::OperatorDoor;
pub use options::{EgressOptions, HostPort, Limits};
pub use reply::Reply;
pub use resolver::{Resolve, SystemResolver};
pub use tools::ToolDoor;

use address::Filter;
use resolver::FilteredResolver;

/// How many idle connections are kept for one origin.
const MOST_IDLE_CONNECTIONS: usize = 8;

/// Makes ring the cryptography of TLS in this process. Called once at the start, before the first [`Egress`]; another
/// call changes nothing.
pub fn install_crypto() {
    // The error is the provider that was installed before, which stays.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
}

/// The way out. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Egress {
    guarded: Client,
    owned: Client,
    options: Arc<EgressOptions>,
}

impl Egress {
    /// A way out that asks the system's resolver. Fails with [`EgressError::Setup`] if [`install_crypto`] was not called
    /// or the options cannot be met.
    pub fn new(options: EgressOptions) -> Result<Self, EgressError> {
        Self::with_resolver(options, Arc::new(SystemResolver))
    }

    /// A way out that asks `resolver`, whose answers are filtered like any other's.
    pub fn with_resolver(options: EgressOptions, resolver: Arc<dyn Resolve>) -> Result<Self, EgressError> {
        options.check()?;
        let options = Arc::new(options);
        let tls = tls()?;
        let guarded = client(&options, tls.clone(), resolver.clone(), Filter::guarded(&options))?;
        let owned = client(&options, tls, resolver, Filter::Owned)?;
        Ok(Self { guarded, owned, options })
    }

    /// The door for URLs that nobody vouches for.
    pub fn for_tools(&self) -> ToolDoor {
        ToolDoor::new(self.guarded.clone(), self.owned.clone(), self.options.clone())
    }

    /// The door to one URL that the operator has configured. It reaches that origin and nothing else, on any address but
    /// those that can never be a service of the operator's ([`Reach::Never`]).
    pub fn for_operator(&self, base_url: &str) -> Result<OperatorDoor, EgressError> {
        OperatorDoor::new(self.owned.clone(), base_url, self.options.limits.clone())
    }
}

/// TLS that trusts what the system trusts. Made once, because reading the system's certificates takes longer than all the
/// rest.
fn tls() -> Result<ClientConfig, EgressError> {
    if CryptoProvider::get_default().is_none() {
        return Err(EgressError::Setup("install_crypto() must be called first".into()));
    }
    let mut config = ClientConfig::with_platform_verifier().map_err(|error| {
        EgressError::Setup(format!("the system's root certificates cannot be read ({error})"))
    })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that builds a client")]
fn client(
    options: &EgressOptions,
    tls: ClientConfig,
    resolver: Arc<dyn Resolve>,
    filter: Filter,
) -> Result<Client, EgressError> {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(FilteredResolver::new(resolver, filter))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .referer(false)
        .user_agent(&options.user_agent)
        .connect_timeout(options.limits.connect)
        .pool_max_idle_per_host(MOST_IDLE_CONNECTIONS)
        .build()
        .map_err(|error| EgressError::Setup(error.to_string()))
}
