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

use fanout::{Position, Start};
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
    /// The first number that the clients of connections came back with.
    came_with: Arc<Mutex<HashMap<ConnectionId, u64>>>,
}

/// Where a client joins a group, once all that came before has been sent to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    start: Start,
    /// The number that the client came back with.
    since: Option<u64>,
    complete: bool,
}

/// That a client is in a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Membership {
    /// Up to which event the client has been told what happened in it: what it comes back with.
    pub(super) seq: u64,
    /// Whether nothing is missing.
    pub(super) complete: bool,
}

impl Groups {
    pub(super) fn new(gateway: Gateway, about: &'static str) -> Self {
        Self {
            gateway,
            about,
            lost: Arc::default(),
            newcomers: Arc::default(),
            undecided: Arc::default(),
            came_with: Arc::default(),
        }
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
                follow_from_now_on(connection, &topic, Start::Now);
            }
        }
        let (client, now) = (client(connection), self.gateway.db.now());
        let chosen_before = self.lost.lock().take(&client, now);
        if !chosen_before.is_empty() {
            let since = Start::At(self.gateway.db.bus().position());
            return self.give_back(connection, chosen_before, since);
        }
        let (groups, newcomer) = (self.clone(), connection.clone());
        let take_over = Box::new(move |chosen| groups.give_back(&newcomer, chosen, Start::Now));
        self.newcomers.lock().add(client, connection.id(), now, take_over);
    }

    /// A connection has ended: its groups are for the client that may come back, or has already.
    pub(super) fn disconnected<H: ForPeople>(&self, connection: &Connection<H>) {
        self.newcomers.lock().forget(connection.id());
        self.came_with.lock().remove(&connection.id());
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
        self.require_room(connection, &topic)?;
        connection.follow(&topic, Start::Now);
        Ok(())
    }

    /// Follows a topic from now on, if the caller may, because of something else that its client does. It may still join
    /// it from where it left.
    pub(super) async fn enter<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: Topic,
    ) -> Result<(), HubError> {
        self.gateway.may_follow(connection.caller(), &topic).await.map_err(hub_error)?;
        self.require_room(connection, &topic)?;
        if self.decide(connection, &topic) {
            follow_from_now_on(connection, &topic, Start::Now);
        } else {
            connection.follow(&topic, Start::Now);
        }
        Ok(())
    }

    /// Follows a topic that began after the position `before`, if there is room for it.
    pub(super) fn follow_new<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: &Topic,
        before: Position,
    ) -> Result<(), HubError> {
        self.require_room(connection, topic)?;
        connection.follow(topic, Start::At(before));
        Ok(())
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
        let Some(since) = since else { return Ok(Place { start: Start::Now, since, complete: true }) };
        let since = self.position(connection, topic, since).await?;
        let from = connection.complete_after(topic);
        let missed = catch_up(&self.gateway.db, topic, since, from).await.map_err(hub_error)?;
        for entry in &missed.missed {
            if let Some(invocation) = hub.project(entry.seq(), entry.value()) {
                connection.send_at(entry.seq(), invocation).await?;
            }
        }
        let last = missed.missed.last().map_or(since, |entry| entry.seq());
        Ok(Place { start: Start::After(missed.resume_after), since: Some(last), complete: missed.complete })
    }

    /// Where a client that came back with `since` left a group. A client that keeps one number for several groups has
    /// been told others by the ones that it joined first on this connection: such a number is no position in this one,
    /// where the client is still at the number that it came with.
    async fn position<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: &Topic,
        since: u64,
    ) -> Result<u64, HubError> {
        let came_with = *self.came_with.lock().entry(connection.id()).or_insert(since);
        let others: Vec<Topic> = connection.followed().into_iter().filter(|other| other != topic).collect();
        if since <= came_with || others.is_empty() {
            return Ok(since);
        }
        let own = vec![topic.clone()];
        let read = self
            .gateway
            .db
            .read(move |tx| Ok(!tx.is_event_under(since, &own)? && tx.is_event_under(since, &others)?));
        let is_of_others = read.await.map_err(hub_error)?;
        Ok(if is_of_others { came_with } else { since })
    }

    /// Follows a topic from `place` on.
    pub(super) fn join_at<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: &Topic,
        place: Place,
    ) -> Result<Membership, HubError> {
        self.require_room(connection, topic)?;
        let complete_after = connection.follow(topic, place.start);
        // Should the log have moved on in between, the client must know that it misses something.
        let has_moved_on = matches!(place.start, Start::After(cursor) if complete_after > cursor);
        let shown = self.gateway.db.bus().shown(topic);
        let seq = match place.since {
            // Where nothing happened, the client stays where it was: a higher number could skip what it has not been
            // told of another group.
            Some(since) if shown <= complete_after => since,
            _ => shown,
        };
        Ok(Membership { seq, complete: place.complete && !has_moved_on })
    }

    /// Refuses a group more than a connection may follow.
    fn require_room<H: ForPeople>(&self, connection: &Connection<H>, topic: &Topic) -> Result<(), HubError> {
        let followed = connection.followed();
        if !followed.contains(topic)
            && followed.iter().filter(|topic| is_chosen(topic)).count() >= MOST_CHOSEN
        {
            let about = self.about;
            let text =
                format!("conflict: A connection follows at most {MOST_CHOSEN} {about}. Leave one first.");
            return Err(HubError::message(text));
        }
        Ok(())
    }

    /// Leaves a group, whether it was joined or not.
    pub(super) fn leave<H: ForPeople>(&self, connection: &Connection<H>, topic: &Topic) {
        self.decide(connection, topic);
        connection.unfollow(topic);
    }

    /// The client says itself what is to become of a group. Returns whether it had been in it before, on a connection that
    /// was lost, and had not said so yet.
    pub(super) fn decide<H: ForPeople>(&self, connection: &Connection<H>, topic: &Topic) -> bool {
        let mut undecided = self.undecided.lock();
        let Some(left) = undecided.get_mut(&connection.id()) else { return false };
        let before = left.len();
        left.retain(|other| other != topic);
        left.len() < before
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
                if may_follow && self.require_room(connection, &topic).is_err() {
                    left.clear();
                } else if may_follow {
                    follow_from_now_on(connection, &topic, since);
                }
            }
        }
        self.undecided.lock().remove(&connection.id());
    }

    fn next_undecided(&self, connection: ConnectionId) -> Option<Topic> {
        self.undecided.lock().get(&connection)?.first().cloned()
    }
}

/// Follows a topic that the client did not join. If it can be joined with `since`, or what happens under it is told by one
/// that can, then the client may still be behind in it, and what it is told must not take it ahead.
fn follow_from_now_on<H: ForPeople>(connection: &Connection<H>, topic: &Topic, start: Start) {
    match topic {
        Topic::User(_) | Topic::Feed(_) | Topic::Session(_) | Topic::Discussion(_) => {
            connection.follow_aside(topic, start);
        }
        Topic::Task(_)
        | Topic::Tasks(_)
        | Topic::Tenant(_)
        | Topic::Approvals(_)
        | Topic::Holders(..)
        | Topic::Node(_) => {
            connection.follow(topic, start);
        }
    }
}

/// Whether clients join it by themselves; what is left is followed from the start.
fn is_chosen(topic: &Topic) -> bool {
    match topic {
        Topic::Session(_) | Topic::Task(_) | Topic::Tasks(_) | Topic::Discussion(_) | Topic::Node(_) => true,
        Topic::User(_) | Topic::Feed(_) | Topic::Tenant(_) | Topic::Approvals(_) | Topic::Holders(..) => {
            false
        }
    }
}

fn client<H: ForPeople>(connection: &Connection<H>) -> Client {
    Client::new(connection.caller(), connection.headers().get("user-agent"))
}
