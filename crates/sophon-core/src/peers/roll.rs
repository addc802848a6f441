//! The roll of the gateways that serve on the database: each keeps an entry of its own there, with its last sign of life.

use std::time::Duration;

use sophon_model::ports::every;
use sophon_model::{Caller, GatewayId, PeerGateway, Result, Timestamp};

use super::PeersStatus;
use crate::database::Database;
use crate::gateway::Shared;
use crate::jobs::Holdings;
use crate::lifecycle::Lifecycle;
use crate::policy::{Read, System, allow};
use crate::registry::Registry;

/// How often a gateway gives a sign of life.
const BEAT: Duration = Duration::from_secs(10);
/// Silence after which a gateway is taken for gone.
const SILENCE: Duration = Duration::from_secs(30);
/// How long the entry of a gateway that fell silent is kept.
const KEPT: Duration = Duration::from_hours(1);

/// How a gateway is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayState {
    /// It serves.
    Running,
    /// It is stopping, and takes no new work.
    Draining,
    /// It has given no sign of life for half a minute: it has crashed, or cannot reach the database.
    Silent,
}

/// The service: this gateway among those on the same database.
#[derive(Clone)]
pub struct Roll {
    db: Database,
    lifecycle: Lifecycle,
    holdings: Holdings,
    id: GatewayId,
    name: String,
    started_at: Timestamp,
}

impl Roll {
    pub(crate) fn open(shared: &Shared, registry: &mut Registry) -> Self {
        registry.keep::<PeerGateway>(KEPT);
        let db = shared.db.clone();
        Self {
            id: db.new_id(),
            name: shared.settings.name.clone(),
            started_at: db.now(),
            lifecycle: shared.lifecycle.clone(),
            holdings: shared.holdings.clone(),
            db,
        }
    }

    /// How this gateway stands among the others.
    pub fn status(&self) -> PeersStatus {
        PeersStatus::of(&self.db, &self.holdings)
    }

    /// The gateways on the same database and how each is, the one that started first before the others.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<(PeerGateway, GatewayState)>> {
        allow::<System, Read>(caller)?;
        let now = self.db.now();
        let gateways = if self.db.is_exclusive() {
            vec![self.entry()]
        } else {
            self.db.read(|tx| tx.all(&every::<PeerGateway>())).await?
        };
        Ok(gateways.into_iter().map(|gateway| (state(&gateway, now), gateway)).map(|(a, b)| (b, a)).collect())
    }

    /// Keeps the entry of this gateway until it stops, and removes it then.
    pub(crate) async fn keep(self) {
        loop {
            let entry = self.entry();
            let is_draining = entry.is_draining;
            if let Err(error) = self.db.write(move |unit| unit.tx.put(&entry)).await {
                tracing::warn!(%error, "no sign of life could be given to the other gateways");
            }
            tokio::select! {
                () = tokio::time::sleep(BEAT) => {}
                () = self.lifecycle.draining(), if !is_draining => {}
                () = self.lifecycle.followers_released() => break,
            }
        }
        let id = self.id.clone();
        if let Err(error) = self.db.write(move |unit| unit.tx.delete(&id)).await {
            tracing::debug!(%error, "the entry of this gateway is left for later");
        }
    }

    fn entry(&self) -> PeerGateway {
        let status = self.status();
        PeerGateway {
            id: self.id.clone(),
            name: self.name.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            started_at: self.started_at,
            seen_at: self.db.now(),
            is_draining: self.lifecycle.is_draining(),
            backplane_connected: status.backplane.map(|backplane| backplane.is_connected),
            missing_events: i64::try_from(status.missing_events).unwrap_or(i64::MAX),
            leases: i64::try_from(status.leases).unwrap_or(i64::MAX),
        }
    }
}

fn state(gateway: &PeerGateway, now: Timestamp) -> GatewayState {
    if now.since(gateway.seen_at) > SILENCE {
        GatewayState::Silent
    } else if gateway.is_draining {
        GatewayState::Draining
    } else {
        GatewayState::Running
    }
}
