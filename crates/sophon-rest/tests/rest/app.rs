//! A gateway that serves, and those who call it.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use sophon_core::rates::Rates;
use sophon_core::turn::TurnLimits;
use sophon_model::{Role, Tenant, User, UserId};
use sophon_rest::Options;
use sophon_testgateway::{SilentModel, TestGateway, provider};
use sophon_testkit::{ModelServer, make};
use tokio::net::TcpListener;

pub use sophon_testgateway::{ADMIN_EMAIL as EMAIL, ADMIN_PASSWORD as PASSWORD};

use crate::client::{As, Http, json};

/// The longest that a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct TestApp {
    pub address: SocketAddr,
    http: Http,
    test: TestGateway,
}

impl Deref for TestApp {
    type Target = TestGateway;

    fn deref(&self) -> &TestGateway {
        &self.test
    }
}

pub struct Setup {
    pub options: Options,
    gateway: sophon_testgateway::Setup,
}

impl Setup {
    /// Nobody has to sign in.
    pub fn auto_admin(mut self) -> Self {
        self.gateway = self.gateway.settings(|settings| settings.auto_admin = true);
        self
    }

    /// Agents never come to an answer, and are left at that.
    pub fn silent_model(mut self) -> Self {
        self.gateway = self.gateway.provider(Arc::new(SilentModel::default())).may_leave_work();
        self
    }

    /// Agents say what this server has them say.
    pub fn model(mut self, server: &ModelServer) -> Self {
        self.gateway = self.gateway.provider(provider("scripted", "scripted-1", server));
        self
    }

    /// With ids and secrets that no other test has.
    pub fn seed(mut self, seed: u64) -> Self {
        self.gateway = self.gateway.seed(seed);
        self
    }

    /// How often one may ask.
    pub fn rates(mut self, change: impl FnOnce(&mut Rates)) -> Self {
        self.gateway = self.gateway.settings(|settings| change(&mut settings.rates));
        self
    }

    pub fn options(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    pub async fn start(self) -> TestApp {
        let gateway = self.gateway.start().await;
        let router = sophon_rest::router(&gateway.gateway, &self.options);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        TestApp { address, http: Http::to(address), test: gateway }
    }
}

impl TestApp {
    pub fn setup() -> Setup {
        let plenty = NonZeroU32::new(100_000).unwrap();
        let rates =
            Rates { reads: plenty, writes: plenty, approvals: plenty, expensive: plenty, chat: plenty };
        let gateway = sophon_testgateway::Setup::default().settings(|settings| {
            settings.auto_admin = false;
            settings.rates = rates;
            settings.workers.turns = 1;
            settings.turn = TurnLimits::default();
        });
        Setup { options: Options::default(), gateway }
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
            slug: "acme".into(),
            name: "Acme".into(),
            created_at: self.test.gateway.db.now(),
            ..make::tenant("tenant_acme")
        };
        self.add_user("boss@acme.example", Role::Admin, Some(tenant)).await;
        let stranger = self.signed_in("boss@acme.example").await;
        stranger.post("/api/agents", &json!({ "name": "Sophon" })).await.expect(201);
        stranger
    }

    /// Adds a user with the administrator's password.
    async fn add_user(&self, email: &str, role: Role, tenant: Option<Tenant>) {
        let email = email.to_owned();
        let added = self.test.gateway.db.write(move |unit| {
            let admin = unit.tx.first_user()?.unwrap();
            if let Some(tenant) = &tenant {
                unit.tx.insert(tenant)?;
            }
            let tenant_id = tenant.map_or(admin.tenant_id.clone(), |tenant| tenant.id);
            let id = unit.new_id::<UserId>();
            make::register(unit.tx, &User { id, tenant_id, email, ..admin }, role)
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
