//! All wires on one address.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn;
use parking_lot::RwLock;
use sophon_core::Gateway;
use sophon_realtime::hubs::Hubs;
use sophon_realtime::session_sse;
use sophon_rest::Options;

use tower::{ServiceExt, service_fn};

use crate::config::Config;
use crate::{dashboard, metrics};

/// The routes of every wire behind the guards that all of them share, which can be changed while the gateway serves.
#[derive(Clone)]
pub(crate) struct Front(Arc<FrontParts>);

struct FrontParts {
    wires: Router,
    gateway: Gateway,
    address: SocketAddr,
    /// The wires behind their guards.
    guarded: RwLock<Router>,
}

impl Front {
    pub(crate) fn new(config: &Config, gateway: &Gateway, hubs: &Hubs, address: SocketAddr) -> Self {
        let wires = wires(config, gateway, hubs, address);
        let guarded = sophon_rest::front(wires.clone(), gateway, &options(config, address));
        let gateway = gateway.clone();
        Self(Arc::new(FrontParts { wires, gateway, address, guarded: RwLock::new(guarded) }))
    }

    /// Lets in by other hosts, origins and proxies from the next request on, on open connections too.
    pub(crate) fn replace_guards(&self, config: &Config) {
        let FrontParts { wires, gateway, address, guarded } = &*self.0;
        *guarded.write() = sophon_rest::front(wires.clone(), gateway, &options(config, *address));
    }

    /// What the listener serves.
    pub(crate) fn router(&self) -> Router {
        let front = self.clone();
        Router::new().fallback_service(service_fn(move |request: Request| {
            let guarded = front.0.guarded.read().clone();
            guarded.oneshot(request)
        }))
    }
}

/// The routes of every wire. What is nobody's is the dashboard's.
fn wires(config: &Config, gateway: &Gateway, hubs: &Hubs, address: SocketAddr) -> Router {
    let options = options(config, address);
    let wires = Router::new()
        .merge(sophon_rest::routes(gateway, &options))
        .merge(session_sse::router(gateway.clone(), sophon_rest::error_response))
        .merge(hubs.router())
        .merge(metrics::router(gateway.clone(), hubs.clone()))
        .merge(dashboard::router(&config.http.base_path))
        .layer(from_fn(sophon_rest::leave_route));
    // Before a route is chosen.
    Router::new().fallback_service(wires.map_request(Hubs::plain_path))
}

fn options(config: &Config, address: SocketAddr) -> Options {
    Options {
        listen: Some(address),
        base_path: config.http.base_path.clone(),
        auto_admin: config.auth.auto_admin,
        allowed_hosts: config.http.allowed_hosts.clone(),
        allowed_origins: config.http.allowed_origins.clone(),
        trusted_proxies: config.http.trusted_proxies.iter().map(|ip| (*ip).into()).collect(),
    }
}
