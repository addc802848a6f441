//! Connections of users.

use std::sync::Arc;

use http::request::Parts;
use http::{Extensions, HeaderValue};
use signalr::{Authenticate, Hub, Rejection};
use sophon_api::Failure;
use sophon_core::Gateway;
use sophon_core::identity::{NamedTenant, Presented, TENANT_HEADER};
use sophon_model::{Caller, Error, Event, Kind, Topic};
use tokio::time::Instant;

use super::refusals::{self, CONNECT, origin};

/// A hub for people, who follow the core's events.
pub(super) trait ForPeople: Hub<Auth = People, Topic = Topic, Event = Event> {}

impl<H: Hub<Auth = People, Topic = Topic, Event = Event>> ForPeople for H {}

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

    /// The caller behind the credential of a hub request; the administrator where none is needed. It acts in the
    /// tenant that the request names, or at home.
    async fn authenticate(&self, request: &Parts, token: Option<&str>) -> Result<Caller, Rejection> {
        let presented = token.map_or(Presented::Nothing, Presented::Bearer);
        let origin = origin(request);
        let named = request.headers.get_all(TENANT_HEADER).iter().map(HeaderValue::as_bytes);
        let identified = self.gateway.identify(presented, NamedTenant::in_headers(named)).await;
        let identified = identified.map_err(rejection)?.from(&origin);
        identified.require_user().cloned().map_err(|error| {
            refusals::note(&self.gateway, &identified, &origin, CONNECT, request.uri.path(), &error);
            rejection(error)
        })
    }

    fn same_caller(&self, first: &Caller, now: &Caller) -> bool {
        first.user == now.user && first.tenant == now.tenant
    }

    /// When the credential runs out, on the clock of the connections.
    fn expires(&self, caller: &Caller) -> Option<Instant> {
        let left = caller.credential.expires_at()?.since(self.gateway.db.now());
        Some(Instant::now() + left)
    }
}

/// The status by which Microsoft's clients go, with the error for clients that read it.
fn rejection(error: Error) -> Rejection {
    let rejection = match error.kind() {
        Kind::Unauthenticated => Rejection::Unauthorized,
        Kind::NotAuthorized => Rejection::Forbidden,
        _ => Rejection::Unavailable,
    };
    let mut explanation = Extensions::new();
    explanation.insert(Failure(Arc::new(error)));
    Rejection::Explained(Box::new(rejection), explanation)
}
