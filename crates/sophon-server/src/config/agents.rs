//! `[agents]`: the agents' work.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sophon_core::turn::TurnLimits;

use super::Bounded;

/// The agents' work.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Agents {
    /// Turns that run at the same time. They cost little while they wait for a model.
    #[schemars(extend("x-unit" = "turns"))]
    pub workers: Bounded<1, 4_096>,
    /// Turns of one user that run at the same time; further ones wait. Free workers go to the user who has the fewest.
    #[schemars(extend("x-unit" = "turns"))]
    pub workers_per_user: Bounded<1, 4_096>,
    /// Tokens that the model calls of one turn may read and write together.
    #[schemars(extend("x-unit" = "tokens"))]
    pub token_budget: Bounded<1, 1_000_000_000_000>,
    /// How long a turn waits for a person's approval or answer. Silence is a refusal.
    #[schemars(extend("x-unit" = "seconds"))]
    pub answer_within_seconds: Bounded<1, 86_400>,
    /// How long a turn may work before it fails; the time in which it waits for people does not count.
    #[schemars(extend("x-unit" = "seconds"))]
    pub work_within_seconds: Bounded<1, 604_800>,
    /// How long a gateway keeps its work without a sign of life. Where several gateways share a database, another one goes
    /// on with it then.
    #[schemars(extend("x-unit" = "seconds"))]
    pub lease_seconds: Bounded<3, 300>,
}

impl Default for Agents {
    fn default() -> Self {
        Self {
            workers: Bounded::new(256),
            workers_per_user: Bounded::new(32),
            token_budget: Bounded::new(1_000_000),
            answer_within_seconds: Bounded::new(300),
            work_within_seconds: Bounded::new(3_600),
            lease_seconds: Bounded::new(30),
        }
    }
}

impl Agents {
    /// How long a worker holds a job without renewing its lease.
    pub(crate) fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds.get())
    }
}

impl From<Agents> for TurnLimits {
    fn from(configured: Agents) -> Self {
        Self {
            token_budget: i64::try_from(configured.token_budget.get()).unwrap_or(i64::MAX),
            answer_within: Duration::from_secs(configured.answer_within_seconds.get()),
            work_within: Duration::from_secs(configured.work_within_seconds.get()),
        }
    }
}
