//! Connections of nodes.

use http::request::Parts;
use signalr::{Authenticate, Rejection};
use sophon_core::Gateway;
use sophon_core::identity::Identified;
use sophon_model::{Kind, NodeCaller};

use crate::hubs::refusals::{self, CONNECT, origin};

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

    async fn authenticate(&self, request: &Parts, token: Option<&str>) -> Result<NodeCaller, Rejection> {
        let (token, origin) = (token.ok_or(Rejection::Unauthorized)?, origin(request));
        let error = match self.gateway.nodes.authenticate(token).await {
            Ok(node) => return Ok(NodeCaller { origin, ..node }),
            Err(error) => error,
        };
        let rejection = match error.kind() {
            Kind::Unauthenticated => Rejection::Unauthorized,
            // Its tenant is not in use: it is a node all the same, and may come back.
            Kind::NotAuthorized => Rejection::Forbidden,
            _ => return Err(Rejection::Unavailable),
        };
        refusals::note(&self.gateway, &Identified::Rejected, &origin, CONNECT, request.uri.path(), &error);
        Err(rejection)
    }

    fn same_caller(&self, first: &NodeCaller, now: &NodeCaller) -> bool {
        first.node == now.node && first.tenant == now.tenant
    }
}
