//! The rules, by subject.

mod agents;
mod approvals;
mod attachments;
mod audit;
mod changes;
mod discussion_runs;
mod entities;
mod events;
mod identity;
mod info_requests;
pub mod job_queue;
mod jobs;
mod memories;
mod messages;
mod migrations;
mod node_commands;
mod nodes;
mod participants;
mod parts;
mod places;
mod releases;
mod roles;
mod secrets;
mod sessions;
mod tasks;
mod turns;

use crate::harness::Rule;

/// All of them.
pub fn all() -> Vec<Rule> {
    let subjects = [
        entities::rules(),
        identity::rules(),
        roles::rules(),
        secrets::rules(),
        agents::rules(),
        sessions::rules(),
        messages::rules(),
        tasks::rules(),
        participants::rules(),
        parts::rules(),
        changes::rules(),
        turns::rules(),
        memories::rules(),
        approvals::rules(),
        attachments::rules(),
        audit::rules(),
        info_requests::rules(),
        nodes::rules(),
        node_commands::rules(),
        discussion_runs::rules(),
        events::rules(),
        job_queue::rules(),
        jobs::rules(),
        places::rules(),
        migrations::rules(),
        releases::rules(),
    ];
    subjects.into_iter().flatten().collect()
}
