//! `[retention]`: how long finished things are kept.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Bounded;

/// A number of days, up to ten years.
type Days = Bounded<1, 3_650>;

/// How long finished things are kept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Approvals and questions that were answered or expired.
    #[schemars(extend("x-unit" = "days"))]
    pub approvals_days: Days,
    /// Runs of discussions.
    #[schemars(extend("x-unit" = "days"))]
    pub discussion_runs_days: Days,
    /// Commands to nodes.
    #[schemars(extend("x-unit" = "days"))]
    pub node_commands_days: Days,
    /// Background jobs that failed for good.
    #[schemars(extend("x-unit" = "days"))]
    pub dead_jobs_days: Days,
    /// Entries of the audit log.
    #[schemars(extend("x-unit" = "days"))]
    pub audit_days: Days,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            approvals_days: Days::new(90),
            discussion_runs_days: Days::new(90),
            node_commands_days: Days::new(30),
            dead_jobs_days: Days::new(90),
            audit_days: Days::new(365),
        }
    }
}

impl From<Retention> for sophon_core::maintenance::Retention {
    fn from(configured: Retention) -> Self {
        let days = |days: Days| Duration::from_hours(24 * days.get());
        Self {
            approvals: days(configured.approvals_days),
            discussion_runs: days(configured.discussion_runs_days),
            node_commands: days(configured.node_commands_days),
            dead_jobs: days(configured.dead_jobs_days),
            audit: days(configured.audit_days),
        }
    }
}
