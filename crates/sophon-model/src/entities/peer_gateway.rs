//! The gateways that serve on one database.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Ends, Entity, Insert, Key, Order, Table, Update};
use crate::{GatewayId, Timestamp};

/// A gateway process that serves on the database, as it last described itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeerGateway {
    /// Its id, new at each start.
    pub id: GatewayId,
    /// Its machine and port.
    pub name: String,
    /// The version of its program.
    pub version: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it last gave a sign of life.
    pub seen_at: Timestamp,
    /// Whether it takes no new work.
    pub is_draining: bool,
    /// Whether messages to the others are carried; `None` where it has no way to them.
    pub backplane_connected: Option<bool>,
    /// Events of other gateways that it knows to be there and has not read.
    pub missing_events: i64,
    /// Jobs that it holds.
    pub leases: i64,
}

impl Entity for PeerGateway {
    const TABLE: &'static Table =
        &Table::new("gateways", "gateway").order(Order::oldest_first(&["started_at", "id"]));
}

impl Insert for PeerGateway {}
impl Update for PeerGateway {}
impl Delete for PeerGateway {}

/// One that gives no sign of life any more is removed some time later.
impl Ends for PeerGateway {
    const ENDED: &'static str = "seen_at";
}

impl Key for GatewayId {
    type Of = PeerGateway;
}
