//! The audience of an event: the topics under which it is published.

use sophon_model::event::Audience;
use sophon_model::{Event, TenantId, Topic, UserId, UserInTenant};

/// The topics of an event. `members` are those of the session that it concerns, if it concerns one.
pub fn topics_of(event: &Event, members: &[UserInTenant]) -> Vec<Topic> {
    event.audience().into_iter().flat_map(|audience| topics(audience, members)).collect()
}

fn topics(audience: Audience<'_>, members: &[UserInTenant]) -> Vec<Topic> {
    vec![match audience {
        Audience::Members(session) => {
            let feeds = members.iter().cloned().map(Topic::Feed);
            return std::iter::once(Topic::Session(session.clone())).chain(feeds).collect();
        }
        Audience::User(tenant, user) => Topic::User(in_tenant(tenant, user)),
        Audience::Ledger(tenant, user) => Topic::Tasks(in_tenant(tenant, user)),
        Audience::Asked(tenant, user) => Topic::Approvals(in_tenant(tenant, user)),
        Audience::Tenant(tenant) => Topic::Tenant(tenant.clone()),
        Audience::Holders(tenant, permission) => Topic::Holders(tenant.clone(), permission),
        Audience::Task(task) => Topic::Task(task.clone()),
        Audience::Node(node) => Topic::Node(node.clone()),
        Audience::Discussion(run) => Topic::Discussion(run.clone()),
    }]
}

fn in_tenant(tenant: &TenantId, user: &UserId) -> UserInTenant {
    UserInTenant { tenant: tenant.clone(), user: user.clone() }
}
