//! How `/hubs/discussion` sends events.

use sophon_api::hubs::{
    DiscussionDecided, DiscussionEvent as Told, DiscussionStarted, JudgeStarted, RoundStarted, TurnCompleted,
    TurnStarted,
};
use sophon_model::DiscussionEvent;

/// The nine events.
pub(super) fn discussion(seq: u64, event: &DiscussionEvent) -> Told {
    match event {
        DiscussionEvent::Started { run } => {
            Told::DiscussionStarted(DiscussionStarted::new((**run).clone(), seq))
        }
        DiscussionEvent::RoundStarted { run_id, round } => {
            Told::RoundStarted(RoundStarted { run_id: run_id.clone(), round_number: *round, seq })
        }
        DiscussionEvent::TurnStarted { turn } => Told::TurnStarted(TurnStarted::new((**turn).clone(), seq)),
        DiscussionEvent::TurnEnded { turn } => Told::TurnCompleted(TurnCompleted::new((**turn).clone(), seq)),
        DiscussionEvent::JudgeStarted { run_id } => {
            Told::JudgeStarted(JudgeStarted { run_id: run_id.clone(), seq })
        }
        DiscussionEvent::Decided { run_id, verdict } => {
            Told::Verdict(DiscussionDecided::new(run_id.clone(), (**verdict).clone(), seq))
        }
        DiscussionEvent::Ended { run } => Told::ended((**run).clone(), seq),
    }
}
