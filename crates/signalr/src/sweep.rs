//! One task a hub looks over all its connections at a steady pace, instead of a timer each.

use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fanout::Position;
use tokio::time::MissedTickBehavior;

use crate::connection::Shared;
use crate::hub::Hub;
use crate::link::{Direct, Ending, Manner, TransportKind};
use crate::protocol::handshake;
use crate::server::{Place, Server};

/// Runs until the hub is dropped.
pub(crate) async fn run<H: Hub>(server: Weak<Server<H>>, pace: Duration) {
    let mut ticks = tokio::time::interval(pace);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(server) = server.upgrade() else { return };
        sweep(&server);
    }
}

fn sweep<H: Hub>(server: &Server<H>) {
    let now = server.now();
    let patience = server.options.disconnect_timeout.as_millis() as u64;
    let mut registry = server.registry.lock();
    registry.places.retain(|_, place| match place {
        Place::Negotiated { at, .. } => now.saturating_sub(*at) <= patience,
        Place::Open(shared) => {
            look_after(shared, now);
            true
        }
    });
    let crate::server::Registry { places, tokens, .. } = &mut *registry;
    tokens.retain(|_, id| places.contains_key(id));
}

fn look_after<H: Hub>(shared: &Shared<H>, now: u64) {
    let (link, options) = (&shared.link, &shared.server.options);
    let times = &link.times;
    let longer_than = |since: u64, limit: Duration| now.saturating_sub(since) > limit.as_millis() as u64;
    let (writing, sent) = (times.write_began.load(Ordering::Relaxed), times.sent.load(Ordering::Relaxed));
    let paused = times.paused.load(Ordering::Relaxed);
    let silent = || times.pings.load(Ordering::Relaxed) && !paused;
    let polling = link.transport == TransportKind::LongPolling;
    if times.present.load(Ordering::Relaxed) == 0 && (polling || link.handover.is_some()) {
        if longer_than(times.left.load(Ordering::Relaxed), options.disconnect_timeout) {
            times.vanished.store(true, Ordering::Relaxed);
            link.end(Ending::gone());
        }
        return;
    }
    if times.ack_owed.load(Ordering::Relaxed) {
        times.ack_due.store(true, Ordering::Relaxed);
        link.wake.notify_one();
    }
    let reason = if writing > 0 && !polling && longer_than(writing, options.send_timeout) {
        "A write took longer than the server waits for."
    } else if link.format().is_none() {
        if !longer_than(times.opened.load(Ordering::Relaxed), options.handshake_timeout) {
            return;
        }
        handshake::CANCELED
    } else if silent() && longer_than(times.received.load(Ordering::Relaxed), options.client_timeout) {
        "Client hasn't sent a message/ping within the configured ClientTimeoutInterval."
    } else if now >= times.expires.load(Ordering::Relaxed) {
        return link.end(Ending {
            error: Some("Connection closed with an error. The credential has expired.".to_owned()),
            allow_reconnect: true,
            manner: Manner::Flush,
        });
    } else {
        if writing == 0 && longer_than(sent, options.keep_alive) {
            ping(shared, now);
        }
        return;
    };
    let handshaking = link.format().is_none();
    let error =
        if handshaking { reason.to_owned() } else { format!("Connection closed with an error. {reason}") };
    times.vanished.store(true, Ordering::Relaxed);
    link.end(Ending::failed(error, true));
}

/// Long polling keeps itself alive by its polls.
fn ping<H: Hub>(shared: &Shared<H>, now: u64) {
    if let Some(format) = shared.link.format()
        && shared.link.transport != TransportKind::LongPolling
    {
        shared.link.stamp(|times| &times.sent, now);
        let ping = Direct { after: Position::default(), counts: false, bytes: format.ping() };
        // With a full outbox the client will hear from us anyway.
        drop(shared.link.try_queue(ping, shared.server.options.outbox_bytes));
    }
}
