//! A gateway without wires, in a temporary folder.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fanout::Start;
use sophon_core::chat::{SendMessage, Sent};
use sophon_core::database::Unit;
use sophon_core::jobs::Retention;
use sophon_core::lifecycle::Lifecycle;
use sophon_core::live::{EventEntry, EventSubscription};
use sophon_core::turn::TurnLimits;
use sophon_core::{FirstAdministrator, Gateway, Parts, Settings};
use sophon_egress::{Egress, EgressOptions};
use sophon_model::ports::{Fetch, Fetched, ModelProvider, Store};
use sophon_model::{
    Caller, Error, Event, Message, Result, SessionId, Task, TaskId, TaskStatus, Timestamp, Topic,
};
use sophon_providers::{ProviderConfig, ProviderKind};
use sophon_testkit::{FakeClock, ModelServer, SeededEntropy};
use tempfile::TempDir;

/// Turns that run at a time.
pub const WORKERS: usize = 4;
/// How long a test waits for what must happen.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub struct Harness {
    pub gateway: Gateway,
    pub clock: Arc<FakeClock>,
    pub folder: TempDir,
    seed: u64,
}

/// No page can be fetched in these tests.
struct Nowhere;

#[async_trait]
impl Fetch for Nowhere {
    async fn get(&self, _: &str, _: usize) -> Result<Fetched> {
        Err(Error::validation("url", "There is no way out."))
    }
}

impl Harness {
    /// With the built-in offline agent.
    pub async fn offline() -> Self {
        Self::open(tempfile::tempdir().unwrap(), Vec::new(), 1).await
    }

    /// With providers that are played by these servers, in their order.
    pub async fn with_models(servers: &[&ModelServer]) -> Self {
        Self::open(tempfile::tempdir().unwrap(), providers(servers), 1).await
    }

    async fn open(folder: TempDir, providers: Vec<Arc<dyn ModelProvider>>, seed: u64) -> Self {
        let clock = Arc::new(FakeClock::at(Timestamp::from_millis(1_800_000_000_000)));
        Self::open_at(folder, providers, seed, clock).await
    }

    async fn open_at(
        folder: TempDir,
        providers: Vec<Arc<dyn ModelProvider>>,
        seed: u64,
        clock: Arc<FakeClock>,
    ) -> Self {
        let url = format!("sqlite:{}", folder.path().join("sophon.db").display());
        let store = open_store(&url).await;
        let parts = Parts {
            store,
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(seed)),
            fetch: Arc::new(Nowhere),
            providers,
            lifecycle: Lifecycle::default(),
        };
        let settings = Settings {
            signing_key: [7; 32],
            auto_admin: true,
            first_administrator: FirstAdministrator {
                email: Some("Admin@Example.com".into()),
                password: Some("correct horse".into()),
            },
            workers: WORKERS,
            turn: TurnLimits { token_budget: 10_000, ..TurnLimits::default() },
            retention: Retention::default(),
            buffer: 100,
        };
        let gateway = Gateway::open(parts, settings).await.unwrap();
        Self { gateway, clock, folder, seed }
    }

    /// Stops at once, as a crash would, and starts again on the same data.
    pub async fn crash_and_restart(self, servers: &[&ModelServer]) -> Self {
        self.crash_change_and_restart(servers, |_| Ok(())).await
    }

    /// The same, with `change` made to the data in between: what a crash at another moment would have left.
    pub async fn crash_change_and_restart<F>(self, servers: &[&ModelServer], change: F) -> Self
    where
        F: FnOnce(&mut Unit<'_>) -> Result<()> + Send + 'static,
    {
        let Self { gateway, folder, seed, clock } = self;
        gateway.lifecycle.stop();
        assert!(gateway.lifecycle.finished(PATIENCE).await, "the gateway did not stop");
        gateway.db.write(change).await.unwrap();
        drop(gateway);
        Self::open_at(folder, providers(servers), seed + 1, clock).await
    }

    pub fn admin(&self) -> Caller {
        self.gateway.identity.auto_admin().unwrap().clone()
    }

    pub async fn send(&self, text: &str) -> Sent {
        self.gateway.chat.send(&self.admin(), message(None, text), None).await.unwrap()
    }

    pub async fn send_to(&self, session: &SessionId, text: &str) -> Sent {
        self.gateway.chat.send(&self.admin(), message(Some(session), text), None).await.unwrap()
    }

    pub fn follow(&self, session: &SessionId, start: Start) -> EventSubscription {
        let subscription = self.gateway.db.bus().subscribe();
        subscription.follow(&Topic::Session(session.clone()), start);
        subscription
    }

    /// Waits until the task has ended.
    pub async fn ended(&self, sent: &Sent) -> Task {
        let subscription = self.follow(&sent.session_id, Start::Now);
        let waiting = async {
            let mut entries = Vec::new();
            loop {
                let task = self.task(&sent.task_id).await;
                if task.status.is_final() {
                    return task;
                }
                entries.clear();
                subscription.next(&mut entries).await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the task ends")
    }

    /// Waits until `look` finds something. What changes it is told to the administrator, or to be polled.
    pub async fn until<T>(&self, look: impl AsyncFn() -> Option<T>) -> T {
        let looking = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.expect("it happens")
    }

    pub async fn task(&self, id: &TaskId) -> Task {
        self.gateway.tasks.get(&self.admin(), id).await.unwrap().task
    }

    pub async fn completed(&self, sent: &Sent) -> Task {
        let task = self.ended(sent).await;
        assert_eq!(task.status, TaskStatus::Completed, "{:?}", task.error);
        task
    }

    pub async fn messages(&self, session: &SessionId) -> Vec<Message> {
        let history =
            self.gateway.sessions.messages(Some(&self.admin()), session, None, None, None).await.unwrap();
        history.items.into_iter().map(|item| item.message).collect()
    }
}

/// Opens the file, once a gateway that had it has let go of it.
async fn open_store(url: &str) -> Arc<dyn Store> {
    let opening = async {
        loop {
            match sophon_store::open(url, &sophon_store::Options::default()) {
                Ok(store) => return store,
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, opening).await.expect("the file is let go of")
}

pub fn message(session: Option<&SessionId>, text: &str) -> SendMessage {
    SendMessage {
        session: session.cloned(),
        content: text.into(),
        is_streaming: true,
        ..SendMessage::default()
    }
}

fn providers(servers: &[&ModelServer]) -> Vec<Arc<dyn ModelProvider>> {
    sophon_egress::install_crypto();
    let egress = Egress::new(EgressOptions::default()).unwrap();
    let build = |(index, server): (usize, &&ModelServer)| {
        let config = ProviderConfig {
            id: format!("provider-{index}"),
            kind: ProviderKind::OpenAi,
            base_url: Some(server.openai_url()),
            api_key: Some("key".into()),
            models: vec![format!("model-{index}")],
        };
        sophon_providers::build(&config, &egress).unwrap()
    };
    servers.iter().enumerate().map(build).collect()
}

/// Reads events until `is_last`, and returns all of them.
pub async fn events_until(
    subscription: &EventSubscription,
    is_last: impl Fn(&Event) -> bool,
) -> Vec<Arc<EventEntry>> {
    let reading = async {
        let mut all = Vec::new();
        loop {
            subscription.next(&mut all).await.unwrap();
            if all.iter().any(|entry| is_last(entry.value())) {
                return all;
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("the event comes")
}

/// What deltas add up to, with what was voided left out.
pub fn streamed(entries: &[Arc<EventEntry>]) -> String {
    let mut text = String::new();
    for entry in entries {
        match entry.value() {
            Event::TextDelta(delta) => text.push_str(&delta.text),
            Event::MessageReset { .. } => text.clear(),
            _ => {}
        }
    }
    text
}
