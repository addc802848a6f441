//! The gateway of the core's tests, with what their subjects add to it.

use std::ops::Deref;

use sophon_core::database::Unit;
use sophon_model::{JobStatus, Result, TaskId};
pub use sophon_testgateway::{PATIENCE, TestGateway, events_until, message, streamed};
use sophon_testkit::ModelServer;

/// Turns that run at a time.
pub const WORKERS: usize = 4;

/// A [`TestGateway`] to which each subject adds what its tests ask for.
pub struct Harness(TestGateway);

impl Deref for Harness {
    type Target = TestGateway;

    fn deref(&self) -> &TestGateway {
        &self.0
    }
}

impl Harness {
    pub async fn offline() -> Self {
        Self(TestGateway::offline().await)
    }

    pub async fn with_models(servers: &[&ModelServer]) -> Self {
        Self(TestGateway::with_models(servers).await)
    }

    /// Waits until the turn has given its worker to others.
    pub async fn parked(&self, id: &TaskId) {
        self.until(async || {
            let id = id.clone();
            let job = self.gateway.db.read(move |tx| tx.job_of(&id)).await.unwrap();
            job.filter(|job| job.status == JobStatus::Parked).map(drop)
        })
        .await;
    }

    pub async fn crash_and_restart(self, servers: &[&ModelServer]) -> Self {
        Self(Box::pin(self.0.crash_and_restart(servers)).await)
    }

    pub async fn crash_change_and_restart<F>(self, servers: &[&ModelServer], change: F) -> Self
    where
        F: FnOnce(&mut Unit<'_>) -> Result<()> + Send + 'static,
    {
        Self(Box::pin(self.0.crash_change_and_restart(servers, change)).await)
    }
}
