//! Clients of which some stop reading for good: how they end, and whether the others notice. The server and
//! its clients share a process; a stopped client touches its socket no more, as if its process had got SIGSTOP.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use http::request::Parts;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use signalr::{
    Authenticate, Broadcast, Bus, Call, Connection, Hub, HubError, HubServer, Limits, Method, Options,
    Rejection, Reply, Slots, Start, TransportKind,
};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::client::{Client, Failure};

/// How long anything may take before the run is given up.
const LIMIT: Duration = Duration::from_secs(20);
/// A stopped connection has to be closed in this time, or else by this many events: 100 unread ones, the next, and
/// those that went into the buffers of the system and of the HTTP server, or came while the server was at it.
const PATIENCE: Duration = Duration::from_secs(5);
const PATIENCE_EVENTS: u64 = 400;
/// Events published before the publisher waits until all who read have them: fewer than a reader may be behind.
const BURST: u64 = 20;
/// What the HTTP server reads and writes at a time, in bytes.
const HTTP_BUFFER_BYTES: usize = 16 * 1024;
/// Bytes of an event's argument.
const EVENT_BYTES: usize = 4 * 1024;

/// What to try.
pub struct Plan {
    /// How all of them are connected.
    pub transport: TransportKind,
    /// All connections.
    pub connections: usize,
    /// How many of them stop.
    pub stopped: usize,
}

/// What happened.
pub struct Outcome {
    /// Events published.
    pub published: u64,
    /// Readers that got each event once and in order.
    pub whole: usize,
    /// Stopped ones that the server closed in time.
    pub closed: usize,
    /// Stopped ones that found the reason when they read again, right after they were closed.
    pub told: usize,
    /// The longest time from the stop until the server closed one.
    pub longest: Duration,
    /// The most events that were published between the stop and the close of one.
    pub most_events: u64,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { published, whole, closed, told, longest, most_events } = self;
        write!(
            f,
            "{published} events, {whole} readers missed none; {closed} closed, the last after {longest:.1?} and \
             {most_events} events, {told} of them told why"
        )
    }
}

/// When the server closed a connection, and how much was published by then.
#[derive(Clone, Copy)]
struct Closed {
    at: Instant,
    published: u64,
}

type Closings = watch::Sender<BTreeMap<usize, Closed>>;

/// Clients sign in with their number.
struct Numbered;

impl Authenticate for Numbered {
    type Caller = usize;

    async fn authenticate(&self, _request: &Parts, token: Option<&str>) -> Result<usize, Rejection> {
        token.and_then(|token| token.parse().ok()).ok_or(Rejection::Unauthorized)
    }
}

struct Watched {
    bus: Bus<String, Broadcast>,
    closings: Arc<Closings>,
}

impl Hub for Watched {
    type Auth = Numbered;
    type Topic = String;
    type Event = Broadcast;

    fn auth(&self) -> &Numbered {
        &Numbered
    }

    fn project<'a>(&'a self, _seq: u64, event: &'a Broadcast) -> Option<signalr::Invocation<'a>> {
        Some(event.invocation())
    }

    fn methods(&self) -> &'static [Method] {
        &[]
    }

    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        connection.follow(&topic(), Start::Now);
        Ok(())
    }

    async fn invoke(&self, _connection: &Connection<Self>, _call: Call) -> Result<Reply, HubError> {
        Err(HubError::UnknownMethod)
    }

    async fn disconnected(&self, connection: &Connection<Self>) {
        let closed = Closed { at: Instant::now(), published: self.bus.last_seq() };
        self.closings.send_modify(|closings| {
            closings.insert(*connection.caller(), closed);
        });
    }
}

fn topic() -> String {
    "all".to_owned()
}

/// Opens the connections, stops some of them, and publishes until the server has closed these.
pub async fn run(plan: &Plan) -> Result<Outcome, Failure> {
    let bus = Bus::new(Limits::default(), 0);
    let closings = Arc::new(watch::Sender::new(BTreeMap::new()));
    let watched = Watched { bus: bus.clone(), closings: closings.clone() };
    let hub = HubServer::new(watched, bus, Slots::default(), Options::default());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let serving = tokio::spawn(serve(listener, hub.router("/hub")));

    let heard = Arc::new(Semaphore::new(0));
    let (mut readers, mut stopping) = (JoinSet::new(), JoinSet::new());
    for number in 0..plan.connections {
        let client = Client::connect(address, plan.transport, number).await?;
        if number < plan.stopped {
            stopping.spawn(stop(client, number, heard.clone(), closings.subscribe()));
        } else {
            readers.spawn(read(client, heard.clone()));
        }
    }
    // `connected` is asked beside the handshake's answer.
    while hub.bus().topics() == 0 || following(&hub) < plan.connections {
        tokio::task::yield_now().await;
    }
    let measured = measure(plan, &hub, &heard, &closings).await;
    let told = async {
        let ended = stopping.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok::<_, Failure>(ended.into_iter().filter(|told| *told).count())
    };
    let told = match measured {
        Ok(_) => timeout(LIMIT, told).await??,
        Err(_) => 0,
    };
    let whole = readers.len() - std::iter::from_fn(|| readers.try_join_next()).count();
    serving.abort();
    Ok(Outcome { whole, told, ..measured? })
}

/// As `axum::serve` does, but with a smaller buffer: what hyper takes ahead for an event stream is not seen as unread.
async fn serve(listener: TcpListener, router: Router) {
    while let Ok((socket, _)) = listener.accept().await {
        if signalr::prepare(&socket).is_err() {
            continue;
        }
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .max_buf_size(HTTP_BUFFER_BYTES)
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades();
        tokio::spawn(async move { drop(connection.await) });
    }
}

fn following(hub: &HubServer<Watched>) -> usize {
    hub.connections().iter().filter(|connection| !connection.followed().is_empty()).count()
}

/// Publishes in bursts; each reader has to have one before the next begins.
async fn measure(
    plan: &Plan,
    hub: &HubServer<Watched>,
    heard: &Semaphore,
    closings: &Closings,
) -> Result<Outcome, Failure> {
    let readers = plan.connections - plan.stopped;
    let filler: Arc<str> = "x".repeat(EVENT_BYTES).into();
    let burst = async |all: usize| {
        for _ in 0..BURST {
            let number = hub.bus().last_seq() + 1;
            let event = Broadcast::new("Event").arg(number).arg(filler.to_string());
            hub.bus().publish(&[topic()], event);
        }
        timeout(LIMIT, heard.acquire_many(all as u32 * BURST as u32)).await??.forget();
        Ok::<_, Failure>(())
    };
    burst(plan.connections).await?;
    let stop = Instant::now();
    let before = hub.bus().last_seq();
    let may_be_open = || stop.elapsed() < PATIENCE || hub.bus().last_seq() - before < PATIENCE_EVENTS;
    while closings.borrow().len() < plan.stopped && may_be_open() {
        burst(readers).await?;
    }
    let closed = closings.borrow().clone();
    Ok(Outcome {
        published: hub.bus().last_seq(),
        whole: readers,
        closed: closed.keys().filter(|number| **number < plan.stopped).count(),
        told: 0,
        longest: closed.values().map(|closed| closed.at - stop).max().unwrap_or_default(),
        most_events: closed.values().map(|closed| closed.published - before).max().unwrap_or_default(),
    })
}

/// Reads for good; ends only when something is missing.
async fn read(mut client: Client, heard: Arc<Semaphore>) {
    let mut expected = 1;
    while let Ok(Some(record)) = client.next().await {
        match record["type"].as_u64() {
            Some(1) if record["arguments"][0] == expected => {
                expected += 1;
                heard.add_permits(1);
            }
            Some(6) => {}
            _ => return,
        }
    }
}

/// Reads the first burst, nothing more until the server has closed the connection, then the rest: is the reason there?
async fn stop(
    mut client: Client,
    number: usize,
    heard: Arc<Semaphore>,
    mut closings: watch::Receiver<BTreeMap<usize, Closed>>,
) -> Result<bool, Failure> {
    for expected in 1..=BURST {
        let record = client.next().await?.ok_or("closed before it stopped")?;
        if record["arguments"][0] != expected {
            return Err(format!("{record} instead of event {expected}").into());
        }
        heard.add_permits(1);
    }
    timeout(LIMIT, closings.wait_for(|closings| closings.contains_key(&number))).await??;
    let mut told = false;
    // A socket that the server has cut may end in an error.
    while let Ok(Some(record)) = timeout(LIMIT, client.next()).await? {
        let reason = record["error"].as_str().unwrap_or_default();
        told |= record["type"] == 7 && reason.contains("could not keep up");
    }
    Ok(told)
}
