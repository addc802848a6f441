//! Connections of nodes.

use http::request::Parts;
use signalr::{Authenticate, Rejection};
use sophon_core::Gateway;
use sophon_model::{Kind, NodeCaller};

/// The nodes that the gateway knows, by their tokens. People have no business here.
#[derive(Clone)]
pub(crate) struct Machines {
    gateway: Gateway,
}

impl Machines {
    pub(super) fn new(gateway: Gateway) -> Self {
        Self { gateway }
    }
}

impl Authenticate for Machines {
    type Caller = NodeCaller;

    async fn authenticate(&self, _request: &Parts, token: Option<&str>) -> Result<NodeCaller, Rejection> {
        let token = token.ok_or(Rejection::Unauthorized)?;
        self.gateway.nodes.authenticate(token).await.map_err(|error| match error.kind() {
            Kind::Unauthenticated => Rejection::Unauthorized,
            // Its tenant is not in use: it is a node all the same, and may come back.
            Kind::NotAuthorized => Rejection::Forbidden,
            _ => Rejection::Unavailable,
        })
    }

    fn same_caller(&self, first: &NodeCaller, now: &NodeCaller) -> bool {
        first == now
    }
}
