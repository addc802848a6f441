//! Who may follow what.

use sophon_model::{Caller, Event, Permission, Result, Topic};

use crate::gateway::Gateway;
use crate::policy::{Act, authorize};

impl Gateway {
    /// Refuses a topic that the caller may not follow now: the rights that count are those in `caller`. What it may not
    /// see does not exist for it.
    pub async fn may_follow(&self, caller: &Caller, topic: &Topic) -> Result<()> {
        match topic {
            Topic::Session(id) => self.sessions.get(Some(caller), id).await.map(drop),
            Topic::Task(id) => self.tasks.get(caller, id).await.map(drop),
            Topic::Discussion(id) => self.discussions.run(caller, id).await.map(drop),
            Topic::Node(id) => self.nodes.get(caller, id).await.map(drop),
            Topic::User(user) | Topic::Feed(user) | Topic::Approvals(user) => {
                authorize(Some(caller), Act::FollowUser(user, None))
            }
            Topic::Tasks(user) => {
                authorize(Some(caller), Act::FollowUser(user, Some(Permission::ViewActiveTasks)))
            }
            Topic::Tenant(tenant) => authorize(Some(caller), Act::FollowTenant(tenant, None)),
            Topic::TenantApprovals(tenant) => {
                authorize(Some(caller), Act::FollowTenant(tenant, Some(Permission::ApproveActions)))
            }
            Topic::Nodes(tenant) => {
                authorize(Some(caller), Act::FollowTenant(tenant, Some(Permission::ManageNodes)))
            }
        }
    }
}

/// Whether a session that this event tells of may be followed no longer by who follows it: it was public, say.
pub fn shuts_out(event: &Event, caller: Option<&Caller>) -> bool {
    matches!(event, Event::SessionChanged { session, .. }
        if authorize(caller, Act::ReadSession(session)).is_err())
}
