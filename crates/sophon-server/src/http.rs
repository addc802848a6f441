//! All wires on one address.

use std::net::SocketAddr;

use axum::Router;
use axum::middleware::from_fn;
use sophon_core::Gateway;
use sophon_realtime::hubs::Hubs;
use sophon_realtime::session_sse;
use sophon_rest::Options;

use tower::ServiceExt;

use crate::config::Config;
use crate::{dashboard, metrics};

/// The routes of every wire behind the guards that all of them share. What is nobody's is the dashboard's.
pub(crate) fn router(config: &Config, gateway: &Gateway, hubs: &Hubs, address: SocketAddr) -> Router {
    let options = options(config, address);
    let wires = Router::new()
        .merge(sophon_rest::routes(gateway, &options))
        .merge(session_sse::router(gateway.clone(), sophon_rest::error_response))
        .merge(hubs.router())
        .merge(metrics::router(gateway.clone(), hubs.clone()))
        .merge(dashboard::router(&config.http.base_path))
        .layer(from_fn(sophon_rest::leave_route));
    // Before a route is chosen.
    let wires = Router::new().fallback_service(wires.map_request(Hubs::plain_path));
    sophon_rest::front(wires, gateway, &options)
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
