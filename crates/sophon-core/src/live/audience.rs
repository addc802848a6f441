//! The audience of an event: the topics under which it is published.

use sophon_model::event::Audience;
use sophon_model::{Event, Topic, UserId};

/// The topics of an event. `members` are those of the session that it concerns, if it concerns one.
pub fn topics_of(event: &Event, members: &[UserId]) -> Vec<Topic> {
    event.audience().into_iter().flat_map(|audience| topics(audience, members)).collect()
}

fn topics(audience: Audience<'_>, members: &[UserId]) -> Vec<Topic> {
    vec![match audience {
        Audience::Members(session) => {
            let feeds = members.iter().cloned().map(Topic::Feed);
            return std::iter::once(Topic::Session(session.clone())).chain(feeds).collect();
        }
        Audience::User(user) => Topic::User(user.clone()),
        Audience::Ledger(user) => Topic::Tasks(user.clone()),
        Audience::Asked(user) => Topic::Approvals(user.clone()),
        Audience::Tenant(tenant) => Topic::Tenant(tenant.clone()),
        Audience::Holders(tenant, permission) => Topic::Holders(tenant.clone(), permission),
        Audience::Task(task) => Topic::Task(task.clone()),
        Audience::Node(node) => Topic::Node(node.clone()),
        Audience::Discussion(run) => Topic::Discussion(run.clone()),
    }]
}
