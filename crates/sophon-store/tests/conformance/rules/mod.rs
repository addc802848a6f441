//! The rules, by subject.

mod agents;
mod events;
mod identity;
mod jobs;
mod memories;
mod messages;
mod parts;
mod places;
mod sessions;
mod tasks;
mod turns;

use crate::harness::Rule;

/// All of them.
pub fn all() -> Vec<Rule> {
    let subjects = [
        identity::rules(),
        agents::rules(),
        sessions::rules(),
        messages::rules(),
        tasks::rules(),
        parts::rules(),
        turns::rules(),
        memories::rules(),
        events::rules(),
        jobs::rules(),
        places::rules(),
    ];
    subjects.into_iter().flatten().collect()
}
