//! The gateway: its services, put together.
//!
//! A subject costs two lines here: a field of [`Services`], and the line that opens it. What else it brings it registers
//! by itself, see `registry`.

use std::ops::Deref;
use std::sync::Arc;

use fanout::Limits;
use sophon_model::ports::{
    AuditCheckpoints, Backplane, Blobs, Clock, Entropy, Fetch, MasterKeys, ModelProvider, ProviderFactory,
    Store, Tx,
};
use sophon_model::{Caller, Credential, Error, Result, TenantId, User};
use tokio::sync::Notify;

use crate::agents::Agents;
use crate::announcements::Announcements;
use crate::approvals::Approvals;
use crate::attachments::{Attachments, Quotas};
use crate::audit::{Audit, Digests};
use crate::chat::Chat;
use crate::connections::ConnectionLimits;
use crate::cursors::CursorKey;
use crate::database::{Database, begin_events};
use crate::discussions::Discussions;
use crate::identity::oidc::{ConfiguredProvider, Oidc};
use crate::identity::{Identity, SignInRates, caller, member};
use crate::info_requests::InfoRequests;
use crate::jobs::{Holdings, JOBS_WAIT, Jobs, Runner, Workers};
use crate::lifecycle::Lifecycle;
use crate::live::{EventBus, PendingTexts};
use crate::maintenance::{self, Pruner, Retention};
use crate::memory;
use crate::models::Models;
use crate::nodes::Nodes;
use crate::once;
use crate::peers::{Listener, Peers, Roll, Tail};
use crate::rates::{RateLimits, Rates};
use crate::registry::Registry;
use crate::roles::Roles;
use crate::saved_prompts::SavedPrompts;
use crate::secrets::Secrets;
use crate::sessions::Sessions;
use crate::setup::{Administrator, FirstAdministrator, set_up};
use crate::tasks::{Running, Tasks};
use crate::tenants::Tenants;
use crate::tools::{self, Tools};
use crate::turn::{self, TurnLimits};
use crate::users::Users;

/// What a gateway is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// The keys that all secrets depend on.
    pub master_keys: Arc<dyn MasterKeys>,
    /// Where contents are kept that are too large for the database.
    pub blobs: Arc<dyn Blobs>,
    /// Where checkpoints of the audit log are kept.
    pub audit_checkpoints: Arc<dyn AuditCheckpoints>,
    /// The way out for tools.
    pub fetch: Arc<dyn Fetch>,
    /// The model providers of the configuration, in order of priority.
    pub providers: Vec<Arc<dyn ModelProvider>>,
    /// Opens those that are added later.
    pub provider_factory: Arc<dyn ProviderFactory>,
    /// The identity providers that people sign in at, in the order in which they are shown.
    pub identity_providers: Vec<ConfiguredProvider>,
    /// The way to the other gateways of the deployment; `None` if this one is alone, or to find what they do by looking into
    /// storage.
    pub backplane: Option<Arc<dyn Backplane>>,
    /// The life of the process.
    pub lifecycle: Lifecycle,
}

/// How a gateway behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What this gateway is called among those on the same database: its machine and port.
    pub name: String,
    /// The key that signs access tokens.
    pub signing_key: [u8; 32],
    /// The private key that signs checkpoints of the audit log (Ed25519).
    pub audit_key: [u8; 32],
    /// Whether requests without a credential are the administrator's. Only for a gateway on loopback: the operator
    /// must see to that.
    pub auto_admin: bool,
    /// How often one may ask.
    pub rates: Rates,
    /// How often one may fail to sign in.
    pub sign_ins: SignInRates,
    /// The administrator of a gateway that has no users yet.
    pub first_administrator: FirstAdministrator,
    /// Jobs that are worked on at a time.
    pub workers: Workers,
    /// What a turn may consume.
    pub turn: TurnLimits,
    /// How long what has ended is kept.
    pub retention: Retention,
    /// How much people may attach to messages.
    pub quotas: Quotas,
    /// Unread events after which a slow connection is closed.
    pub buffer: usize,
    /// Connections that follow events, of one caller.
    pub connections: ConnectionLimits,
}

/// What all subjects of a gateway share.
pub(crate) struct Shared {
    /// Storage, the bus, time and chance.
    pub(crate) db: Database,
    /// What is being written.
    pub(crate) pending: PendingTexts,
    /// What runs here.
    pub(crate) running: Arc<Running>,
    /// The jobs that this process holds.
    pub(crate) holdings: Holdings,
    /// The life of the process.
    pub(crate) lifecycle: Lifecycle,
    /// The models that can be asked for.
    pub(crate) models: Models,
    /// The tools, once all subjects are open.
    pub(crate) tools: Tools,
    /// How the gateway behaves.
    pub(crate) settings: Settings,
}

/// The gateway: its services. Cloning makes another handle, and every connection has one.
#[derive(Clone)]
pub struct Gateway(Arc<Services>);

impl Deref for Gateway {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

/// What a gateway does, by subject.
pub struct Services {
    /// Accounts, sign-ins and tokens.
    pub identity: Identity,
    /// Signing in at identity providers.
    pub oidc: Oidc,
    /// The users of a tenant, for administrators.
    pub users: Users,
    /// The roles of a tenant.
    pub roles: Roles,
    /// How often one may ask.
    pub rates: Arc<RateLimits>,
    /// How many connections that follow events one caller may have.
    pub connections: ConnectionLimits,
    /// Signs the cursors of lists.
    pub cursors: CursorKey,
    /// Agents.
    pub agents: Agents,
    /// Prompts that people keep.
    pub saved_prompts: SavedPrompts,
    /// Announcements.
    pub announcements: Announcements,
    /// Sending messages.
    pub chat: Chat,
    /// Sessions and their messages.
    pub sessions: Sessions,
    /// The ledger of work.
    pub tasks: Tasks,
    /// The queue of jobs.
    pub jobs: Jobs,
    /// The tool catalogue.
    pub tools: Tools,
    /// What agents want to do and must ask for.
    pub approvals: Approvals,
    /// What agents want to know.
    pub info_requests: InfoRequests,
    /// Discussions and their runs.
    pub discussions: Discussions,
    /// The models that can be asked for.
    pub models: Models,
    /// Machines that run commands.
    pub nodes: Nodes,
    /// Files that go with messages.
    pub attachments: Attachments,
    /// The tenants of the deployment.
    pub tenants: Arc<Tenants>,
    /// Who did what.
    pub audit: Audit,
    /// Secrets that are kept sealed.
    pub secrets: Secrets,
    /// Storage and the bus.
    pub db: Database,
    /// What is being written.
    pub pending: PendingTexts,
    /// The life of the process.
    pub lifecycle: Lifecycle,
    /// What runs here.
    pub running: Arc<Running>,
    /// This gateway among those on the same database.
    pub roll: Roll,
    /// Whether there was an administrator before this start, so that what is asked for a first one does not count.
    pub had_administrator: bool,
    /// The administrator's password, if it was generated at this start: to be shown once.
    pub generated_password: Option<(String, String)>,
}

impl Gateway {
    /// Makes what a fresh gateway needs, takes over the work that a stopped one left, and starts the workers.
    pub async fn open(parts: Parts, settings: Settings) -> Result<Self> {
        Self::open_with(parts, settings, |_, _| {}).await
    }

    /// The same, with what `others` registers beside the subjects that every gateway has.
    pub(crate) async fn open_with(
        parts: Parts,
        settings: Settings,
        others: impl FnOnce(&Shared, &mut Registry),
    ) -> Result<Self> {
        let Parts {
            store,
            clock,
            entropy,
            master_keys,
            blobs,
            audit_checkpoints,
            fetch,
            providers,
            provider_factory,
            identity_providers,
            backplane,
            lifecycle,
        } = parts;
        let above = begin_events(&*store, clock.now()).await?;
        let limits = Limits { max_behind: settings.buffer, ..Limits::default() };
        let bus =
            if store.is_exclusive() { EventBus::new(limits, above) } else { EventBus::shared(limits, above) };
        let db = Database::new(
            store,
            bus,
            Peers::new(backplane),
            clock,
            entropy,
            Digests::new(&settings.audit_key),
        );
        let administrator = set_up(&db, settings.first_administrator.clone()).await?;
        let home = main_tenant(&db).await?;
        let secrets = Secrets::open(db.clone(), master_keys, lifecycle.clone()).await?;
        secrets.prepare(&home).await?;
        take_over(&db).await?;
        let Administrator { user, is_old: had_administrator, generated_password } = administrator;
        let generated_password = generated_password.map(|password| (user.email.clone(), password));
        let auto_admin = auto_admin(&db, &settings, &home, user).await?;
        let providers = (provider_factory, providers);
        let models = Models::open(db.clone(), secrets.clone(), providers, lifecycle.clone()).await?;
        let shared = Shared {
            pending: PendingTexts::new(db.clone()),
            running: Arc::new(Running::new(db.peers().clone())),
            holdings: Holdings::default(),
            models,
            tools: Tools::default(),
            db,
            lifecycle,
            settings,
        };
        let mut registry = Registry::default();
        shared.running.register(&mut registry);
        shared.pending.register(&mut registry);
        shared.models.register(&mut registry);
        tools::register(&mut registry, &shared.db, fetch);
        memory::register(&mut registry, &shared.db);
        once::register(&mut registry);
        maintenance::register(&mut registry);
        let audit = Audit::open(&shared, &mut registry, home.clone(), audit_checkpoints);
        audit.started().await?;
        let for_identity = (secrets.clone(), home);
        let identity = Identity::open(&shared, &mut registry, audit.clone(), for_identity, auto_admin)?;
        let for_administrators = Arc::new(identity.clone());
        let oidc = Oidc::open(&shared, for_administrators.clone(), identity_providers).await?;
        let users = Users::open(&shared, for_administrators.clone());
        let nodes = Nodes::open(&shared, &mut registry, audit.clone());
        let for_tenants = (for_administrators.clone(), users.clone());
        let tenants = Tenants::open(&shared, &mut registry, for_tenants, secrets.clone(), nodes.clone());
        let services = Services {
            tenants: Arc::new(tenants),
            oidc,
            users,
            roles: Roles::open(&shared, for_administrators),
            identity,
            rates: Arc::new(RateLimits::open(&shared, &mut registry)),
            connections: shared.settings.connections,
            cursors: CursorKey::new(&shared.settings.signing_key),
            agents: Agents::open(&shared),
            saved_prompts: SavedPrompts::open(&shared),
            announcements: Announcements::open(&shared),
            chat: Chat::open(&shared),
            sessions: Sessions::open(&shared, &mut registry),
            tasks: Tasks::open(&shared),
            jobs: Jobs::open(&shared, &mut registry),
            nodes,
            approvals: Approvals::open(&shared, &mut registry),
            info_requests: InfoRequests::open(&shared, &mut registry),
            discussions: Discussions::open(&shared, &mut registry),
            attachments: Attachments::open(&shared, &mut registry, blobs),
            audit,
            secrets,
            had_administrator,
            generated_password,
            tools: shared.tools.clone(),
            models: shared.models.clone(),
            db: shared.db.clone(),
            pending: shared.pending.clone(),
            lifecycle: shared.lifecycle.clone(),
            running: shared.running.clone(),
            roll: Roll::open(&shared, &mut registry),
        };
        turn::register(&shared, &services.attachments, &mut registry);
        others(&shared, &mut registry);
        start(shared, registry, services.roll.clone());
        Ok(Self(Arc::new(services)))
    }
}

/// The caller of requests without a credential.
async fn auto_admin(
    db: &Database,
    settings: &Settings,
    home: &TenantId,
    administrator: User,
) -> Result<Option<Caller>> {
    if !settings.auto_admin {
        return Ok(None);
    }
    let (now, home) = (db.now(), home.clone());
    db.read(move |tx| {
        let missing = || Error::internal("the administrator is no member of the main tenant");
        let found = member(tx, &home, &administrator.id)?.ok_or_else(missing)?;
        caller(tx, found, Credential::AutoAdmin, now).map(Some)
    })
    .await
}

/// The tenant that runs the deployment.
async fn main_tenant(db: &Database) -> Result<TenantId> {
    let main = db.read(|tx: &dyn Tx| tx.main_tenant()).await?;
    Ok(main.ok_or_else(|| Error::internal("there is no main tenant"))?.id)
}

/// Hands what was registered to those that call it, and starts the workers.
fn start(shared: Shared, registry: Registry, roll: Roll) {
    let Registry { mut handlers, task_end_hooks, tools, retention, mut notices } = registry;
    shared.tools.set(tools);
    shared.db.set_task_end_hooks(task_end_hooks);
    handlers.register_chore(Pruner { retention });
    let lifecycle = shared.lifecycle.clone();
    let (db, pending) = (shared.db.clone(), shared.pending.clone());
    if !db.is_exclusive() {
        let rung = db.clone();
        notices.insert(JOBS_WAIT, Box::new(move |_| rung.ring_jobs()));
        let look_now = Arc::<Notify>::default();
        let (life, look) = (lifecycle.clone(), look_now.clone());
        let tail = Tail { db: db.clone(), pending: pending.clone(), lifecycle: life, look_now: look };
        lifecycle.spawn_critical("reader of other gateways' events", tail.run());
        let listener = Listener { db, pending, notices, lifecycle: lifecycle.clone(), look_now };
        lifecycle.spawn_critical("listener to other gateways", listener.run());
        lifecycle.spawn(roll.keep());
    }
    lifecycle.spawn_critical("sweep over logs", maintenance::sweep(shared.db.clone(), lifecycle.clone()));
    lifecycle.spawn_critical("job runner", Runner::new(shared, handlers).run());
}

/// Takes over what another process has left: all of it, if the storage is this process's alone.
async fn take_over(db: &Database) -> Result<()> {
    let is_exclusive = db.is_exclusive();
    let interrupted = db.write(move |unit| {
        maintenance::schedule_in(unit)?;
        let now = unit.now();
        if is_exclusive { unit.tx.requeue_running_jobs(now) } else { Ok(0) }
    });
    let interrupted = interrupted.await?;
    if interrupted > 0 {
        tracing::info!(jobs = interrupted, "taking up the work that was interrupted");
    }
    Ok(())
}
