//! The agents' work.

use serde::Deserialize;

use crate::StartError;

/// The longest that a turn may wait for a person: a day.
const LONGEST_ANSWER_SECONDS: u64 = 24 * 60 * 60;

/// The agents' work.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Agents {
    /// Turns that run at a time.
    pub workers: usize,
    /// Tokens that a turn may consume.
    pub token_budget: i64,
    /// How long a turn waits for a person's approval or answer, in seconds; silence is a refusal.
    pub answer_within_seconds: u64,
}

impl Default for Agents {
    fn default() -> Self {
        Self { workers: 16, token_budget: 1_000_000, answer_within_seconds: 300 }
    }
}

impl Agents {
    /// Refuses what would not work.
    pub(super) fn check(&self) -> Result<(), StartError> {
        if self.workers == 0 {
            return Err(StartError::Configuration("agents.workers is at least 1".into()));
        }
        if !(1..=LONGEST_ANSWER_SECONDS).contains(&self.answer_within_seconds) {
            return Err(StartError::Configuration(format!(
                "agents.answer_within_seconds is from 1 to {LONGEST_ANSWER_SECONDS}"
            )));
        }
        Ok(())
    }
}
