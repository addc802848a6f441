//! A gateway in this process.

use std::num::NonZeroU32;

use sophon_server::config::{Config, RateLimits};
use sophon_server::{ProviderConfig, ProviderKind, Started};
use sophon_testkit::ModelServer;
use tempfile::TempDir;

use super::{Events, Http, Hub};

/// More requests a minute than a test makes.
const PLENTY: NonZeroU32 = NonZeroU32::new(100_000).unwrap();

pub struct App {
    pub started: Started,
    http: Http,
    folder: TempDir,
}

impl App {
    /// For one person: nobody has to sign in. The offline agent answers.
    pub async fn for_one() -> Self {
        Self::start(tempfile::tempdir().unwrap(), |config| config.auth.auto_admin = true).await
    }

    /// For many people, each of whom has to sign in. The offline agent answers.
    pub async fn for_many() -> Self {
        Self::start(tempfile::tempdir().unwrap(), |_| {}).await
    }

    /// For one person, with a model that is played by `model`.
    pub async fn with_model(model: &ModelServer) -> Self {
        Self::start(tempfile::tempdir().unwrap(), |config| {
            config.auth.auto_admin = true;
            config.providers = vec![Self::provider(model)];
        })
        .await
    }

    /// The provider that is played by `model`.
    pub fn provider(model: &ModelServer) -> ProviderConfig {
        ProviderConfig {
            base_url: Some(model.openai_url()),
            api_key: Some("key".into()),
            models: vec!["scripted-1".into()],
            ..ProviderConfig::new("scripted", ProviderKind::OpenAi)
        }
    }

    pub async fn start(folder: TempDir, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            data: Some(folder.path().join("sophon")),
            rate_limits: RateLimits {
                reads: PLENTY,
                writes: PLENTY,
                chat: PLENTY,
                approvals: PLENTY,
                expensive: PLENTY,
                ..RateLimits::default()
            },
            ..Config::default()
        };
        change(&mut config);
        let started = Box::pin(sophon_server::start(&config)).await.unwrap();
        let http = Http::new(&format!("http://{}", started.address));
        Self { started, http, folder }
    }

    /// Stops in good order and starts again on the same data.
    pub async fn restart(self) -> Self {
        let Self { started, folder, .. } = self;
        Box::pin(started.stop()).await;
        Self::start(folder, |config| config.auth.auto_admin = true).await
    }

    /// Stops in good order, runs a script on the database, and starts again.
    pub async fn restart_on_changed_data(self, script: &str) -> Self {
        let Self { started, folder, .. } = self;
        Box::pin(started.stop()).await;
        let file = folder.path().join("sophon/data/sophon.db");
        assert!(file.exists(), "the database is where it was");
        rusqlite::Connection::open(file).unwrap().execute_batch(script).unwrap();
        Self::start(folder, |config| config.auth.auto_admin = true).await
    }

    /// Begins to stop, as SIGTERM would have it.
    pub fn stop_in_background(self) -> (tokio::task::JoinHandle<()>, TempDir) {
        (tokio::spawn(self.started.stop()), self.folder)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.started.address)
    }

    pub fn http(&self) -> Http {
        self.http.clone()
    }

    /// Waits until so many hub connections are open.
    pub async fn until_connections(&self, count: usize) {
        super::soon("the end of the connections", async {
            let open =
                || self.started.hubs.figures().iter().map(|(_, figures)| figures.open()).sum::<usize>();
            while open() != count {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        })
        .await;
    }

    pub async fn chat_hub(&self) -> Hub {
        Hub::connect(&self.url(), "chat", None).await
    }

    pub async fn events(&self, session: &str, last_event_id: Option<u64>) -> Events {
        Events::open(&self.url(), session, last_event_id).await
    }
}
