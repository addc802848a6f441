//! Doing commands: each id once, a few at a time, and the answers kept until the gateway has them.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{Mutex, Notify, Semaphore};

use crate::answer::Answer;
use crate::commands;
use crate::consent::Judge;
use crate::journal::Journal;

/// Commands that run at a time; the others wait.
const AT_A_TIME: usize = 8;

/// A command, as the gateway tells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    pub(crate) command_id: String,
    pub(crate) command: String,
    #[serde(default)]
    pub(crate) params: Value,
    #[serde(default = "usual_time")]
    timeout_ms: u64,
}

const fn usual_time() -> u64 {
    30_000
}

impl Order {
    pub(crate) fn time(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

/// The worker. Cloning makes another handle.
#[derive(Clone)]
pub(crate) struct Worker {
    journal: Arc<Mutex<Journal>>,
    judge: Judge,
    places: Arc<Semaphore>,
    /// Rung when there is an answer to report.
    news: Arc<Notify>,
}

impl Worker {
    pub(crate) fn new(journal: Journal, judge: Judge) -> Self {
        Self {
            journal: Arc::new(Mutex::new(journal)),
            judge,
            places: Arc::new(Semaphore::new(AT_A_TIME)),
            news: Arc::default(),
        }
    }

    /// Takes a command on. One that was taken on before is not done again: its answer is, or will be, in the journal.
    pub(crate) fn take_on(&self, order: Order) {
        let worker = self.clone();
        tokio::spawn(async move {
            if let Err(error) = worker.obey(&order).await {
                tracing::error!(command = order.command_id, %error, "the journal cannot be written");
            }
        });
    }

    async fn obey(&self, order: &Order) -> std::io::Result<()> {
        let begun = tokio::time::Instant::now();
        // The semaphore is never closed.
        let _place = self.places.acquire().await;
        let Some(left) = order.time().checked_sub(begun.elapsed()) else {
            return self
                .conclude(order, Answer::failed("timeout", "The node was too busy to begin in time."))
                .await;
        };
        if !self.journal.lock().await.begin(&order.command_id)? {
            return Ok(());
        }
        let answer = commands::execute(&order.command, &order.params, left, &self.judge).await;
        self.journal.lock().await.end(&order.command_id, answer.bounded())?;
        self.news.notify_one();
        Ok(())
    }

    /// Answers a command that is not begun.
    async fn conclude(&self, order: &Order, answer: Answer) -> std::io::Result<()> {
        let mut journal = self.journal.lock().await;
        if journal.begin(&order.command_id)? {
            journal.end(&order.command_id, answer)?;
            self.news.notify_one();
        }
        Ok(())
    }

    /// Resolves when there may be something to report.
    pub(crate) async fn news(&self) {
        self.news.notified().await;
    }

    /// What the gateway is still to be told.
    pub(crate) async fn unreported(&self) -> Vec<(String, Answer)> {
        self.journal.lock().await.unreported()
    }

    /// The gateway has the answer.
    pub(crate) async fn reported(&self, id: &str) {
        if let Err(error) = self.journal.lock().await.reported(id) {
            tracing::error!(command = id, %error, "the journal cannot be written");
        }
    }
}
