//! From a configuration to a gateway that serves, and back to nothing.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use sophon_core::audit::key_of;
use sophon_core::jobs::Workers;
use sophon_core::lifecycle::Lifecycle;
use sophon_core::{FirstAdministrator, Gateway, Parts, Settings};
use sophon_egress::{Egress, EgressOptions};
use sophon_model::Kind;
use sophon_model::ports::{ModelProvider, Store};
use sophon_providers::OverEgress;
use sophon_realtime::hubs::Hubs;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::StartError;
use crate::config::{Config, in_force};
use crate::data_folder::DataFolder;
use crate::environment::{SystemClock, SystemEntropy, variable};
use crate::http::Front;
use crate::reload::Reloading;
use crate::{
    audit_checkpoints, backplane, files, identity_providers, listener, master_keys, metrics, telemetry,
};

/// What a stateful hub connection may have sent without an acknowledgement, in bytes. Stock clients acknowledge once a
/// second, and an answer may come in a burst.
const STATEFUL_BUFFER: usize = 1024 * 1024;
/// How long a hub connection may take for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long connections may take to close once work has finished.
const SOCKETS_CLOSE: Duration = Duration::from_secs(5);
/// How long work that runs may take to finish once the gateway drains.
const WORK_FINISHES: Duration = Duration::from_secs(20);
/// How often it is looked whether storage is sound.
const STORAGE_WATCHED_EVERY: Duration = Duration::from_millis(200);
/// How often it is looked whether storage is still in use.
const HANDLE_POLL: Duration = Duration::from_millis(5);
/// How long what is left may take to stop.
const STOP: Duration = Duration::from_secs(3);

/// What the command line says; each counts before the configuration.
#[derive(Clone, Debug, Default)]
pub struct ServeArgs {
    /// The address to listen on.
    pub listen: Option<SocketAddr>,
    /// The data folder.
    pub data: Option<PathBuf>,
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// Whether to open the dashboard in a browser.
    pub open: bool,
}

/// Runs a gateway until SIGTERM or SIGINT. Prints `listening on http://ADDR` once it serves.
pub async fn serve(args: ServeArgs) -> Result<(), StartError> {
    let config = Config::load(&args)?;
    let log = telemetry::start(&config.log)?;
    let started = start(&config).await?;
    // Before it is said that the gateway serves: a supervisor that reads it may send one.
    let signals = Signals::listen()?;
    let hangups = signal(SignalKind::hangup())?;
    let (front, read) = (started.front.clone(), in_force(&args)?);
    let reloading = Reloading { args: args.clone(), log, front, config: config.clone(), read };
    let lifecycle = started.gateway.lifecycle.clone();
    lifecycle.spawn(reloading.at_each(hangups, lifecycle.clone()));
    announce(&config, &started);
    if args.open && has_desktop() {
        open_dashboard(started.address);
    }
    signals.until_stop(&lifecycle).await;
    started.stop().await;
    lifecycle.failure().map_or(Ok(()), |reason| Err(StartError::Stopped(reason.to_owned())))
}

/// A gateway that serves.
pub struct Started {
    /// Where.
    pub address: SocketAddr,
    /// Its services.
    pub gateway: Gateway,
    /// Its hubs.
    pub hubs: Hubs,
    /// The file with the password that was generated for the first administrator, while it is there.
    pub first_password: Option<PathBuf>,
    /// The guards of the listener.
    front: Front,
    /// Ends the listener.
    closing: CancellationToken,
    store: Arc<dyn Store>,
}

/// Starts a gateway in this process. The log is not started: that is for who owns the process.
pub async fn start(config: &Config) -> Result<Started, StartError> {
    config.check()?;
    metrics::start();
    sophon_egress::install_crypto();
    let lifecycle = Lifecycle::default();
    // First, so that a port which is taken leaves nothing behind.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|cause| StartError::Listen { address: config.listen, cause })?;
    let folder = DataFolder::open(config.data_folder()?)?;
    let store = open_store(config, &folder).await?;
    let name = machine_and_port(listener.local_addr()?);
    let gateway = open_gateway(config, &folder, store.clone(), (name, lifecycle.clone())).await?;
    let first_password = match &gateway.generated_password {
        Some((_, password)) => Some(folder.keep_first_password(password)?),
        None => folder.first_password(),
    };
    let hub_options = signalr::Options {
        stateful_reconnect: true,
        stateful_buffer_bytes: STATEFUL_BUFFER,
        handshake_timeout: HANDSHAKE,
        // In plain words, without the names of types.
        argument_errors: true,
        ..signalr::Options::default()
    };
    let hubs = Hubs::new(&gateway, &hub_options, config.hubs.session_events);

    let address = listener.local_addr()?;
    let front = Front::new(config, &gateway, &hubs, address);
    lifecycle.spawn_critical("watch over rights", hubs.clone().watch_rights(gateway.clone()));
    let watching = watch_storage(Arc::downgrade(&store), lifecycle.clone());
    lifecycle.spawn_critical("watch over storage", watching);
    let closing = CancellationToken::new();
    let accepting = listener::serve(
        listener,
        front.router(),
        lifecycle.clone(),
        closing.clone(),
        config.http.connection_limits(),
    );
    lifecycle.spawn_critical("listener", accepting);
    Ok(Started { address, gateway, hubs, first_password, front, closing, store })
}

impl Started {
    /// Drains and stops: no new work is taken, what runs may finish and is followed to its end, then sockets are closed
    /// with a reason, and storage is closed when this returns.
    pub async fn stop(self) {
        let Self { gateway, hubs, front, closing, store, .. } = self;
        let lifecycle = gateway.lifecycle.clone();
        tracing::info!("draining: no new work is taken");
        lifecycle.drain();
        tokio::select! {
            () = async {
                if tokio::time::timeout(WORK_FINISHES, gateway.running.idle()).await.is_err() {
                    tracing::warn!("some work did not finish in time; it is taken up at the next start");
                }
                lifecycle.release_followers();
                hubs.drain(SOCKETS_CLOSE).await;
                closing.cancel();
                lifecycle.finished(STOP).await;
            } => {}
            () = lifecycle.stopped() => {}
        }
        closing.cancel();
        lifecycle.stop();
        lifecycle.finished(STOP).await;
        drop((gateway, hubs, front));
        close(store).await;
        tracing::info!("stopped");
    }
}

/// Ends the process when nothing can be stored any more: what runs cannot come to rest, and a supervisor may start a
/// new one.
async fn watch_storage(store: Weak<dyn Store>, lifecycle: Lifecycle) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(STORAGE_WATCHED_EVERY) => {}
            () = lifecycle.draining() => return,
        }
        let Some(broken) = store.upgrade().map(|store| store.broken()) else { return };
        if let Some(why) = broken {
            lifecycle.fail(format!("nothing can be stored any more: {why}"));
            return lifecycle.stop();
        }
    }
}

/// Closes storage once the tasks that still had it are gone.
async fn close(store: Arc<dyn Store>) {
    let alone = async {
        while Arc::strong_count(&store) > 1 {
            tokio::time::sleep(HANDLE_POLL).await;
        }
    };
    if tokio::time::timeout(STOP, alone).await.is_err() {
        tracing::warn!("storage is still in use and is closed by the end of the process");
        return;
    }
    // Dropping the last handle finishes what waits, and blocks while it does.
    if let Err(error) = tokio::task::spawn_blocking(move || drop(store)).await {
        tracing::error!(%error, "storage was not closed in good order");
    }
}

/// What a gateway is called among others.
fn machine_and_port(address: SocketAddr) -> String {
    format!("{}:{}", rustix::system::uname().nodename().to_string_lossy(), address.port())
}

async fn open_store(config: &Config, folder: &DataFolder) -> Result<Arc<dyn Store>, StartError> {
    let url = config.database.url.clone().unwrap_or_else(|| folder.sqlite_url());
    let options = config.database.options();
    let opened = tokio::task::spawn_blocking(move || sophon_store::open(&url, &options));
    let opened = opened.await.map_err(sophon_model::Error::internal)?;
    Ok(opened?)
}

async fn open_gateway(
    config: &Config,
    folder: &DataFolder,
    store: Arc<dyn Store>,
    (name, lifecycle): (String, Lifecycle),
) -> Result<Gateway, StartError> {
    let egress = Egress::new(EgressOptions::from(&config.egress))
        .map_err(|error| StartError::Egress(error.to_string()))?;
    let providers: Vec<Arc<dyn ModelProvider>> = config
        .providers
        .iter()
        .map(|configured| sophon_providers::build(configured, &egress))
        .collect::<Result<_, _>>()?;
    let entropy = Arc::new(SystemEntropy);
    let signing_key = folder.signing_key(&*entropy)?;
    let audit_key = folder.audit_key(&*entropy)?;
    let settings = Settings {
        name,
        signing_key,
        audit_key,
        auto_admin: config.auth.auto_admin,
        rates: config.rate_limits.into(),
        sign_ins: config.rate_limits.into(),
        first_administrator: FirstAdministrator {
            email: variable("SOPHON_ADMIN_EMAIL"),
            password: variable("SOPHON_ADMIN_PASSWORD"),
        },
        workers: Workers {
            turns: config.agents.workers.count(),
            turns_per_user: config.agents.workers_per_user.count(),
            lease: config.agents.lease(),
            ..Workers::default()
        },
        turn: config.agents.into(),
        retention: config.retention.into(),
        quotas: config.files.quotas(),
        buffer: config.hubs.buffer.count(),
        connections: config.hubs.into(),
    };
    let parts = Parts {
        store,
        clock: Arc::new(SystemClock),
        entropy,
        master_keys: master_keys::open(&config.secrets, folder)?,
        audit_checkpoints: audit_checkpoints::open(&config.audit, folder, &key_of(&audit_key))?,
        blobs: files::open(&config.files, folder, &egress, &SystemClock)?,
        fetch: Arc::new(egress.for_tools()),
        providers,
        provider_factory: Arc::new(OverEgress::new(egress.clone(), config.listen.port())),
        identity_providers: identity_providers::open(config, &egress)?,
        backplane: backplane::open(&config.backplane, &signing_key).await?,
        lifecycle,
    };
    Gateway::open(parts, settings).await.map_err(|error| match error.kind() {
        // Nothing else is asked of it in words that it could refuse.
        Kind::ValidationFailed => StartError::AdministratorPassword(error.message().to_owned()),
        _ => error.into(),
    })
}

#[expect(clippy::print_stdout, reason = "scripts and tests wait for this line")]
fn announce(config: &Config, started: &Started) {
    let providers: Vec<&str> = config.providers.iter().map(|provider| provider.id.as_str()).collect();
    if providers.is_empty() {
        tracing::info!("no model provider is configured; the built-in offline agent answers");
    } else {
        tracing::info!(providers = providers.join(", "), "model providers, in order of priority");
    }
    if started.gateway.had_administrator && variable("SOPHON_ADMIN_PASSWORD").is_some() {
        tracing::warn!(
            "SOPHON_ADMIN_PASSWORD is ignored: the data folder has an administrator already, with the password of the \
             first start"
        );
    }
    // An operator who needs no password now finds it in its file later.
    if let Some(file) = started.first_password.as_deref().filter(|_| !config.auth.auto_admin) {
        if let Some((email, password)) = &started.gateway.generated_password {
            println!("The first administrator is {email} with the password {password}");
        }
        println!(
            "The first administrator's password is in {}: delete that file once you keep it elsewhere.",
            file.display()
        );
    }
    println!("listening on http://{}", started.address);
}

/// Opens the dashboard in the person's browser. If that fails, the address is on the screen.
fn open_dashboard(mut address: SocketAddr) {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    if let Err(error) = open::that_detached(format!("http://{address}")) {
        tracing::debug!(%error, "no browser was opened");
    }
}

/// Whether somebody can look at a page on this machine: a server has no display.
fn has_desktop() -> bool {
    cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(|name| variable(name).is_some())
}

/// The signals that end a gateway. From when this is made on, they no longer kill the process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Resolves at the first signal, or when a critical worker has ended. A second signal ends the process at once.
    async fn until_stop(mut self, lifecycle: &Lifecycle) {
        tokio::select! {
            () = self.next() => {}
            () = lifecycle.draining() => return,
        }
        let life = lifecycle.clone();
        tokio::spawn(async move {
            self.next().await;
            tracing::warn!("a second signal: stopping at once");
            life.stop();
        });
    }
}
