//! The gateway: its services, put together.

use std::sync::Arc;

use fanout::Limits;
use sophon_model::ports::{Clock, Entropy, Fetch, MasterKeys, ModelProvider, Store};
use sophon_model::{Approval, Credential, InfoRequest, Result};

use crate::agents::Agents;
use crate::announcements::Announcements;
use crate::approvals::Approvals;
use crate::chat::Chat;
use crate::database::{Database, begin_events};
use crate::discussions::{DiscussionRunner, Discussions, RunsEnd};
use crate::identity::{Identity, SignInRates, caller};
use crate::info_requests::InfoRequests;
use crate::jobs::{Handlers, Jobs, Runner, Wiring, Workers};
use crate::lifecycle::Lifecycle;
use crate::live::{EventBus, PendingTexts};
use crate::maintenance::{self, Pruner, Retention};
use crate::models::Models;
use crate::nodes::{CommandsEnd, Nodes};
use crate::prompts::{Expire, PromptsEnd};
use crate::rates::{RateLimits, Rates};
use crate::secrets::Secrets;
use crate::sessions::Sessions;
use crate::setup::{FirstAdministrator, set_up};
use crate::tasks::{Running, Tasks};
use crate::tools::{ToolDeps, Tools};
use crate::turn::{TurnLimits, Turns, TurnsEnd};

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
    /// The way out for tools.
    pub fetch: Arc<dyn Fetch>,
    /// The model providers, in order of priority.
    pub providers: Vec<Arc<dyn ModelProvider>>,
    /// The life of the process.
    pub lifecycle: Lifecycle,
}

/// How a gateway behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The key that signs access tokens.
    pub signing_key: [u8; 32],
    /// Whether requests without a credential are the administrator's. Only for a gateway on loopback: that is for
    /// whoever sets this to see to.
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
    /// Unread events after which a slow connection is closed.
    pub buffer: usize,
}

/// The services. Cloning makes another handle.
#[derive(Clone)]
pub struct Gateway {
    /// Who is who.
    pub identity: Identity,
    /// How often one may ask.
    pub rates: Arc<RateLimits>,
    /// Agents.
    pub agents: Agents,
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
    /// Machines that do what they are told.
    pub nodes: Nodes,
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
    /// The administrator's password, if it was generated at this start: to be shown once.
    pub generated_password: Option<(String, String)>,
}

impl Gateway {
    /// Makes what a fresh gateway needs, takes over the work that a stopped one left, and starts the workers.
    pub async fn open(parts: Parts, settings: Settings) -> Result<Self> {
        let Parts { store, clock, entropy, master_keys, fetch, providers, lifecycle } = parts;
        let above = begin_events(&*store, clock.now()).await?;
        let bus = EventBus::new(Limits { max_behind: settings.buffer, ..Limits::default() }, above);
        let db = Database::new(store, bus.clone(), clock, entropy);
        let administrator = set_up(&db, settings.first_administrator).await?;
        let secrets = Secrets::open(db.clone(), master_keys, lifecycle.clone()).await?;
        secrets.prepare(&administrator.user.tenant_id).await?;
        take_over(&db).await?;
        let running = Arc::new(Running::default());
        let pending = PendingTexts::new(bus);
        let nodes = Nodes::new(db.clone(), lifecycle.clone());
        let info_requests = InfoRequests::new(db.clone(), settings.turn.answer_within);
        let models = Models::new(providers);
        let runner = DiscussionRunner { db: db.clone(), models: models.clone(), running: running.clone() };
        let tools = Tools::new(ToolDeps {
            db: &db,
            fetch,
            info_requests: &info_requests,
            runner: &runner,
            nodes: &nodes,
        });
        let approvals = Approvals::new(db.clone(), tools.clone());
        let email = administrator.user.email.clone();
        let auto_admin = if settings.auto_admin {
            Some(db.read(|tx| caller(tx, administrator.user, Credential::AutoAdmin)).await?)
        } else {
            None
        };
        let turns = Turns {
            pending: pending.clone(),
            models: models.clone(),
            tools: tools.clone(),
            limits: settings.turn,
        };
        let mut handlers = Handlers::default();
        handlers.register(turns);
        handlers.register(runner.clone());
        handlers.register_chore(Expire::<Approval>::default());
        handlers.register_chore(Expire::<InfoRequest>::default());
        handlers.register_chore(Pruner { retention: settings.retention });
        nodes.register_jobs(&mut handlers);
        db.set_task_end_hooks(vec![
            Box::new(CommandsEnd),
            Box::new(PromptsEnd),
            Box::new(RunsEnd),
            Box::new(TurnsEnd),
        ]);
        let (workers, running_here) = (settings.workers, running.clone());
        let wiring =
            Wiring { db: db.clone(), handlers, running: running_here, lifecycle: lifecycle.clone(), workers };
        lifecycle.spawn_critical("job runner", Runner::new(wiring).run());
        let sweeping = maintenance::sweep(db.clone(), lifecycle.clone());
        lifecycle.spawn_critical("sweep over logs", sweeping);
        Ok(Self {
            identity: Identity::new(db.clone(), &settings.signing_key, settings.sign_ins, auto_admin)?,
            rates: Arc::new(RateLimits::new(&db, &settings.rates)),
            agents: Agents::new(db.clone()),
            announcements: Announcements::new(db.clone()),
            chat: Chat::new(db.clone()),
            sessions: Sessions::new(db.clone(), pending.clone(), running.clone()),
            tasks: Tasks::new(db.clone(), running.clone()),
            jobs: Jobs::new(db.clone()),
            tools,
            approvals,
            info_requests,
            discussions: Discussions::new(runner),
            models,
            nodes,
            secrets,
            generated_password: administrator.generated_password.map(|password| (email, password)),
            db,
            pending,
            lifecycle,
            running,
        })
    }
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
