//! Discussions go on.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::{DiscussionRun, DiscussionRunId, DiscussionTurn, Verdict};

/// What happened in a run of a discussion. It concerns who watches the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "discussion_event", rename_all = "snake_case")]
pub enum DiscussionEvent {
    /// It began.
    Started {
        /// The run.
        run: Box<DiscussionRun>,
    },
    /// A round began.
    RoundStarted {
        /// The run.
        run_id: DiscussionRunId,
        /// Which round, from 1.
        round: i64,
    },
    /// A panelist began to think.
    TurnStarted {
        /// The turn.
        turn: Box<DiscussionTurn>,
    },
    /// A panelist has spoken, or will not.
    TurnEnded {
        /// The turn, as it is now.
        turn: Box<DiscussionTurn>,
    },
    /// All have spoken; the judge thinks.
    JudgeStarted {
        /// The run.
        run_id: DiscussionRunId,
    },
    /// The judge has decided.
    Decided {
        /// The run.
        run_id: DiscussionRunId,
        /// The verdict.
        verdict: Box<Verdict>,
    },
    /// It ended: with a verdict, with an error, or by somebody.
    Ended {
        /// The run, as it is now.
        run: Box<DiscussionRun>,
    },
}

impl DiscussionEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        vec![Audience::Discussion(self.run_id())]
    }

    fn run_id(&self) -> &DiscussionRunId {
        match self {
            DiscussionEvent::Started { run } | DiscussionEvent::Ended { run } => &run.id,
            DiscussionEvent::RoundStarted { run_id, .. }
            | DiscussionEvent::JudgeStarted { run_id }
            | DiscussionEvent::Decided { run_id, .. } => run_id,
            DiscussionEvent::TurnStarted { turn } | DiscussionEvent::TurnEnded { turn } => &turn.run_id,
        }
    }
}
