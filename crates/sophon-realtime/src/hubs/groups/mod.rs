//! The groups of a hub: what a connection follows from its start, what its client chooses, and how a client that comes
//! back under another connection gets into those again.
//!
//! Stock clients do not join again by themselves after an automatic reconnect, and the seed says that their groups are
//! re-established. What they missed is not replayed: for that they join with `since`. A client that is back before the
//! gateway has noticed the loss (of a machine that changes networks, or between two polls) gets them when it does.

mod lost;
mod newcomers;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use fanout::Start;
use parking_lot::Mutex;
use signalr::{Connection, ConnectionId, HubError};
use sophon_core::Gateway;
use sophon_core::following::catch_up;
use sophon_model::Topic;

use super::error::hub_error;
use super::sign_in::ForPeople;
use lost::{Client, LostConnections};
use newcomers::Newcomers;

/// How long a client that came back has to join its groups by itself, from where it left, before it is put into them
/// from the moment it came back.
const CLIENT_DECIDES: Duration = Duration::from_secs(1);
/// Groups that the client of a connection may choose.
const MOST_CHOSEN: usize = 100;

/// The groups of one hub.
#[derive(Clone)]
pub(super) struct Groups {
    gateway: Gateway,
    /// What they are about, as clients are told when there are too many.
    about: &'static str,
    lost: Arc<Mutex<LostConnections>>,
    newcomers: Arc<Mutex<Newcomers>>,
    /// What connections are to follow again unless their clients say otherwise first.
    undecided: Arc<Mutex<HashMap<ConnectionId, Vec<Topic>>>>,
}

/// Where a client joins a group, once all that came before has been sent to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    start: Start,
    complete: bool,
}

impl Groups {
    pub(super) fn new(gateway: Gateway, about: &'static str) -> Self {
        Self { gateway, about, lost: Arc::default(), newcomers: Arc::default(), undecided: Arc::default() }
    }

    /// A client has connected: it follows from now on what it may of `own`, and if it comes back, soon also what it had
    /// chosen before.
    pub(super) async fn connected<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        own: impl IntoIterator<Item = Topic>,
    ) {
        for topic in own {
            if self.gateway.may_follow(connection.caller(), &topic).await.is_ok() {
                connection.follow(&topic, Start::Now);
            }
        }
        let (client, now) = (client(connection), self.gateway.db.now());
        let chosen_before = self.lost.lock().take(&client, now);
        if !chosen_before.is_empty() {
            let since = Start::After(self.gateway.db.bus().last_seq());
            return self.give_back(connection, chosen_before, since);
        }
        let (groups, newcomer) = (self.clone(), connection.clone());
        let take_over = Box::new(move |chosen| groups.give_back(&newcomer, chosen, Start::Now));
        self.newcomers.lock().add(client, connection.id(), now, take_over);
    }

    /// A connection has ended: its groups are for the client that may come back, or has already.
    pub(super) fn disconnected<H: ForPeople>(&self, connection: &Connection<H>) {
        self.newcomers.lock().forget(connection.id());
        let undecided = self.undecided.lock().remove(&connection.id());
        let mut chosen: Vec<Topic> = connection.followed().into_iter().filter(is_chosen).collect();
        // A connection that broke again before it was in its groups.
        chosen.extend(undecided.unwrap_or_default());
        if chosen.is_empty() || !connection.may_return() {
            return;
        }
        let (client, now) = (client(connection), self.gateway.db.now());
        let back = connection.vanished().and_then(|ago| self.newcomers.lock().take(&client, now.minus(ago)));
        match back {
            Some(take_over) => take_over(chosen),
            None => self.lost.lock().remember(client, chosen, now),
        }
    }

    /// Puts a client back into the groups that it had chosen before, soon, unless it decides otherwise.
    fn give_back<H: ForPeople>(&self, connection: &Connection<H>, chosen: Vec<Topic>, since: Start) {
        self.undecided.lock().insert(connection.id(), chosen);
        let (groups, connection) = (self.clone(), connection.clone());
        self.gateway.lifecycle.spawn(async move { groups.rejoin(&connection, since).await });
    }

    /// Follows a topic from now on, if the caller may.
    pub(super) async fn join<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: Topic,
    ) -> Result<(), HubError> {
        self.decide(connection, &topic);
        self.gateway.may_follow(connection.caller(), &topic).await.map_err(hub_error)?;
        self.follow(connection, &topic, Start::Now).map(drop)
    }

    /// Sends what happened under a topic after `since`, if the caller may follow it, and says where to join it.
    pub(super) async fn catch_up<H: ForPeople>(
        &self,
        hub: &H,
        connection: &Connection<H>,
        topic: &Topic,
        since: Option<u64>,
    ) -> Result<Place, HubError> {
        self.decide(connection, topic);
        self.gateway.may_follow(connection.caller(), topic).await.map_err(hub_error)?;
        let Some(since) = since else { return Ok(Place { start: Start::Now, complete: true }) };
        let missed = catch_up(&self.gateway.db, topic, since).await.map_err(hub_error)?;
        for entry in &missed.missed {
            if let Some(invocation) = hub.project(entry.seq(), entry.value()) {
                connection.send_at(entry.seq(), invocation).await?;
            }
        }
        Ok(Place { start: Start::After(missed.resume_after), complete: missed.complete })
    }

    /// Follows a topic from `place` on. Returns whether nothing is missing.
    pub(super) fn join_at<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: &Topic,
        place: Place,
    ) -> Result<bool, HubError> {
        let complete_after = self.follow(connection, topic, place.start)?;
        // Should the log have moved on in between, the client must know that it misses something.
        let has_moved_on = matches!(place.start, Start::After(cursor) if complete_after > cursor);
        Ok(place.complete && !has_moved_on)
    }

    /// Follows a topic that the caller may follow. Returns the number after which that is complete.
    pub(super) fn follow<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: &Topic,
        start: Start,
    ) -> Result<u64, HubError> {
        let followed = connection.followed();
        if !followed.contains(topic)
            && followed.iter().filter(|topic| is_chosen(topic)).count() >= MOST_CHOSEN
        {
            let about = self.about;
            let text =
                format!("conflict: A connection follows at most {MOST_CHOSEN} {about}. Leave one first.");
            return Err(HubError::message(text));
        }
        Ok(connection.follow(topic, start))
    }

    /// Leaves a group, whether it was joined or not.
    pub(super) fn leave<H: ForPeople>(&self, connection: &Connection<H>, topic: &Topic) {
        self.decide(connection, topic);
        connection.unfollow(topic);
    }

    /// The client says itself what is to become of a group.
    pub(super) fn decide<H: ForPeople>(&self, connection: &Connection<H>, topic: &Topic) {
        if let Some(undecided) = self.undecided.lock().get_mut(&connection.id()) {
            undecided.retain(|other| other != topic);
        }
    }

    /// Puts a client that came back into the groups that it has not decided on by itself meanwhile, as far as it may
    /// still follow them: things are deleted, and rights change.
    async fn rejoin<H: ForPeople>(&self, connection: &Connection<H>, since: Start) {
        tokio::select! {
            () = tokio::time::sleep(CLIENT_DECIDES) => {}
            () = connection.closed() => {
                // They are still here if it had ended before it was given them.
                if let Some(left) = self.undecided.lock().remove(&connection.id()) {
                    self.lost.lock().remember(client(connection), left, self.gateway.db.now());
                }
                return;
            }
        }
        while let Some(topic) = self.next_undecided(connection.id()) {
            let may_follow = self.gateway.may_follow(connection.caller(), &topic).await.is_ok();
            let mut undecided = self.undecided.lock();
            let Some(left) = undecided.get_mut(&connection.id()) else { return };
            // Unless the client has decided on it meanwhile. It cannot before this is done.
            if let Some(at) = left.iter().position(|other| *other == topic) {
                left.swap_remove(at);
                if may_follow && self.follow(connection, &topic, since).is_err() {
                    left.clear();
                }
            }
        }
        self.undecided.lock().remove(&connection.id());
    }

    fn next_undecided(&self, connection: ConnectionId) -> Option<Topic> {
        self.undecided.lock().get(&connection)?.first().cloned()
    }
}

/// Whether clients join it by themselves; what is left is followed from the start.
fn is_chosen(topic: &Topic) -> bool {
    match topic {
        Topic::Session(_) | Topic::Task(_) | Topic::Tasks(_) | Topic::Discussion(_) | Topic::Node(_) => true,
        Topic::User(_)
        | Topic::Feed(_)
        | Topic::Tenant(_)
        | Topic::Nodes(_)
        | Topic::Approvals(_)
        | Topic::TenantApprovals(_) => false,
    }
}

fn client<H: ForPeople>(connection: &Connection<H>) -> Client {
    Client::new(connection.caller(), connection.headers().get("user-agent"))
}
