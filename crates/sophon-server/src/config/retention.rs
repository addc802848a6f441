//! How long what has ended is kept.

use std::time::Duration;

use serde::Deserialize;

use crate::StartError;

/// The longest that anything is kept: ten years.
const LONGEST_DAYS: u32 = 3_650;

/// How long what has ended is kept, in days.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Approvals and questions that were answered or ran out.
    pub approvals_days: u32,
    /// Runs of discussions.
    pub discussion_runs_days: u32,
    /// Commands to nodes.
    pub node_commands_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { approvals_days: 90, discussion_runs_days: 90, node_commands_days: 30 }
    }
}

impl Retention {
    /// Refuses what would remove things at once, or never.
    pub(super) fn check(&self) -> Result<(), StartError> {
        for (key, days) in [
            ("approvals_days", self.approvals_days),
            ("discussion_runs_days", self.discussion_runs_days),
            ("node_commands_days", self.node_commands_days),
        ] {
            if !(1..=LONGEST_DAYS).contains(&days) {
                let text = format!("retention.{key} is from 1 to {LONGEST_DAYS}");
                return Err(StartError::Configuration(text));
            }
        }
        Ok(())
    }
}

impl From<Retention> for sophon_core::maintenance::Retention {
    fn from(configured: Retention) -> Self {
        let days = |days: u32| Duration::from_hours(24 * u64::from(days));
        Self {
            approvals: days(configured.approvals_days),
            discussion_runs: days(configured.discussion_runs_days),
            node_commands: days(configured.node_commands_days),
        }
    }
}
