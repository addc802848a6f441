//! The gateway of the core's tests, with what their subjects add to it.

use std::ops::Deref;
use std::sync::Arc;

use sophon_core::attachments::Quotas;
use sophon_core::database::Unit;
use sophon_core::maintenance::Retention;
use sophon_core::nodes::{Heartbeat, NewNode, Pairing};
use sophon_model::{JobStatus, NodeCaller, NodeScope, Result, TaskId};
use sophon_testgateway::Setup;
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

    pub async fn with_retention(retention: Retention) -> Self {
        Self(Setup::default().settings(|settings| settings.retention = retention).start().await)
    }

    pub async fn with_quotas(quotas: Quotas) -> Self {
        Self(Setup::default().settings(|settings| settings.quotas = quotas).start().await)
    }

    /// One whose units of work are each undone and run again, as where other gateways are in their way.
    pub async fn that_gives_way() -> Self {
        Self(Setup::default().gives_way().start().await)
    }

    pub async fn with_models(servers: &[&ModelServer]) -> Self {
        Self(TestGateway::with_models(servers).await)
    }

    /// A node that is paired and there.
    pub async fn machine(&self, scopes: &[NodeScope]) -> NodeCaller {
        let (admin, nodes) = (self.admin(), &self.gateway.nodes);
        let new = NewNode { name: "Desk".into(), platform: "linux".into(), scopes: scopes.to_vec() };
        let registered = nodes.register(&admin, new).await.unwrap();
        let id = &registered.node.id;
        nodes.approve(&admin, id, None, None).await.unwrap();
        let Pairing::Approved(token) =
            nodes.pair(id, &registered.pairing_secret, Arc::default()).await.unwrap()
        else {
            panic!("it was approved")
        };
        let machine = nodes.authenticate(&token).await.unwrap();
        nodes.record_heartbeat(&machine, Heartbeat::default()).await.unwrap();
        machine
    }

    /// Waits until the turn has given its worker to others.
    pub async fn parked(&self, id: &TaskId) {
        Self::is_parked(&self.0, id).await;
    }

    /// The same, in any gateway.
    pub async fn is_parked(app: &TestGateway, id: &TaskId) {
        app.until(async || {
            let id = id.clone();
            let job = app.gateway.db.read(move |tx| tx.job_of(&id)).await.unwrap();
            job.filter(|job| job.status == JobStatus::Parked).map(drop)
        })
        .await;
    }

    pub async fn crash_and_restart(self, servers: &[&ModelServer]) -> Self {
        Self(Box::pin(self.0.crash_and_restart(servers)).await)
    }

    pub async fn crash_change_and_restart<F>(self, servers: &[&ModelServer], change: F) -> Self
    where
        F: FnOnce(&mut Unit<'_>) -> Result<()> + Clone + Send + 'static,
    {
        Self(Box::pin(self.0.crash_change_and_restart(servers, change)).await)
    }
}
