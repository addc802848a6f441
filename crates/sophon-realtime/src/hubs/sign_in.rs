//! Who connects to the hubs.

use std::time::Duration;

use http::request::Parts;
use signalr::{Authenticate, Rejection};
use sophon_core::Gateway;
use sophon_model::{Caller, Credential, Kind};
use tokio::time::Instant;

/// The people whom the gateway knows.
#[derive(Clone)]
pub(crate) struct People {
    gateway: Gateway,
}

impl People {
    pub(super) fn new(gateway: Gateway) -> Self {
        Self { gateway }
    }
}

impl Authenticate for People {
    type Caller = Caller;

    /// The caller behind the credential of a hub request; the administrator where none is needed.
    async fn authenticate(&self, _request: &Parts, token: Option<&str>) -> Result<Caller, Rejection> {
        let Some(token) = token else {
            return self.gateway.identity.auto_admin().cloned().ok_or(Rejection::Unauthorized);
        };
        self.gateway.identity.authenticate(token).await.map_err(|error| match error.kind() {
            Kind::Unauthenticated => Rejection::Unauthorized,
            _ => Rejection::Unavailable,
        })
    }

    fn same_caller(&self, first: &Caller, now: &Caller) -> bool {
        first.user == now.user && first.tenant == now.tenant
    }

    /// When the credential runs out, on the clock of the connections.
    fn expires(&self, caller: &Caller) -> Option<Instant> {
        match &caller.credential {
            Credential::Access(_, until) => {
                let left: Duration = until.since(self.gateway.db.now());
                Some(Instant::now() + left)
            }
            Credential::ApiToken(_) | Credential::AutoAdmin | Credential::Agent(_) => None,
        }
    }
}
