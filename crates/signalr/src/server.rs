use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use fanout::{Bus, Slot};
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::authenticate::Caller;
use crate::connection::{Connection, Shared};
use crate::hub::Hub;
use crate::ident::{ConnectionId, ConnectionToken};
use crate::link::{Ending, Link, Manner, TransportKind};
use crate::options::Options;
use crate::protocol::Format;
use crate::raw::Serve;
use crate::{endpoint, negotiate, sweep};

/// Under which slots of a bus entry this hub keeps its encodings. Two hubs that send events differently, or any
/// other reader of the bus, need slots of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots {
    /// For the JSON format.
    pub json: Slot,
    /// For the MessagePack format.
    pub messagepack: Slot,
}

impl Slots {
    pub(crate) fn of(self, format: Format) -> Slot {
        match format {
            Format::Json => self.json,
            Format::MessagePack => self.messagepack,
        }
    }
}

impl Default for Slots {
    /// Slots 0 and 1, for a bus that no one else encodes for.
    fn default() -> Self {
        Self { json: Slot(0), messagepack: Slot(1) }
    }
}

/// A connection that exists for the outside: negotiated, or open.
pub(crate) enum Place<H: Hub> {
    Negotiated { at: u64, stateful: bool, early: Option<Box<Early<H>>> },
    Open(Arc<Shared<H>>),
}

/// What was sent to a connection before it was opened, and by whom.
pub(crate) struct Early<H: Hub> {
    pub(crate) caller: Caller<H>,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) struct Registry<H: Hub> {
    pub(crate) places: HashMap<ConnectionId, Place<H>>,
    pub(crate) tokens: HashMap<ConnectionToken, ConnectionId>,
    /// The hub is ending: nothing is negotiated or opened any more.
    pub(crate) closing: bool,
}

pub(crate) struct Server<H: Hub> {
    pub(crate) hub: H,
    pub(crate) bus: Bus<H::Topic, H::Event>,
    pub(crate) slots: Slots,
    pub(crate) options: Options,
    /// Serves connections in the hub's place, without its protocol.
    pub(crate) raw: Option<Serve<Caller<H>>>,
    pub(crate) tasks: TaskTracker,
    pub(crate) registry: Mutex<Registry<H>>,
    pub(crate) counts: Counts,
    began: Instant,
    swept: AtomicBool,
}

/// What has happened since the server began.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) opened: AtomicU64,
    pub(crate) calls: AtomicU64,
    pub(crate) failed_calls: AtomicU64,
}

/// What a hub has and has done, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// WebSockets that are open now.
    pub websockets: usize,
    /// Event streams that are open now.
    pub server_sent_events: usize,
    /// Long-polling connections that are open now.
    pub long_polling: usize,
    /// Connections that are negotiated and not open yet.
    pub negotiated: usize,
    /// Connections opened since the server began.
    pub opened: u64,
    /// Calls of hub methods since then; those of unknown methods are not counted.
    pub calls: u64,
    /// Those of them that failed.
    pub failed_calls: u64,
}

impl Figures {
    /// All that are open now.
    pub fn open(&self) -> usize {
        self.websockets + self.server_sent_events + self.long_polling
    }
}

/// Why no connection can be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl<H: Hub> Server<H> {
    /// Milliseconds since the server began, never 0.
    pub(crate) fn now(&self) -> u64 {
        self.millis(Instant::now())
    }

    pub(crate) fn millis(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.began).as_millis() as u64 + 1
    }

    /// Makes names for a new connection and keeps a place for it.
    pub(crate) fn add(
        self: &Arc<Self>,
        version: u32,
        stateful: bool,
    ) -> Result<(ConnectionId, ConnectionToken), Full> {
        let id = ConnectionId::random();
        let token = ConnectionToken(if version == 0 { id } else { ConnectionId::random() });
        let mut registry = self.registry.lock();
        if registry.closing || registry.places.len() >= self.options.max_connections {
            return Err(Full);
        }
        registry.places.insert(id, Place::Negotiated { at: self.now(), stateful, early: None });
        registry.tokens.insert(token, id);
        drop(registry);
        if !self.swept.swap(true, Ordering::Relaxed) {
            tokio::spawn(sweep::run(Arc::downgrade(self), self.options.sweep_interval));
        }
        Ok((id, token))
    }

    /// Takes an ended connection out.
    pub(crate) fn forget(&self, link: &Link) {
        let mut registry = self.registry.lock();
        registry.places.remove(&link.id);
        registry.tokens.remove(&link.token);
    }

    fn open_connections(&self) -> Vec<Connection<H>> {
        let registry = self.registry.lock();
        let open = registry.places.values().filter_map(|place| match place {
            Place::Open(shared) if !shared.link.ended.is_cancelled() => {
                Some(Connection { shared: shared.clone(), slot: None })
            }
            Place::Open(_) | Place::Negotiated { .. } => None,
        });
        open.collect()
    }
}

/// A hub at work: it has the connections and gives the routes. Clones are handles of the same one.
pub struct HubServer<H: Hub> {
    server: Arc<Server<H>>,
}

impl<H: Hub> Clone for HubServer<H> {
    fn clone(&self) -> Self {
        Self { server: self.server.clone() }
    }
}

impl<H: Hub> HubServer<H> {
    /// A server for `hub`, whose connections follow topics of `bus`. The bus stays the caller's: it publishes,
    /// shares it with other hubs (each with [`Slots`] of its own) and calls [`Bus::sweep`] at a steady pace.
    pub fn new(hub: H, bus: Bus<H::Topic, H::Event>, slots: Slots, options: Options) -> Self {
        Self::with(hub, bus, slots, options, None)
    }

    pub(crate) fn with(
        hub: H,
        bus: Bus<H::Topic, H::Event>,
        slots: Slots,
        options: Options,
        raw: Option<Serve<Caller<H>>>,
    ) -> Self {
        let registry = Registry { places: HashMap::new(), tokens: HashMap::new(), closing: false };
        let server = Server {
            hub,
            bus,
            slots,
            options,
            raw,
            tasks: TaskTracker::new(),
            registry: Mutex::new(registry),
            counts: Counts::default(),
            began: Instant::now(),
            swept: AtomicBool::new(false),
        };
        Self { server: Arc::new(server) }
    }

    /// The routes `path` and `path/negotiate`.
    pub fn router<S: Clone + Send + Sync + 'static>(&self, path: &str) -> Router<S> {
        Router::new()
            .route(path, any(endpoint::serve::<H>))
            .route(&format!("{}/negotiate", path.trim_end_matches('/')), any(negotiate::serve::<H>))
            .with_state(self.server.clone())
    }

    /// The hub.
    pub fn hub(&self) -> &H {
        &self.server.hub
    }

    /// The bus that the connections follow.
    pub fn bus(&self) -> &Bus<H::Topic, H::Event> {
        &self.server.bus
    }

    /// The open connection of this id.
    pub fn connection(&self, id: ConnectionId) -> Option<Connection<H>> {
        match self.server.registry.lock().places.get(&id)? {
            Place::Open(shared) => Some(Connection { shared: shared.clone(), slot: None }),
            Place::Negotiated { .. } => None,
        }
    }

    /// All open connections.
    pub fn connections(&self) -> Vec<Connection<H>> {
        self.server.open_connections()
    }

    /// How many connections are open.
    pub fn connection_count(&self) -> usize {
        self.figures().open()
    }

    /// What the hub has and has done.
    pub fn figures(&self) -> Figures {
        let counts = &self.server.counts;
        let mut figures = Figures {
            opened: counts.opened.load(Ordering::Relaxed),
            calls: counts.calls.load(Ordering::Relaxed),
            failed_calls: counts.failed_calls.load(Ordering::Relaxed),
            ..Figures::default()
        };
        for place in self.server.registry.lock().places.values() {
            match place {
                Place::Negotiated { .. } => figures.negotiated += 1,
                Place::Open(shared) if shared.link.ended.is_cancelled() => {}
                Place::Open(shared) => match shared.link.transport {
                    TransportKind::WebSockets => figures.websockets += 1,
                    TransportKind::ServerSentEvents => figures.server_sent_events += 1,
                    TransportKind::LongPolling => figures.long_polling += 1,
                },
            }
        }
        figures
    }

    /// Closes the connections whose caller `matches`, with `reason` in their Close message, and says how many.
    /// For sessions that were revoked, users that were removed and the like.
    pub fn close_where(
        &self,
        matches: impl Fn(&Caller<H>) -> bool,
        reason: Option<&str>,
        allow_reconnect: bool,
    ) -> usize {
        let chosen: Vec<_> =
            self.server.open_connections().into_iter().filter(|open| matches(open.caller())).collect();
        for connection in &chosen {
            connection.close(reason, allow_reconnect);
        }
        chosen.len()
    }

    /// Ends the hub: new connections are refused with 503, those open are closed with `reason` and informed that
    /// they may come back. Returns when all tasks of the hub have ended, or `false` after `limit`.
    pub async fn drain(&self, reason: &str, limit: Duration) -> bool {
        self.server.registry.lock().closing = true;
        for connection in self.server.open_connections() {
            let error = Some(reason.to_owned());
            connection.link().end(Ending { error, allow_reconnect: true, manner: Manner::Flush });
        }
        self.server.tasks.close();
        tokio::time::timeout(limit, self.server.tasks.wait()).await.is_ok()
    }
}
