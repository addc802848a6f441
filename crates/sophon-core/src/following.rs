//! Following what happens: who may, and how one who was away goes on.

use std::sync::Arc;

use sophon_model::{Caller, Event, Result, Session, Topic};

use crate::database::Database;
use crate::gateway::Gateway;
use crate::live::EventEntry;
use crate::policy::{FollowTasks, HoldersFeed, Read, TenantFeed, UserFeed, check};
use crate::sessions::View;

/// The most stored events that a client who comes back is sent; one that missed more is told to reload.
pub const MOST_REPLAYED: usize = 1_000;

impl Gateway {
    /// Refuses a topic that the caller may not follow now: the rights that count are those in `caller`. What it may not
    /// see does not exist for it.
    pub async fn may_follow(&self, caller: &Caller, topic: &Topic) -> Result<()> {
        match topic {
            Topic::Session(id) => self.sessions.require_participant(caller, id).await,
            Topic::Task(id) => self.tasks.get(caller, id).await.map(drop),
            Topic::Discussion(id) => self.discussions.run(caller, id).await.map(drop),
            Topic::Node(id) => self.nodes.get(caller, id).await.map(drop),
            Topic::User(user) | Topic::Feed(user) | Topic::Approvals(user) => {
                check::<_, Read>(caller, &UserFeed(user.clone()))
            }
            Topic::Tasks(user) => check::<_, FollowTasks>(caller, &UserFeed(user.clone())),
            Topic::Tenant(tenant) => check::<_, Read>(caller, &TenantFeed(tenant.clone())),
            Topic::Holders(tenant, permission) => {
                check::<_, Read>(caller, &HoldersFeed { tenant: tenant.clone(), permission: *permission })
            }
        }
    }
}

/// Whether a session that this event describes may no longer be followed with this view: it was public or shared, say.
pub fn revokes_access(event: &Event, caller: Option<&Caller>, view: View) -> bool {
    let Event::Session(event) = event else { return false };
    let takes_part = caller.is_some_and(|caller| {
        caller.tenant == event.session.tenant_id && event.members.contains(&caller.user)
    });
    match view {
        View::Participant => !takes_part,
        View::Visitor => !takes_part && check::<Session, Read>(caller, &event.session).is_err(),
    }
}

/// What a client who comes back has missed of a topic, and how it goes on.
#[derive(Debug)]
pub struct CatchUp {
    /// Stored events that the live log no longer holds. Passing ones are not among them: they are not stored.
    pub missed: Vec<Arc<EventEntry>>,
    /// Where to follow the live log from.
    pub resume_after: u64,
    /// Whether these and the live log are all: false if more was missed than is kept, sent or read, or the cursor is
    /// none of this history. The client is to reload.
    pub complete: bool,
}

/// What happened under `topic` after the cursor `after`, to a reader that gets all that happens after `from`, by its
/// place in the live log.
pub async fn catch_up(db: &Database, topic: &Topic, after: u64, from: u64) -> Result<CatchUp> {
    let last = db.bus().last_seq();
    // The live log has all that this process stored, and others store as well where the database is not its own.
    if db.is_exclusive() && from <= after && after <= last {
        return Ok(CatchUp { missed: Vec::new(), resume_after: after, complete: true });
    }
    let (is_exclusive, topic) = (db.is_exclusive(), topic.clone());
    let (is_known, up_to, stored) = db
        .read(move |tx| {
            let up_to = if is_exclusive { from } else { tx.last_event()? };
            let stored = tx.events(&topic, after, up_to, MOST_REPLAYED + 1)?;
            Ok((tx.has_events_since(after)?, up_to, stored))
        })
        .await?;
    let complete =
        is_known && stored.len() <= MOST_REPLAYED && stored.iter().all(|stored| stored.event.is_some());
    let missed = stored
        .into_iter()
        .take(MOST_REPLAYED)
        .filter_map(|stored| Some(Arc::new(EventEntry::new(stored.number, stored.event?))))
        .collect();
    Ok(CatchUp { missed, resume_after: up_to, complete })
}
