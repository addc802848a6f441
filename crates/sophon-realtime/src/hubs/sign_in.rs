//! Who connects to a hub.

use std::time::Duration;

use signalr::Rejection;
use sophon_core::Gateway;
use sophon_model::{Caller, Credential, Kind};
use tokio::time::Instant;

/// The caller behind the credential of a hub request; the administrator where none is needed.
pub(crate) async fn sign_in(gateway: &Gateway, token: Option<&str>) -> Result<Caller, Rejection> {
    let Some(token) = token else {
        return gateway.identity.auto_admin().cloned().ok_or(Rejection::Unauthorized);
    };
    gateway.identity.authenticate(token).await.map_err(|error| match error.kind() {
        Kind::Unauthenticated => Rejection::Unauthorized,
        _ => Rejection::Unavailable,
    })
}

/// When the credential runs out, on the clock of the connections.
pub(crate) fn expires(gateway: &Gateway, caller: &Caller) -> Option<Instant> {
    match &caller.credential {
        Credential::Access(_, until) => {
            let left: Duration = until.since(gateway.db.now());
            Some(Instant::now() + left)
        }
        Credential::ApiToken(_) | Credential::AutoAdmin => None,
    }
}

/// Whether a later request of a connection comes from who opened it.
pub(crate) fn is_same(first: &Caller, now: &Caller) -> bool {
    first.user == now.user && first.tenant == now.tenant
}
