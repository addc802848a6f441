//! The connection to NATS: it comes back by itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, ServerAddr, Subscriber};
use async_stream::stream;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use parking_lot::Mutex;
use sophon_model::ports::{Backplane, BackplaneStatus, Heard};
use tokio::sync::Notify;

use crate::frames::{LENGTH, split};
use crate::sending::{Counts, Outgoing, queue};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The time between two attempts to connect: doubled from the first on, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// See [`FIRST_PAUSE`].
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How often the server is asked whether it is there. It is given up when it has not answered twice.
const PING_EVERY: Duration = Duration::from_secs(5);
/// Payloads that may wait to be read; more are dropped by the client, which says so.
const MOST_UNREAD: usize = 8_192;
/// The largest message of a server that does not say what it takes.
const USUAL_LARGEST: usize = 1024 * 1024;

/// Where NATS is.
#[derive(Clone, Debug)]
pub struct NatsOptions {
    /// The servers, `nats://HOST:PORT` or `tls://HOST:PORT`, separated by commas. A name and a password may stand before
    /// the host.
    pub url: String,
    /// A file with the credentials that `nsc` or the operator of NATS made.
    pub credentials: Option<PathBuf>,
    /// A file with the certificates that the server's must go back to, in place of the system's.
    pub root_certificate: Option<PathBuf>,
    /// The subject: the same for all gateways of a deployment, and for nobody else.
    pub subject: String,
}

/// NATS cannot be used as it was configured.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is none.
    #[error("nats_url does not name a NATS server: {0}")]
    Address(String),
    /// The credentials cannot be read.
    #[error("the NATS credentials cannot be read: {0}")]
    Credentials(std::io::Error),
    /// The client refuses what was configured.
    #[error("NATS cannot be used: {0}")]
    Refused(#[from] async_nats::ConnectError),
    /// The client ended at once.
    #[error("the subject cannot be subscribed to: {0}")]
    Subscribe(#[from] async_nats::SubscribeError),
}

/// Messages between gateways, over NATS.
pub struct NatsBackplane {
    client: Client,
    outgoing: Outgoing,
    incoming: Mutex<Option<Subscriber>>,
    counts: Arc<Counts>,
    gap: Arc<Notify>,
}

impl NatsBackplane {
    /// Begins to connect. A server that is not there yet is no error.
    ///
    /// # Errors
    ///
    /// What was configured can never work.
    pub async fn connect(options: NatsOptions) -> Result<Self, ConnectError> {
        let (counts, gap) = (Arc::<Counts>::default(), Arc::<Notify>::default());
        let addresses = addresses(&options.url)?;
        let connecting = client_options(&options, &counts, &gap).await?;
        let client = connecting.connect(addresses).await?;
        let incoming = client.subscribe(options.subject.clone()).await?;
        let (outgoing, sending) = queue(&counts);
        tokio::spawn(sending.run(client.clone(), options.subject));
        Ok(Self { client, outgoing, incoming: Mutex::new(Some(incoming)), counts, gap })
    }
}

fn addresses(url: &str) -> Result<Vec<ServerAddr>, ConnectError> {
    let parse = |url: &str| {
        url.trim().parse().map_err(|error: std::io::Error| ConnectError::Address(error.to_string()))
    };
    url.split(',').map(parse).collect()
}

async fn client_options(
    options: &NatsOptions,
    counts: &Arc<Counts>,
    gap: &Arc<Notify>,
) -> Result<ConnectOptions, ConnectError> {
    let mut connecting = ConnectOptions::new();
    if let Some(file) = &options.credentials {
        connecting = connecting.credentials_file(file).await.map_err(ConnectError::Credentials)?;
    }
    if let Some(file) = &options.root_certificate {
        connecting = connecting.add_root_certificates(file.clone());
    }
    let (counts, gap) = (counts.clone(), gap.clone());
    Ok(connecting
        .name("sophon")
        .no_echo()
        .retry_on_initial_connect()
        .max_reconnects(None)
        .connection_timeout(CONNECT_TIMEOUT)
        .ping_interval(PING_EVERY)
        .subscription_capacity(MOST_UNREAD)
        .reconnect_delay_callback(|attempts| {
            let doubled = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX).min(10);
            (FIRST_PAUSE * 2_u32.pow(doubled)).min(LONGEST_PAUSE)
        })
        .event_callback(move |event| {
            note(&event, &counts, &gap);
            std::future::ready(())
        }))
}

/// Notes what became of the connection.
fn note(event: &Event, counts: &Counts, gap: &Notify) {
    match event {
        Event::Connected => {
            tracing::info!("connected to NATS");
            counts.is_connected.store(true, Ordering::Relaxed);
            gap.notify_one();
        }
        Event::Disconnected | Event::Closed => {
            if counts.is_connected.swap(false, Ordering::Relaxed) {
                counts.lost.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(
                    "NATS is not there: what happens on other gateways is found in the database, later"
                );
            }
        }
        Event::SlowConsumer(_) => {
            tracing::warn!(
                "messages of other gateways came faster than they were read, and some were dropped"
            );
            gap.notify_one();
        }
        Event::ServerError(error) => tracing::warn!(%error, "NATS refuses something"),
        Event::ClientError(error) => tracing::debug!(%error, "NATS cannot be reached"),
        Event::LameDuckMode | Event::Draining => {}
    }
}

impl Backplane for NatsBackplane {
    fn send(&self, message: Bytes) {
        self.outgoing.send(message);
    }

    fn largest(&self) -> usize {
        let most = self.client.server_info().max_payload;
        if most > LENGTH { most - LENGTH } else { USUAL_LARGEST }
    }

    fn status(&self) -> BackplaneStatus {
        let counts = &self.counts;
        BackplaneStatus {
            is_connected: counts.is_connected.load(Ordering::Relaxed),
            sent: counts.sent.load(Ordering::Relaxed),
            received: counts.received.load(Ordering::Relaxed),
            dropped: counts.dropped.load(Ordering::Relaxed),
            lost: counts.lost.load(Ordering::Relaxed),
        }
    }

    fn messages(&self) -> BoxStream<'static, Heard> {
        let Some(mut incoming) = self.incoming.lock().take() else { return stream::empty().boxed() };
        let (counts, gap) = (self.counts.clone(), self.gap.clone());
        stream! {
            loop {
                tokio::select! {
                    () = gap.notified() => yield Heard::Gap,
                    payload = incoming.next() => {
                        let Some(payload) = payload else { return };
                        for message in split(payload.payload) {
                            counts.received.fetch_add(1, Ordering::Relaxed);
                            yield Heard::Message(message);
                        }
                    }
                }
            }
        }
        .boxed()
    }
}
