//! All wires on one address.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use axum::Router;
use sophon_core::Gateway;
use sophon_realtime::hubs::Hubs;
use sophon_realtime::session_sse;
use sophon_rest::{Options, Rates};

use crate::config::Config;
use crate::{StartError, dashboard, metrics};

/// The routes of every wire behind the guards that all of them share. What is nobody's is the dashboard's.
pub(crate) fn router(
    config: &Config,
    gateway: &Gateway,
    hubs: &Hubs,
    address: SocketAddr,
) -> Result<Router, StartError> {
    let options = options(config, address)?;
    let wires = Router::new()
        .merge(sophon_rest::routes(gateway, &options))
        .merge(session_sse::router(gateway.clone(), sophon_rest::error_response))
        .merge(hubs.router())
        .merge(metrics::router(gateway.clone(), hubs.clone()))
        .merge(dashboard::router());
    Ok(sophon_rest::front(wires, gateway, &options))
}

fn options(config: &Config, address: SocketAddr) -> Result<Options, StartError> {
    let rate = |name: &str, number: u32| {
        NonZeroU32::new(number)
            .ok_or_else(|| StartError::Configuration(format!("rate_limits.{name} is at least 1 a minute")))
    };
    let limits = config.rate_limits;
    Ok(Options {
        rates: Rates {
            read: rate("reads", limits.reads)?,
            write: rate("writes", limits.writes)?,
            decide: rate("approvals", limits.approvals)?,
            expensive: rate("expensive", limits.expensive)?,
            chat: rate("chat", limits.chat)?,
        },
        listen: Some(address),
        allowed_hosts: config.http.allowed_hosts.clone(),
        allowed_origins: config.http.allowed_origins.clone(),
        trusted_proxies: config.http.trusted_proxies.iter().map(|ip| (*ip).into()).collect(),
    })
}
