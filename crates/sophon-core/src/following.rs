//! Following what happens: who may, and how one who was away goes on.

use std::sync::Arc;

use sophon_model::{Caller, Event, Result, Session, Topic, UserId};

use crate::database::Database;
use crate::gateway::Gateway;
use crate::live::EventEntry;
use crate::policy::{FollowApprovals, FollowNodes, FollowTasks, Read, TenantFeed, UserFeed, check};

/// The most stored events that a client who comes back is sent; one who missed more is told to reload.
pub const MOST_REPLAYED: usize = 1_000;

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
                check::<_, Read>(caller, &user_feed(caller, user))
            }
            Topic::Tasks(user) => check::<_, FollowTasks>(caller, &user_feed(caller, user)),
            Topic::Tenant(tenant) => check::<_, Read>(caller, &TenantFeed(tenant.clone())),
            Topic::TenantApprovals(tenant) => {
                check::<_, FollowApprovals>(caller, &TenantFeed(tenant.clone()))
            }
            Topic::Nodes(tenant) => check::<_, FollowNodes>(caller, &TenantFeed(tenant.clone())),
        }
    }
}

/// Whether a session that this event tells of may be followed no longer by who follows it: it was public, say.
pub fn shuts_out(event: &Event, caller: Option<&Caller>) -> bool {
    let Event::SessionChanged { session, users, .. } = event else { return false };
    let takes_part = caller.is_some_and(|caller| users.contains(&caller.user));
    !takes_part && check::<Session, Read>(caller, session).is_err()
}

/// What is sent to a user of the caller's tenant: a topic does not name another one.
fn user_feed(caller: &Caller, user: &UserId) -> UserFeed {
    UserFeed { tenant: caller.tenant.clone(), user: user.clone() }
}

/// What a client who comes back has missed of a topic, and how it goes on.
#[derive(Debug)]
pub struct CatchUp {
    /// Stored events that the live log no longer holds. Text deltas are not among them: they are not stored.
    pub missed: Vec<Arc<EventEntry>>,
    /// Where to follow the live log from.
    pub resume_after: u64,
    /// Whether these and the live log are all: false if more was missed than is kept or sent. The client is to
    /// reload.
    pub complete: bool,
}

/// What happened under `topic` after the cursor `after`, as far as the live log no longer holds it.
pub async fn catch_up(db: &Database, topic: &Topic, after: u64) -> Result<CatchUp> {
    let after = after.min(db.bus().last_seq());
    let complete_after = db.bus().complete_after(topic);
    if complete_after <= after {
        return Ok(CatchUp { missed: Vec::new(), resume_after: after, complete: true });
    }
    let topic = topic.clone();
    let (oldest_kept, stored) = db
        .read(move |tx| {
            let stored = tx.events(&topic, after, complete_after, MOST_REPLAYED + 1)?;
            Ok((tx.oldest_event()?, stored))
        })
        .await?;
    let complete = stored.len() <= MOST_REPLAYED && oldest_kept.is_some_and(|oldest| oldest <= after + 1);
    let missed = stored
        .into_iter()
        .take(MOST_REPLAYED)
        .map(|stored| Arc::new(EventEntry::new(stored.seq, stored.event)))
        .collect();
    Ok(CatchUp { missed, resume_after: complete_after, complete })
}
