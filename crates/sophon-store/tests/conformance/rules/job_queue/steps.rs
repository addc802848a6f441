//! What can be done with the queue, at random.

use proptest::prelude::*;

use super::LEASE;

/// The most steps of a case.
pub const STEPS: usize = 50;
/// Of the jobs that were ever claimed, so many are written to at a time: those that were claimed last.
pub const IN_HAND: usize = 6;
/// What is done with the queue. Jobs, hands and keys are counted round.
#[derive(Clone, Debug)]
pub enum Step {
    Enqueue {
        line: Option<u8>,
        key: Option<u8>,
        priority: usize,
        delay: i64,
        has_task: bool,
    },
    Claim {
        holder: usize,
        limit: usize,
    },
    Hold {
        hand: usize,
    },
    Finish {
        hand: usize,
    },
    Park {
        hand: usize,
        pause: i64,
        has_looked: bool,
    },
    Reschedule {
        hand: usize,
        pause: i64,
        has_failed: bool,
    },
    Bury {
        hand: usize,
    },
    Wake {
        task: usize,
    },
    DeleteOf {
        task: usize,
    },
    DeleteWaiting {
        key: u8,
    },
    Revive {
        dead: usize,
    },
    Renew {
        holder: usize,
    },
    /// Time goes by, and leases run out.
    Wait {
        time: i64,
    },
    /// A holder goes away without a word, and the other one goes on.
    Crash {
        holder: usize,
    },
    /// The only process there is starts again.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let few = || proptest::option::weighted(0.6, 0..3_u8);
    let hand = || 0..IN_HAND;
    prop_oneof![
        8 => (few(), few(), 0..3_usize, 0..20_i64, any::<bool>()).prop_map(|(line, key, priority, delay, has_task)| {
            // Most are due at once.
            Step::Enqueue { line, key, priority, delay: (delay - 12).max(0), has_task }
        }),
        8 => (0..2_usize, 1..4_usize).prop_map(|(holder, limit)| Step::Claim { holder, limit }),
        1 => hand().prop_map(|hand| Step::Hold { hand }),
        4 => hand().prop_map(|hand| Step::Finish { hand }),
        3 => (hand(), 0..20_i64, any::<bool>())
            .prop_map(|(hand, pause, has_looked)| Step::Park { hand, pause, has_looked }),
        2 => (hand(), 0..10_i64, any::<bool>())
            .prop_map(|(hand, pause, has_failed)| Step::Reschedule { hand, pause, has_failed }),
        1 => hand().prop_map(|hand| Step::Bury { hand }),
        3 => (0..STEPS).prop_map(|task| Step::Wake { task }),
        1 => (0..STEPS).prop_map(|task| Step::DeleteOf { task }),
        1 => (0..3_u8).prop_map(|key| Step::DeleteWaiting { key }),
        2 => (0..STEPS).prop_map(|dead| Step::Revive { dead }),
        1 => (0..2_usize).prop_map(|holder| Step::Renew { holder }),
        3 => (1..2 * LEASE).prop_map(|time| Step::Wait { time }),
        2 => (0..2_usize).prop_map(|holder| Step::Crash { holder }),
        1 => Just(Step::Restart),
    ]
}

/// The steps of a case.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(step(), 1..STEPS)
}
