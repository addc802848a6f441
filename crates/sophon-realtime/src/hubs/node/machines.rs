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
        match self.gateway.nodes.authenticate(token).await {
            Ok(node) => Ok(NodeCaller { origin, ..node }),
            Err(error) if error.kind() == Kind::Unauthenticated => {
                let (who, target) = (Identified::Rejected, request.uri.path());
                refusals::note(&self.gateway, &who, &origin, CONNECT, target, &error);
                Err(Rejection::Unauthorized)
            }
            Err(_) => Err(Rejection::Unavailable),
        }
    }

    fn same_caller(&self, first: &NodeCaller, now: &NodeCaller) -> bool {
        first.node == now.node && first.tenant == now.tenant
    }
}
