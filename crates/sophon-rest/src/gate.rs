//! What every REST request passes before its handler, in this order: draining, who asks, how often, which tenant.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use sophon_core::Gateway;
use sophon_core::identity::TENANT_HEADER;
use sophon_core::lifecycle::Lifecycle;
use sophon_core::network::ClientAddress;
use sophon_core::rates::Asker;

use crate::class::{Class, Classes, class_of};
use crate::error::Result;
use crate::extract::identify;

pub(crate) struct Gate {
    gateway: Arc<Gateway>,
    classes: Classes,
}

impl Gate {
    pub(crate) fn new(gateway: Arc<Gateway>, classes: Classes) -> Self {
        Self { gateway, classes }
    }
}

/// Lets a request through, with the outcome of its identification as an extension.
pub(crate) async fn admit(
    State(gate): State<Arc<Gate>>,
    mut request: Request,
    next: Next,
) -> Result<Response> {
    let route = request.extensions().get::<MatchedPath>();
    let class = route.and_then(|route| class_of(&gate.classes, request.method(), route.as_str()));
    refuse_while_draining(&gate.gateway.lifecycle, class)?;
    let identified = identify(&gate.gateway, request.headers()).await?;
    if let Some(rate) = class.and_then(Class::rate) {
        let address = request.extensions().get::<ClientAddress>().and_then(|address| address.0);
        gate.gateway.rates.check(rate, &Asker::of(&identified, address))?;
    }
    // An anonymous caller belongs to no tenant; what is public is the same for all of them.
    if let Some(caller) = identified.caller() {
        let named = request.headers().get_all(TENANT_HEADER).iter().map(HeaderValue::as_bytes);
        gate.gateway.identity.require_tenants(caller, named).await?;
    }
    request.extensions_mut().insert(identified);
    Ok(next.run(request).await)
}

/// What is begun already may be decided, cancelled and looked at to the end, and signing out works.
fn refuse_while_draining(lifecycle: &Lifecycle, class: Option<Class>) -> Result<()> {
    if class.is_some_and(Class::is_new_work) {
        lifecycle.require_accepting()?;
    }
    Ok(())
}
