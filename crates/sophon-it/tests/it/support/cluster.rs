//! Several gateways, as the built binary, on one PostgreSQL database and one NATS server.

use std::time::Duration;

use postgres::{Client, NoTls};
use serde_json::json;
use sophon_testkit::ModelServer;
use tempfile::TempDir;

use super::{Http, Nats, Process, soon};

/// How long a gateway keeps its work without a sign of life, in seconds: as short as can be configured.
const LEASE: Duration = Duration::from_secs(3);

/// Gateways of one deployment.
pub struct Cluster {
    /// They are numbered.
    pub gateways: Vec<Process>,
    pub nats: Nats,
    environment: Vec<(String, String)>,
    folder: TempDir,
    /// Last, so that it goes after the gateways.
    _schema: Schema,
}

impl Cluster {
    /// Starts so many, whose model is played by `model`; `None`, and said aloud, where PostgreSQL is missing.
    pub async fn start(count: usize, model: &ModelServer) -> Option<Self> {
        Self::start_with(count, model, &[]).await
    }

    /// With more in their environment.
    pub async fn start_with(count: usize, model: &ModelServer, more: &[(&str, &str)]) -> Option<Self> {
        let schema = Schema::make().await?;
        let nats = Nats::start().await;
        let mut environment = vec![
            ("SOPHON__DATABASE__URL".to_owned(), schema.url()),
            ("SOPHON__BACKPLANE__NATS_URL".into(), nats.url()),
            ("SOPHON__AGENTS__LEASE_SECONDS".into(), LEASE.as_secs().to_string()),
            ("OPENAI_BASE_URL".into(), model.openai_url()),
            ("OPENAI_API_KEY".into(), "key".into()),
            ("SOPHON_MODEL".into(), "scripted-1".into()),
        ];
        environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let folder = tempfile::tempdir().unwrap();
        let mut cluster = Self { gateways: Vec::new(), nats, environment, folder, _schema: schema };
        for _ in 0..count {
            cluster.add().await;
        }
        cluster.until_connected().await;
        Some(cluster)
    }

    /// Starts one more.
    pub async fn add(&mut self) {
        self.gateways.push(self.started_at("127.0.0.1:0").await);
    }

    async fn started_at(&self, address: &str) -> Process {
        let environment: Vec<_> =
            self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Process::start_at(address, &self.folder.path().join("data"), &environment).await
    }

    /// Stops one in good order, and starts it again where it was.
    pub async fn restart(&mut self, gateway: usize) {
        let address = self.gateways[gateway].address().to_owned();
        let stopped = self.gateways.remove(gateway).terminate().await;
        assert_eq!(stopped, Some(0), "it ended well");
        let started = self.started_at(&address).await;
        self.gateways.insert(gateway, started);
    }

    pub fn http(&self, gateway: usize) -> Http {
        self.gateways[gateway].http()
    }

    /// Sends a message to the last gateway, and says which one works on it when its turn has begun.
    pub async fn begin_turn(&self, session: &str, content: &str) -> (String, usize) {
        let sent = self.http(self.gateways.len() - 1).chat(Some(session), content).await;
        let worker = soon("the begin of the turn", async {
            loop {
                for (at, gateway) in self.gateways.iter().enumerate() {
                    if is_at_work(&gateway.http()).await {
                        return at;
                    }
                }
            }
        });
        (sent["taskId"].as_str().unwrap().to_owned(), worker.await)
    }

    /// The number of a gateway that is another one.
    pub fn other_than(&self, gateway: usize) -> usize {
        (gateway + 1) % self.gateways.len()
    }

    /// A new session.
    pub async fn session(&self) -> String {
        let (_, session) = self.http(0).post("/api/sessions", &json!({})).await;
        session["id"].as_str().unwrap().to_owned()
    }

    /// Waits until all gateways are connected to NATS.
    pub async fn until_connected(&self) {
        for gateway in &self.gateways {
            Self::until_connected_is(gateway, "1").await;
        }
    }

    /// Waits until all gateways know that NATS is away.
    pub async fn until_alone(&self) {
        for gateway in &self.gateways {
            Self::until_connected_is(gateway, "0").await;
        }
    }

    async fn until_connected_is(gateway: &Process, wanted: &str) {
        soon("the gateway knows whether NATS is there", async {
            while figure(&gateway.http(), "sophon_backplane_connected").await != wanted {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }
}

/// The value of a metric, as it is written; empty if there is none.
pub async fn figure(http: &Http, name: &str) -> String {
    let text = http.request(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_default().to_owned()
}

/// Whether a gateway works on something.
pub async fn is_at_work(http: &Http) -> bool {
    figure(http, "sophon_tasks_running").await != "0"
}

/// A schema of a test's own on the server that `SOPHON_TEST_POSTGRES_URL` names, gone with the test.
struct Schema {
    server: String,
    name: String,
}

impl Schema {
    #[expect(
        clippy::disallowed_methods,
        clippy::print_stderr,
        reason = "a test has its environment, and says what it skips"
    )]
    async fn make() -> Option<Self> {
        let Ok(server) = std::env::var("SOPHON_TEST_POSTGRES_URL") else {
            eprintln!("skipped: SOPHON_TEST_POSTGRES_URL names no server (scripts/with-postgres)");
            return None;
        };
        let number = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
        let schema = Self { server, name: format!("cluster_{}_{number}", std::process::id()) };
        let (server, made) = (schema.server.clone(), format!("CREATE SCHEMA {}", schema.name));
        tokio::task::spawn_blocking(move || execute(&server, &made)).await.unwrap();
        Some(schema)
    }

    fn url(&self) -> String {
        format!("{}?options=-c%20search_path%3D{}", self.server, self.name)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (server, removed) = (self.server.clone(), format!("DROP SCHEMA {} CASCADE", self.name));
        let removing = std::thread::spawn(move || execute(&server, &removed));
        let _a_gateway_may_still_end = removing.join();
    }
}

fn execute(server: &str, statement: &str) {
    let mut client = Client::connect(server, NoTls).expect("the server answers");
    client.batch_execute(statement).expect("the server obeys");
}
