//! The groups of a hub: what a connection follows from its start, what its client chooses, and how a client that comes
//! back under another connection gets into those again.
//!
//! Stock clients do not join again by themselves after an automatic reconnect, and the seed says that their groups are
//! re-established. What they missed is not replayed: for that they join with `since`. A client that is back before the
//! gateway has noticed the loss (of a machine that changes networks, or between two polls) gets them when it does.

mod chosen;
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

use super::refusals::CallError;
use super::share::Shares;
use super::sign_in::ForPeople;
use chosen::{BySending, Chosen, MOST_CHOSEN, is_chosen};
use lost::{Client, LostConnections};
use newcomers::Newcomers;

/// How long a client that came back has to join its groups by itself, from where it left, before it is put into them
/// from the moment it came back.
const CLIENT_DECIDES: Duration = Duration::from_secs(1);

/// The groups of one hub.
#[derive(Clone)]
pub(super) struct Groups {
    gateway: Gateway,
    shares: Arc<Shares>,
    /// What they are about, as the error says when there are too many.
    about: &'static str,
    lost: Arc<Mutex<LostConnections>>,
    newcomers: Arc<Mutex<Newcomers>>,
    /// What connections are to follow again unless their clients say otherwise first.
    undecided: Arc<Mutex<HashMap<ConnectionId, Vec<Chosen>>>>,
    by_sending: Arc<Mutex<BySending>>,
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
    /// Up to which event the client has been sent what happened in it: what it comes back with.
    pub(super) seq: u64,
    /// Whether nothing is missing.
    pub(super) complete: bool,
}

impl Groups {
    pub(super) fn new(gateway: Gateway, about: &'static str) -> Self {
        Self {
            shares: Arc::new(Shares::new(gateway.connections.hub)),
            gateway,
            about,
            lost: Arc::default(),
            newcomers: Arc::default(),
            undecided: Arc::default(),
            by_sending: Arc::default(),
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
        self.shares.add(connection);
        for topic in own {
            if self.gateway.may_follow(connection.caller(), &topic).await.is_ok() {
                follow_from_now_on(connection, &topic, Start::Now);
                let _ended_if_not = self.confirm(connection, &topic).await;
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
        self.shares.remove(connection);
        self.newcomers.lock().forget(connection.id());
        self.came_with.lock().remove(&connection.id());
        let undecided = self.undecided.lock().remove(&connection.id());
        let by_sending = self.by_sending.lock().take(connection.id());
        let followed = connection.followed().into_iter().filter(is_chosen);
        let mut chosen: Vec<Chosen> =
            followed.map(|topic| Chosen { by_sending: by_sending.contains(&topic), topic }).collect();
        // A connection that broke again before it was in its groups.
        chosen.extend(undecided.unwrap_or_default());
        // Those that the client gets first are at the end.
        chosen.sort_by_key(|chosen| !chosen.by_sending);
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
    fn give_back<H: ForPeople>(&self, connection: &Connection<H>, chosen: Vec<Chosen>, since: Start) {
        self.undecided.lock().insert(connection.id(), chosen);
        let (groups, connection) = (self.clone(), connection.clone());
        self.gateway.lifecycle.spawn(async move { groups.rejoin(&connection, since).await });
    }

    /// Follows a topic from now on, if the caller may.
    pub(super) async fn join<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: Topic,
    ) -> Result<(), CallError> {
        self.decide(connection, &topic);
        self.gateway.may_follow(connection.caller(), &topic).await?;
        self.make_room(connection, &topic)?;
        self.by_sending.lock().remove(connection.id(), &topic);
        connection.follow(&topic, Start::Now);
        self.confirm(connection, &topic).await
    }

    /// Looks once more whether the caller may follow what it follows now: it may have lost the right before its loss could
    /// be heard here. Ends it if so.
    pub(super) async fn confirm<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: &Topic,
    ) -> Result<(), CallError> {
        let may_follow = self.gateway.may_follow(connection.caller(), topic).await;
        if may_follow.is_err() {
            self.leave(connection, topic);
        }
        Ok(may_follow?)
    }

    /// Follows a topic from now on, if the caller may, because its client sends something there. The client may still
    /// join it from where it left.
    pub(super) async fn enter<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: Topic,
    ) -> Result<(), CallError> {
        self.gateway.may_follow(connection.caller(), &topic).await?;
        if connection.followed().contains(&topic) {
            connection.follow(&topic, Start::Now);
            return Ok(());
        }
        self.make_room(connection, &topic)?;
        let before = self.decide(connection, &topic);
        if before.as_ref().is_none_or(|chosen| chosen.by_sending) {
            self.note_sending(connection, |by_sending, id| by_sending.add(id, &topic));
        }
        if before.is_some() {
            follow_from_now_on(connection, &topic, Start::Now);
        } else {
            connection.follow(&topic, Start::Now);
        }
        self.confirm(connection, &topic).await
    }

    /// Refuses to send to a group that does not exist yet if the client could not follow it: to be asked before it is
    /// made, because what was made is not to be refused any more.
    pub(super) fn require_room<H: ForPeople>(&self, connection: &Connection<H>) -> Result<(), HubError> {
        if is_full(connection) && self.by_sending.lock().oldest(connection.id()).is_none() {
            return Err(self.no_room());
        }
        Ok(())
    }

    /// Follows a topic that began after the position `before` with something that the client sent. Calls that run side
    /// by side may each take the last place, which does not matter to them.
    pub(super) fn follow_new<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: &Topic,
        before: Position,
    ) {
        let _ = self.make_room(connection, topic);
        self.note_sending(connection, |by_sending, id| by_sending.add(id, topic));
        connection.follow(topic, Start::At(before));
    }

    /// Sends what happened under a topic after `since`, if the caller may follow it, and says where to join it.
    pub(super) async fn catch_up<H: ForPeople>(
        &self,
        hub: &H,
        connection: &Connection<H>,
        topic: &Topic,
        since: Option<u64>,
    ) -> Result<Place, CallError> {
        self.decide(connection, topic);
        self.gateway.may_follow(connection.caller(), topic).await?;
        let Some(since) = since else { return Ok(Place { start: Start::Now, since, complete: true }) };
        let since = self.position(connection, topic, since).await?;
        let from = connection.complete_after(topic);
        let missed = catch_up(&self.gateway.db, topic, since, from).await?;
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
    ) -> Result<u64, CallError> {
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
        let is_of_others = read.await?;
        Ok(if is_of_others { came_with } else { since })
    }

    /// Follows a topic from `place` on.
    pub(super) fn join_at<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: &Topic,
        place: Place,
    ) -> Result<Membership, HubError> {
        self.make_room(connection, topic)?;
        self.by_sending.lock().remove(connection.id(), topic);
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

    /// Makes room for a group: leaves the oldest that the client only sent something to, where there are too many.
    /// Refuses if it joined all of them itself.
    fn make_room<H: ForPeople>(&self, connection: &Connection<H>, topic: &Topic) -> Result<(), HubError> {
        if connection.followed().contains(topic) || !is_full(connection) {
            return Ok(());
        }
        let mut by_sending = self.by_sending.lock();
        let oldest = by_sending.oldest(connection.id()).cloned().ok_or_else(|| self.no_room())?;
        by_sending.remove(connection.id(), &oldest);
        connection.unfollow(&oldest);
        Ok(())
    }

    /// Notes that the client chose a group by sending something there.
    fn note_sending<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        note: impl FnOnce(&mut BySending, ConnectionId),
    ) {
        note(&mut self.by_sending.lock(), connection.id());
        // Otherwise nothing would remove it again.
        if connection.is_closed() {
            self.by_sending.lock().take(connection.id());
        }
    }

    fn no_room(&self) -> HubError {
        let about = self.about;
        HubError::message(format!(
            "conflict: A connection follows at most {MOST_CHOSEN} {about}. Leave one first."
        ))
    }

    /// Leaves a group, whether it was joined or not.
    pub(super) fn leave<H: ForPeople>(&self, connection: &Connection<H>, topic: &Topic) {
        self.decide(connection, topic);
        self.by_sending.lock().remove(connection.id(), topic);
        connection.unfollow(topic);
    }

    /// The client says itself what is to become of a group. Returns how it had chosen it before, on a connection that
    /// was lost, if it had not said so yet.
    fn decide<H: ForPeople>(&self, connection: &Connection<H>, topic: &Topic) -> Option<Chosen> {
        let mut undecided = self.undecided.lock();
        let left = undecided.get_mut(&connection.id())?;
        let at = left.iter().position(|chosen| chosen.topic == *topic)?;
        Some(left.remove(at))
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
            if self.rejoin_one(connection, &topic, since, may_follow) {
                let _ended_if_not = self.confirm(connection, &topic).await;
            }
        }
        self.undecided.lock().remove(&connection.id());
    }

    /// Puts a client that came back into a group, unless it has decided on it meanwhile; whether it did. The client cannot
    /// decide before this is done.
    fn rejoin_one<H: ForPeople>(
        &self,
        connection: &Connection<H>,
        topic: &Topic,
        since: Start,
        may_follow: bool,
    ) -> bool {
        let mut undecided = self.undecided.lock();
        let Some(left) = undecided.get_mut(&connection.id()) else { return false };
        let Some(at) = left.iter().position(|chosen| chosen.topic == *topic) else { return false };
        let chosen = left.remove(at);
        if is_full(connection) {
            // What the client has chosen since it came back counts for more.
            left.clear();
            return false;
        }
        if may_follow {
            if chosen.by_sending {
                self.note_sending(connection, |by_sending, id| by_sending.add_older(id, topic));
            }
            follow_from_now_on(connection, topic, since);
        }
        may_follow
    }

    fn next_undecided(&self, connection: ConnectionId) -> Option<Topic> {
        self.undecided.lock().get(&connection)?.last().map(|chosen| chosen.topic.clone())
    }
}

/// Follows a topic that the client did not join. If it can be joined with `since`, or what happens under it is told by
/// one that can, then the client may still be behind in it, and what it is sent must not take it ahead.
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

fn is_full<H: ForPeople>(connection: &Connection<H>) -> bool {
    connection.followed().iter().filter(|topic| is_chosen(topic)).count() >= MOST_CHOSEN
}

fn client<H: ForPeople>(connection: &Connection<H>) -> Client {
    Client::new(connection.caller(), connection.headers().get("user-agent"))
}
