//! `/metrics`, in Prometheus' format.

use std::sync::OnceLock;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use sophon_core::Gateway;
use sophon_core::identity::{NamedTenant, Presented, TENANT_HEADER};
use sophon_core::policy::{Read, System, allow};
use sophon_model::Result;
use sophon_realtime::hubs::Hubs;

/// Upper bounds of the durations' buckets, in seconds.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// The recorder of the process. There is one, also where a test runs several gateways.
fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let install = || {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BUCKETS)
            .ok()?;
        builder
            .install_recorder()
            .inspect_err(|error| tracing::error!(%error, "there will be no metrics"))
            .ok()
    };
    RECORDER.get_or_init(install).as_ref()
}

/// Starts recording.
pub(crate) fn start() {
    recorder();
}

#[derive(Clone)]
struct Watched {
    gateway: Gateway,
    hubs: Hubs,
}

/// The route. It asks for the right to see the system, like any other.
pub(crate) fn router(gateway: Gateway, hubs: Hubs) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(Watched { gateway, hubs })
}

async fn scrape(State(watched): State<Watched>, headers: HeaderMap) -> Response {
    match permit(&watched.gateway, &headers).await {
        Ok(()) => {}
        Err(error) if error.kind() == sophon_model::Kind::Unauthenticated => {
            return (StatusCode::UNAUTHORIZED, "Send an API token as a bearer token.\n").into_response();
        }
        Err(error) => return (StatusCode::FORBIDDEN, format!("{}\n", error.message())).into_response(),
    }
    let Some(recorder) = recorder() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let gauge = |name: &'static str, value: usize| {
        metrics::gauge!(name).set(value as f64);
    };
    gauge("sophon_tasks_running", watched.gateway.running.count());
    hubs(&watched.hubs);
    gauge("sophon_topics", watched.gateway.db.bus().topics());
    peers(&watched.gateway);
    if let Some(bytes) = resident_memory() {
        gauge("process_resident_memory_bytes", bytes);
    }
    recorder.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], recorder.render()).into_response()
}

fn hubs(hubs: &Hubs) {
    for (hub, figures) in hubs.figures() {
        let open = [
            ("WebSockets", figures.websockets),
            ("ServerSentEvents", figures.server_sent_events),
            ("LongPolling", figures.long_polling),
        ];
        for (transport, open) in open {
            metrics::gauge!("sophon_hub_connections", "hub" => hub, "transport" => transport)
                .set(open as f64);
        }
        metrics::counter!("sophon_hub_connections_opened_total", "hub" => hub).absolute(figures.opened);
        metrics::counter!("sophon_hub_calls_total", "hub" => hub).absolute(figures.calls);
        metrics::counter!("sophon_hub_calls_failed_total", "hub" => hub).absolute(figures.failed_calls);
    }
}

/// How this gateway stands among those on the same database.
fn peers(gateway: &Gateway) {
    let status = gateway.roll.status();
    metrics::gauge!("sophon_leases_held").set(status.leases as f64);
    metrics::gauge!("sophon_events_missing").set(status.missing_events as f64);
    let Some(backplane) = status.backplane else { return };
    metrics::gauge!("sophon_backplane_connected").set(f64::from(u8::from(backplane.is_connected)));
    let counts = [
        ("sophon_backplane_messages_sent_total", backplane.sent),
        ("sophon_backplane_messages_received_total", backplane.received),
        ("sophon_backplane_messages_dropped_total", backplane.dropped),
        ("sophon_backplane_connections_lost_total", backplane.lost),
    ];
    for (name, count) in counts {
        metrics::counter!(name).absolute(count);
    }
}

async fn permit(gateway: &Gateway, headers: &HeaderMap) -> Result<()> {
    let values = |name| headers.get_all(name).iter().map(HeaderValue::as_bytes);
    let named = NamedTenant::in_headers(values(HeaderName::from_static(TENANT_HEADER)));
    let presented = Presented::in_headers(values(header::AUTHORIZATION));
    let identified = gateway.identify(presented, named).await?;
    allow::<System, Read>(identified.optional_user()?).map(drop)
}

/// From the system's own accounting, where it has one of this form.
fn resident_memory() -> Option<usize> {
    const PAGE: usize = 4096;
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    statm.split_whitespace().nth(1)?.parse::<usize>().ok().map(|pages| pages * PAGE)
}
