//! What every REST request passes before its handler, in this order: draining, who asks, how often, which tenant.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use ipnet::IpNet;
use sophon_core::Gateway;
use sophon_core::identity::TENANT_HEADER;
use sophon_core::lifecycle::Lifecycle;
use sophon_core::rates::Asker;
use sophon_model::{Error, Kind};

use crate::Options;
use crate::class::{Class, Classes, class_of};
use crate::client::{ClientAddress, Scheme};
use crate::error::Result;
use crate::extract::identify;

/// When a client may look whether another process has taken over from one that drains.
const RETRY_AFTER_DRAIN: Duration = Duration::from_secs(5);

pub(crate) struct Gate {
    gateway: Arc<Gateway>,
    classes: Classes,
    trusted_proxies: Vec<IpNet>,
}

impl Gate {
    pub(crate) fn new(gateway: Arc<Gateway>, options: &Options, classes: Classes) -> Self {
        Self { gateway, classes, trusted_proxies: options.trusted_proxies.clone() }
    }
}

/// Lets a request through, with the outcome of its identification and the client's address as extensions.
pub(crate) async fn admit(
    State(gate): State<Arc<Gate>>,
    mut request: Request,
    next: Next,
) -> Result<Response> {
    let route = request.extensions().get::<MatchedPath>();
    let class = route.and_then(|route| class_of(&gate.classes, request.method(), route.as_str()));
    refuse_while_draining(&gate.gateway.lifecycle, class)?;
    let address = ClientAddress::of(&request, &gate.trusted_proxies);
    let scheme = Scheme::of(&request, &gate.trusted_proxies);
    let identified = identify(&gate.gateway, request.headers()).await?;
    if let Some(rate) = class.and_then(Class::rate) {
        gate.gateway.rates.check(rate, &Asker::of(&identified, address.0))?;
    }
    // An anonymous caller belongs to no tenant; what is public is the same for all of them.
    if let Some(caller) = identified.caller() {
        let named = request.headers().get_all(TENANT_HEADER).iter().map(HeaderValue::as_bytes);
        gate.gateway.identity.require_tenants(caller, named).await?;
    }
    request.extensions_mut().insert(identified);
    request.extensions_mut().insert(address);
    request.extensions_mut().insert(scheme);
    Ok(next.run(request).await)
}

/// What is begun already may be decided, cancelled and looked at to the end, and signing out works.
fn refuse_while_draining(lifecycle: &Lifecycle, class: Option<Class>) -> Result<()> {
    if !class.is_some_and(Class::is_new_work) || !lifecycle.is_draining() {
        return Ok(());
    }
    let text = "The gateway is shutting down and takes no new work. Try again in a moment.";
    Err(Error::new(Kind::ServiceUnavailable, text).with_retry_after(RETRY_AFTER_DRAIN).into())
}
