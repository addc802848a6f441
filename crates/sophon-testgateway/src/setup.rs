//! What a test may choose of its gateway.

use std::sync::Arc;
use std::time::Duration;

use sophon_blobs::FolderBlobs;
use sophon_core::attachments::Quotas;
use sophon_core::connections::ConnectionLimits;
use sophon_core::identity::SignInRates;
use sophon_core::identity::oidc::ConfiguredProvider;
use sophon_core::jobs::Workers;
use sophon_core::lifecycle::Lifecycle;
use sophon_core::maintenance::Retention;
use sophon_core::rates::Rates;
use sophon_core::turn::TurnLimits;
use sophon_core::{FirstAdministrator, Gateway, Parts, Settings};
use sophon_model::Result;
use sophon_model::ports::{Clock, ModelProvider, Store};
use sophon_testkit::{DenyAllFetch, FakeClock, MemoryCheckpoints, MemoryKeys, ModelServer, SeededEntropy};
use tempfile::TempDir;
use tokio::runtime::Builder;

use crate::database::{Engine, TestDatabase};
use crate::gives_way::GivesWay;
use crate::guard::Guard;
use crate::models::{factory, provider};
use crate::{ADMIN_PASSWORD, PATIENCE, TestGateway};

/// A gateway that is about to start. By default on a new SQLite file, offline, with four workers, and nobody has to sign
/// in.
pub struct Setup {
    settings: Settings,
    providers: Vec<Arc<dyn ModelProvider>>,
    identity_providers: Vec<ConfiguredProvider>,
    engine: Engine,
    /// What an earlier gateway left.
    database: Option<TestDatabase>,
    clock: Arc<FakeClock>,
    master_keys: Arc<MemoryKeys>,
    checkpoints: Arc<MemoryCheckpoints>,
    files: Arc<TempDir>,
    seed: u64,
    may_leave_work: bool,
    gives_way: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            settings: Settings {
                name: "test:0".into(),
                signing_key: [7; 32],
                audit_key: [9; 32],
                auto_admin: true,
                rates: Rates::default(),
                sign_ins: SignInRates::default(),
                first_administrator: FirstAdministrator {
                    // Stored in lower case.
                    email: Some("Admin@Example.com".into()),
                    password: Some(ADMIN_PASSWORD.into()),
                },
                workers: Workers { turns: 4, ..Workers::default() },
                turn: TurnLimits { token_budget: 10_000, ..TurnLimits::default() },
                retention: Retention::default(),
                quotas: Quotas::default(),
                buffer: 100,
                connections: ConnectionLimits::default(),
            },
            providers: Vec::new(),
            identity_providers: Vec::new(),
            engine: Engine::Sqlite,
            database: None,
            clock: Arc::new(FakeClock::default()),
            master_keys: Arc::default(),
            checkpoints: Arc::default(),
            files: Arc::new(tempfile::tempdir().expect("there is room for a folder")),
            seed: 0,
            may_leave_work: false,
            gives_way: false,
        }
    }
}

impl Setup {
    /// Changes the settings.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// With providers that these servers play, in their order of priority, in place of earlier ones.
    #[must_use]
    pub fn models(mut self, servers: &[&ModelServer]) -> Self {
        let named = |(index, server): (usize, &&ModelServer)| {
            provider(&format!("provider-{index}"), &format!("model-{index}"), server)
        };
        self.providers = servers.iter().enumerate().map(named).collect();
        self
    }

    /// With one more provider, the last in priority.
    #[must_use]
    pub fn provider(mut self, provider: Arc<dyn ModelProvider>) -> Self {
        self.providers.push(provider);
        self
    }

    /// With one more identity provider to sign in at.
    #[must_use]
    pub fn identity_provider(mut self, provider: ConfiguredProvider) -> Self {
        self.identity_providers.push(provider);
        self
    }

    /// The time of the gateway that is about to start.
    pub fn clock(&self) -> Arc<FakeClock> {
        self.clock.clone()
    }

    /// On a new database of this engine.
    #[must_use]
    pub fn on(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }

    /// With these master keys.
    #[must_use]
    pub fn master_keys(mut self, keys: &Arc<MemoryKeys>) -> Self {
        self.master_keys = keys.clone();
        self
    }

    /// The checkpoints of the audit log.
    pub fn checkpoints(&self) -> Vec<String> {
        self.checkpoints.lines()
    }

    /// The folder that attached files are kept in.
    pub fn files(&self) -> &std::path::Path {
        self.files.path()
    }

    /// With ids and secrets that gateways of other seeds do not have.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Lets the test end while tasks are queued or running. Other tests fail then: work that nobody waited for ran
    /// beside what the test asserts, or never ran.
    #[must_use]
    pub fn may_leave_work(mut self) -> Self {
        self.may_leave_work = true;
        self
    }

    /// Undoes each unit of work once and runs it again, as PostgreSQL does with one that gives way to another.
    #[must_use]
    pub fn gives_way(mut self) -> Self {
        self.gives_way = true;
        self
    }

    /// The next gateway, on what an earlier one left, with ids of its own.
    pub(crate) fn again(
        mut self,
        database: TestDatabase,
        clock: Arc<FakeClock>,
        may_leave_work: bool,
    ) -> Self {
        self.database = Some(database);
        self.clock = clock;
        self.seed += 1;
        self.may_leave_work = may_leave_work;
        self
    }

    /// Starts the gateway.
    pub async fn start(self) -> TestGateway {
        Box::pin(self.try_start()).await.expect("the gateway starts")
    }

    /// Starts the gateway, unless it refuses to. It has threads of its own, so that it goes on, and can end its work,
    /// while the test does not look.
    pub async fn try_start(mut self) -> Result<TestGateway> {
        let database = match self.database.take() {
            Some(left) => left,
            None => TestDatabase::new(self.engine).await,
        };
        let store = open_store(database.url()).await;
        let parts = Parts {
            store: if self.gives_way { Arc::new(GivesWay(store)) } else { store },
            clock: self.clock.clone(),
            entropy: Arc::new(SeededEntropy::new(self.seed)),
            master_keys: self.master_keys.clone(),
            blobs: Arc::new(self.open_files()),
            audit_checkpoints: self.checkpoints.clone(),
            fetch: Arc::new(DenyAllFetch),
            providers: self.providers.clone(),
            provider_factory: Arc::new(factory()),
            identity_providers: self.identity_providers.clone(),
            backplane: None,
            lifecycle: Lifecycle::default(),
        };
        let runtime =
            Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads start");
        let settings = self.settings.clone();
        let opened = runtime.spawn(Box::pin(Gateway::open(parts, settings))).await;
        match opened.expect("the start does not panic") {
            Ok(gateway) => {
                let guard = Guard::new(gateway.clone(), runtime, database, self.may_leave_work);
                Ok(TestGateway { gateway, clock: self.clock.clone(), setup: self, guard })
            }
            Err(error) => {
                runtime.shutdown_background();
                Err(error)
            }
        }
    }
}

impl Setup {
    fn open_files(&self) -> FolderBlobs {
        let opened = FolderBlobs::open(self.files.path().to_owned(), self.clock.now());
        opened.expect("the folder of files opens")
    }
}

/// Opens the database, once a gateway that had its file has let go of it.
async fn open_store(url: &str) -> Arc<dyn Store> {
    let opening = async {
        loop {
            let url = url.to_owned();
            let open = move || sophon_store::open(&url, &sophon_store::Options::default());
            match tokio::task::spawn_blocking(open).await.expect("opening does not panic") {
                Ok(store) => return store,
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, opening).await.expect("the database is let go of")
}
