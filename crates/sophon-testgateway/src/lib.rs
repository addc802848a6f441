//! A gateway without wires, for the integration tests of all crates: on SQLite or PostgreSQL, offline or with models that
//! are played, with time that the test owns. It can crash and start again on the same data.
//!
//! A test fails if it leaves work behind: see [`Setup::may_leave_work`].
//!
//! Not for unit tests inside of the crates that this one stands on: they would see those crates twice.

mod database;
mod gives_way;
mod guard;
mod models;
mod setup;

use std::sync::Arc;
use std::time::Duration;

use fanout::Start;
use sophon_core::Gateway;
use sophon_core::chat::{SendMessage, Sent};
use sophon_core::database::Unit;
use sophon_core::live::{EventDelivery, EventSubscription};
use sophon_model::{
    Caller, Event, Message, MessageEvent, Result, SessionId, Task, TaskId, TaskStatus, Topic,
};
use sophon_testkit::{FakeClock, ModelServer};

pub use database::Engine;
use guard::Guard;
pub use models::{SilentModel, provider, provider_at, provider_with};
pub use setup::Setup;
pub use sophon_providers::ProviderKind;

/// How long a test waits for something that must happen.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// The address of the first administrator, in the spelling that is stored.
pub const ADMIN_EMAIL: &str = "admin@example.com";
/// The first administrator's password.
pub const ADMIN_PASSWORD: &str = "correct horse battery staple";

/// A gateway without wires, gone at the end of the test.
pub struct TestGateway {
    /// The services.
    pub gateway: Gateway,
    /// The time, which stands still until the test moves it.
    pub clock: Arc<FakeClock>,
    setup: Setup,
    guard: Guard,
}

impl TestGateway {
    /// A gateway on SQLite whose built-in offline agent answers, where nobody has to sign in.
    pub async fn offline() -> Self {
        Setup::default().start().await
    }

    /// The same with providers that these servers play, in their order of priority.
    pub async fn with_models(servers: &[&ModelServer]) -> Self {
        Setup::default().models(servers).start().await
    }

    /// The folder that attached files are kept in.
    pub fn files(&self) -> &std::path::Path {
        self.setup.files()
    }

    /// The checkpoints of the audit log.
    pub fn checkpoints(&self) -> Vec<String> {
        self.setup.checkpoints()
    }

    /// Lets the test end while tasks are queued or running.
    pub fn may_leave_work(&self) {
        self.guard.may_leave_work();
    }

    /// Stops at once, as a crash would, and starts again on the same data.
    pub async fn crash_and_restart(self, servers: &[&ModelServer]) -> Self {
        Box::pin(self.crash_change_and_restart(servers, |_| Ok(()))).await
    }

    /// Stops at once, makes `change` to the data, and starts again: what a crash at another moment would have left.
    pub async fn crash_change_and_restart<F>(self, servers: &[&ModelServer], change: F) -> Self
    where
        F: FnOnce(&mut Unit<'_>) -> Result<()> + Clone + Send + 'static,
    {
        let setup = Box::pin(self.crash_and_change(change)).await;
        setup.models(servers).start().await
    }

    /// Stops at once, makes `change` to the data, and returns what starts another gateway on it, with other ids.
    pub async fn crash_and_change<F>(self, change: F) -> Setup
    where
        F: FnOnce(&mut Unit<'_>) -> Result<()> + Clone + Send + 'static,
    {
        let Self { gateway, clock, setup, guard } = self;
        gateway.lifecycle.stop();
        assert!(gateway.lifecycle.finished(PATIENCE).await, "the gateway did not stop");
        gateway.db.write(change).await.expect("the change is made");
        drop(gateway);
        let (database, may_leave_work) = guard.release();
        setup.again(database, clock, may_leave_work)
    }

    /// The administrator, who does not have to sign in.
    pub fn admin(&self) -> Caller {
        self.gateway.identity.auto_admin().expect("nobody has to sign in").clone()
    }

    /// Sends a message of the administrator's into a new session.
    pub async fn send(&self, text: &str) -> Sent {
        self.gateway.chat.send(&self.admin(), message(None, text)).await.expect("it is sent")
    }

    /// Sends a message of the administrator's into a session.
    pub async fn send_to(&self, session: &SessionId, text: &str) -> Sent {
        self.gateway.chat.send(&self.admin(), message(Some(session), text)).await.expect("it is sent")
    }

    /// Follows the events of a session.
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
                subscription.next(&mut entries).await.expect("events go on");
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the task ends")
    }

    /// Waits until the task has ended, well.
    pub async fn completed(&self, sent: &Sent) -> Task {
        let task = self.ended(sent).await;
        assert_eq!(task.status, TaskStatus::Completed, "{:?}", task.error);
        task
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

    /// The task as it is stored.
    pub async fn task(&self, id: &TaskId) -> Task {
        self.gateway.tasks.get(&self.admin(), id).await.expect("the task is there").task
    }

    /// The messages of a session, oldest first.
    pub async fn messages(&self, session: &SessionId) -> Vec<Message> {
        let admin = self.admin();
        let history = self.gateway.sessions.messages(Some(&admin), session, None, None, None).await;
        history.expect("the session is there").items.into_iter().map(|item| item.message).collect()
    }
}

/// A message into `session`, or into a new one, whose answer streams.
pub fn message(session: Option<&SessionId>, text: &str) -> SendMessage {
    SendMessage {
        session: session.cloned(),
        content: text.into(),
        is_streaming: true,
        ..SendMessage::default()
    }
}

/// Reads events until `is_last`, and returns all of them.
pub async fn events_until(
    subscription: &EventSubscription,
    is_last: impl Fn(&Event) -> bool,
) -> Vec<EventDelivery> {
    let reading = async {
        let mut all = Vec::new();
        loop {
            subscription.next(&mut all).await.expect("events go on");
            if all.iter().any(|entry| is_last(entry.value())) {
                return all;
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("the event comes")
}

/// What deltas add up to, with what was voided left out.
pub fn streamed(entries: &[EventDelivery]) -> String {
    let mut text = String::new();
    for entry in entries {
        match entry.value() {
            Event::Message(MessageEvent::Delta(delta)) => text.push_str(&delta.text),
            Event::Message(MessageEvent::Reset { .. }) => text.clear(),
            _ => {}
        }
    }
    text
}
