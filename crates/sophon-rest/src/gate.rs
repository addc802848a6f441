//! What every REST request passes before its handler, in this order: draining, who asks, how often, which tenant.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, Method};
use ipnet::IpNet;
use sophon_core::Gateway;
use sophon_core::identity::TENANT_HEADER;
use sophon_core::lifecycle::Lifecycle;
use sophon_model::{Error, Kind};

use crate::Options;
use crate::client::{ClientAddress, Scheme};
use crate::error::Result;
use crate::extract::identify;
use crate::rate_limit::{Classes, RateLimits};

/// When a client may look whether another process has taken over from one that drains.
const RETRY_AFTER_DRAIN: Duration = Duration::from_secs(5);

pub(crate) struct Gate {
    gateway: Arc<Gateway>,
    limits: RateLimits,
    trusted_proxies: Vec<IpNet>,
}

impl Gate {
    pub(crate) fn new(gateway: Arc<Gateway>, options: &Options, classes: Classes) -> Self {
        let limits = RateLimits::new(&options.rates, classes);
        Self { gateway, limits, trusted_proxies: options.trusted_proxies.clone() }
    }
}

/// Lets a request through, with the outcome of its identification and the client's address as extensions.
pub(crate) async fn pass(
    State(gate): State<Arc<Gate>>,
    mut request: Request,
    next: Next,
) -> Result<Response> {
    refuse_while_draining(&gate.gateway.lifecycle, request.method())?;
    let address = ClientAddress::of(&request, &gate.trusted_proxies);
    let scheme = Scheme::of(&request, &gate.trusted_proxies);
    let identified = identify(&gate.gateway, request.headers()).await?;
    if let Some(route) = request.extensions().get::<MatchedPath>() {
        gate.limits.check(request.method(), route.as_str(), &identified, address)?;
    }
    // Who did not sign in belongs to no tenant; what anybody may see is the same for all of them.
    if let Some(caller) = identified.caller() {
        let named = request.headers().get_all(TENANT_HEADER).iter().map(HeaderValue::as_bytes);
        gate.gateway.identity.require_tenants(caller, named).await?;
    }
    request.extensions_mut().insert(identified);
    request.extensions_mut().insert(address);
    request.extensions_mut().insert(scheme);
    Ok(next.run(request).await)
}

fn refuse_while_draining(lifecycle: &Lifecycle, method: &Method) -> Result<()> {
    if method.is_safe() || !lifecycle.is_draining() {
        return Ok(());
    }
    let text = "The gateway is shutting down and takes no new work. Try again in a moment.";
    Err(Error::new(Kind::ServiceUnavailable, text).with_retry_after(RETRY_AFTER_DRAIN).into())
}
