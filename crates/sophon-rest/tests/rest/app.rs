//! A gateway that serves, and those who call it.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sophon_core::jobs::Retention;
use sophon_core::lifecycle::Lifecycle;
use sophon_core::turn::TurnLimits;
use sophon_core::{FirstAdministrator, Gateway, Parts, Settings};
use sophon_egress::{Egress, EgressOptions};
use sophon_model::ports::{Fetch, Fetched, ModelError, ModelInfo, ModelProvider, ModelRequest, ModelStream};
use sophon_model::{Error, Result, Role, Tenant, User, UserId};
use sophon_providers::{ProviderConfig, ProviderKind};
use sophon_rest::{Options, Rates};
use sophon_testkit::{FakeClock, ModelServer, SeededEntropy};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::client::{As, Http, json};

pub const EMAIL: &str = "admin@example.com";
pub const PASSWORD: &str = "correct horse battery staple";

/// The longest that a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct TestApp {
    pub gateway: Gateway,
    pub clock: Arc<FakeClock>,
    pub address: SocketAddr,
    http: Http,
    _data: TempDir,
}

pub struct Setup {
    pub options: Options,
    auto_admin: bool,
    seed: u64,
    providers: Vec<Arc<dyn ModelProvider>>,
}

impl Setup {
    /// Nobody has to sign in.
    pub fn auto_admin(mut self) -> Self {
        self.auto_admin = true;
        self
    }

    /// Agents never come to an answer.
    pub fn silent_model(mut self) -> Self {
        self.providers
            .push(Arc::new(SilentModel(vec![ModelInfo { id: "silence".into(), provider: "test".into() }])));
        self
    }

    /// Agents say what this server has them say.
    pub fn model(mut self, server: &ModelServer) -> Self {
        sophon_egress::install_crypto();
        let egress = Egress::new(EgressOptions::default()).unwrap();
        let config = ProviderConfig {
            id: "scripted".into(),
            kind: ProviderKind::OpenAi,
            base_url: Some(server.openai_url()),
            api_key: Some("key".into()),
            models: vec!["scripted-1".into()],
        };
        self.providers.push(sophon_providers::build(&config, &egress).unwrap());
        self
    }

    /// With ids and secrets that no other test has.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    pub fn options(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    pub async fn start(self) -> TestApp {
        let data = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", data.path().join("sophon.db").display());
        let store = sophon_store::open(&url, &sophon_store::Options::default()).unwrap();
        let clock = Arc::new(FakeClock::default());
        let parts = Parts {
            store,
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(self.seed)),
            fetch: Arc::new(NoWayOut),
            providers: self.providers,
            lifecycle: Lifecycle::default(),
        };
        let settings = Settings {
            signing_key: [7; 32],
            auto_admin: self.auto_admin,
            first_administrator: FirstAdministrator {
                email: Some(EMAIL.into()),
                password: Some(PASSWORD.into()),
            },
            workers: 1,
            turn: TurnLimits::default(),
            retention: Retention::default(),
            buffer: 100,
        };
        let gateway = Gateway::open(parts, settings).await.unwrap();
        let router = sophon_rest::router(&gateway, &self.options);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        TestApp { gateway, clock, address, http: Http::to(address), _data: data }
    }
}

impl TestApp {
    pub fn setup() -> Setup {
        let plenty = NonZeroU32::new(100_000).unwrap();
        let rates =
            Rates { reads: plenty, writes: plenty, approvals: plenty, expensive: plenty, chat: plenty };
        let options = Options { rates, ..Options::default() };
        Setup { options, auto_admin: false, seed: 0, providers: Vec::new() }
    }

    pub async fn start() -> Self {
        Self::setup().start().await
    }

    pub fn anonymous(&self) -> As<'_> {
        self.bearing(None)
    }

    pub fn bearing(&self, credential: Option<String>) -> As<'_> {
        As { http: &self.http, credential }
    }

    /// The first administrator, signed in.
    pub async fn admin(&self) -> As<'_> {
        self.signed_in(EMAIL).await
    }

    pub async fn signed_in(&self, email: &str) -> As<'_> {
        let login = json!({ "email": email, "password": PASSWORD });
        let body = self.anonymous().post("/api/auth/login", &login).await.expect(200);
        self.bearing(Some(body["accessToken"].as_str().unwrap().into()))
    }

    /// A script of the administrator's.
    pub async fn script(&self) -> As<'_> {
        let token = json!({ "name": "script" });
        let body = self.admin().await.post("/api/auth/tokens", &token).await.expect(201);
        self.bearing(Some(body["token"].as_str().unwrap().into()))
    }

    /// Somebody else in the administrator's tenant, signed in.
    pub async fn colleague(&self, role: Role) -> As<'_> {
        let email = format!("colleague.{}@example.com", role.name().to_lowercase());
        self.add_user(&email, role, None).await;
        self.signed_in(&email).await
    }

    /// The administrator of another tenant, `acme`, with the first agent of its own.
    pub async fn stranger(&self) -> As<'_> {
        let tenant = Tenant {
            id: "tenant_acme".into(),
            slug: "acme".into(),
            name: "Acme".into(),
            created_at: self.gateway.db.now(),
        };
        self.add_user("boss@acme.example", Role::Admin, Some(tenant)).await;
        let stranger = self.signed_in("boss@acme.example").await;
        stranger.post("/api/agents", &json!({ "name": "Sophon" })).await.expect(201);
        stranger
    }

    /// Adds a user with the administrator's password.
    async fn add_user(&self, email: &str, role: Role, tenant: Option<Tenant>) {
        let email = email.to_owned();
        let added = self.gateway.db.write(move |unit| {
            let admin = unit.tx.first_user()?.unwrap();
            if let Some(tenant) = &tenant {
                unit.tx.insert_tenant(tenant)?;
            }
            let tenant_id = tenant.map_or(admin.tenant_id.clone(), |tenant| tenant.id);
            let id = unit.new_id::<UserId>();
            unit.tx.insert_user(&User { id, tenant_id, email, role, ..admin })
        });
        added.await.unwrap();
    }

    /// Waits until the task has ended, and returns it.
    pub async fn ended(&self, caller: &As<'_>, task: &str) -> serde_json::Value {
        let path = format!("/api/tasks/{task}");
        let ended = async {
            loop {
                let task = caller.get(&path).await.ok();
                if !["queued", "running"].contains(&task["status"].as_str().unwrap()) {
                    return task;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("the task ends")
    }

    /// Waits until the task runs.
    pub async fn runs(&self, caller: &As<'_>, task: &str) {
        let path = format!("/api/tasks/{task}");
        let running = async {
            while caller.get(&path).await.ok()["status"] != "running" {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, running).await.expect("the task runs");
    }
}

struct NoWayOut;

#[async_trait]
impl Fetch for NoWayOut {
    async fn get(&self, _: &str, _: usize) -> Result<Fetched> {
        Err(Error::invalid("There is no way out of a test."))
    }
}

struct SilentModel(Vec<ModelInfo>);

#[async_trait]
impl ModelProvider for SilentModel {
    fn id(&self) -> &'static str {
        "test"
    }

    fn models(&self) -> &[ModelInfo] {
        &self.0
    }

    async fn stream(&self, _: ModelRequest) -> Result<ModelStream, ModelError> {
        std::future::pending().await
    }
}
