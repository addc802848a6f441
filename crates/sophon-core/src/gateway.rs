//! The gateway: its services, put together.

use std::sync::Arc;

use fanout::Limits;
use sophon_model::ports::{Clock, Entropy, Fetch, ModelProvider, Store};
use sophon_model::{Credential, Result};

use crate::agents::Agents;
use crate::announcements::Announcements;
use crate::approvals::Approvals;
use crate::chat::Chat;
use crate::database::{Database, reserve_sequence};
use crate::discussions::{Discussions, Moderator};
use crate::identity::{Identity, caller};
use crate::info_requests::InfoRequests;
use crate::jobs::{self, Retention};
use crate::lifecycle::Lifecycle;
use crate::live::{self, PendingTexts, SEQUENCE_BLOCK};
use crate::models::Models;
use crate::nodes::Nodes;
use crate::sessions::Sessions;
use crate::setup::{FirstAdministrator, set_up};
use crate::tasks::{Crew, Pool, Running, Tasks};
use crate::tools::{Means, Tools};
use crate::turn::{TurnLimits, Turns};

/// What a gateway is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
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
    /// The administrator of a gateway that has no users yet.
    pub first_administrator: FirstAdministrator,
    /// Turns that run at a time.
    pub workers: usize,
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
        let Parts { store, clock, entropy, fetch, providers, lifecycle } = parts;
        let first = reserve_sequence(&*store, SEQUENCE_BLOCK).await?;
        let limits = Limits { max_behind: settings.buffer, ..Limits::default() };
        let bus = live::bus(limits, first..first + SEQUENCE_BLOCK);
        let db = Database::new(store.clone(), bus.clone(), clock, entropy);
        let administrator = set_up(&db, settings.first_administrator).await?;
        if store.engine() == "sqlite" {
            // The file is ours alone, so whatever runs by its account was interrupted.
            let released = db.write(|unit| {
                let now = unit.now();
                unit.tx.release_leases(now)
            });
            let released = released.await?;
            if released > 0 {
                tracing::info!(tasks = released, "taking up the work that was interrupted");
            }
        }
        let running = Arc::new(Running::default());
        let pending = PendingTexts::new(bus);
        let nodes = Nodes::new(db.clone(), lifecycle.clone());
        let info_requests = InfoRequests::new(db.clone(), settings.turn.answer_within);
        let models = Models::new(providers);
        let moderator = Moderator { db: db.clone(), models: models.clone(), running: running.clone() };
        let tools = Tools::new(Means {
            db: &db,
            fetch,
            info_requests: &info_requests,
            moderator: &moderator,
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
            db: db.clone(),
            pending: pending.clone(),
            models: models.clone(),
            tools: tools.clone(),
            approvals: approvals.clone(),
            limits: settings.turn,
        };
        let crew = Crew { turns, moderator: moderator.clone() };
        let pool = Pool::new(db.clone(), running.clone(), crew, lifecycle.clone(), settings.workers);
        lifecycle.spawn_critical("task pool", pool.run());
        lifecycle.spawn_critical("watch over nodes", nodes.clone().watch(lifecycle.clone()));
        let waiting = (approvals.clone(), info_requests.clone());
        let housekeeping =
            jobs::keep_house(db.clone(), store, waiting, settings.retention, lifecycle.clone());
        lifecycle.spawn_critical("housekeeping", housekeeping);
        Ok(Self {
            identity: Identity::new(db.clone(), &settings.signing_key, auto_admin),
            agents: Agents::new(db.clone()),
            announcements: Announcements::new(db.clone()),
            chat: Chat::new(db.clone(), running.clone()),
            sessions: Sessions::new(db.clone(), pending.clone(), running.clone()),
            tasks: Tasks::new(db.clone(), running.clone()),
            tools,
            approvals,
            info_requests,
            discussions: Discussions::new(moderator),
            models,
            nodes,
            generated_password: administrator.generated_password.map(|password| (email, password)),
            db,
            pending,
            lifecycle,
            running,
        })
    }
}
