//! Connections that came without having lost another one, as far as is known yet.

use std::collections::VecDeque;
use std::time::Duration;

use signalr::ConnectionId;
use sophon_model::Timestamp;

use super::chosen::Chosen;
use super::lost::Client;

/// How long one may turn out to be a client that came back. A loss is noticed within half a minute.
const KEPT: Duration = Duration::from_mins(1);
/// Those that are kept; the oldest is forgotten for one more.
const MOST: usize = 10_000;
/// How much later the gateway may hear of a broken request than the client comes back.
const NOTICED_WITHIN: Duration = Duration::from_secs(1);

/// What is to be done with the groups of the connection that turns out to be lost.
type TakeOver = Box<dyn FnOnce(Vec<Chosen>) + Send>;

/// They, oldest first. Each takes over from one lost connection.
#[derive(Default)]
pub(super) struct Newcomers(VecDeque<Newcomer>);

struct Newcomer {
    client: Client,
    id: ConnectionId,
    at: Timestamp,
    take_over: TakeOver,
}

impl Newcomers {
    pub(super) fn add(&mut self, client: Client, id: ConnectionId, now: Timestamp, take_over: TakeOver) {
        while self.0.len() == MOST || self.0.front().is_some_and(|first| now.since(first.at) > KEPT) {
            self.0.pop_front();
        }
        self.0.push_back(Newcomer { client, id, at: now, take_over });
    }

    /// The first connection that the client opened after it was `last_heard` of on the one that is lost.
    pub(super) fn take(&mut self, client: &Client, last_heard: Timestamp) -> Option<TakeOver> {
        let is_back = |newcomer: &Newcomer| {
            newcomer.at.plus(NOTICED_WITHIN) >= last_heard && newcomer.client.is(client)
        };
        let at = self.0.iter().position(is_back)?;
        self.0.remove(at).map(|newcomer| newcomer.take_over)
    }

    pub(super) fn forget(&mut self, id: ConnectionId) {
        self.0.retain(|newcomer| newcomer.id != id);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use sophon_model::{Caller, Credential, Permissions, Role, Topic};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn client(user: &str) -> Client {
        let caller = Caller {
            user: user.into(),
            email: "a@example.com".into(),
            tenant: "tenant_1".into(),
            role: Role::Admin,
            permissions: Permissions::ALL,
            credential: Credential::AutoAdmin,
            request_key: None,
            origin: Arc::default(),
        };
        Client::new(&caller, None)
    }

    fn id(letter: &str) -> ConnectionId {
        format!("{}A", letter.repeat(21)).parse().unwrap()
    }

    /// Adds one, and says how often it has taken over.
    fn add(newcomers: &mut Newcomers, user: &str, letter: &str, at: Timestamp) -> Arc<AtomicUsize> {
        let taken = Arc::new(AtomicUsize::new(0));
        let counter = taken.clone();
        let take_over = Box::new(move |chosen: Vec<Chosen>| {
            counter.fetch_add(chosen.len(), Ordering::Relaxed);
        });
        newcomers.add(client(user), id(letter), at, take_over);
        taken
    }

    #[test]
    fn the_first_that_came_after_the_client_fell_silent_takes_over_once() {
        let mut newcomers = Newcomers::default();
        let after = NOW.plus(Duration::from_secs(5));
        add(&mut newcomers, "usr_1", "a", NOW);
        add(&mut newcomers, "usr_2", "b", after);
        let taken = add(&mut newcomers, "usr_1", "c", after);
        let silent_since = NOW.plus(Duration::from_secs(3));
        newcomers.take(&client("usr_1"), silent_since).unwrap()(vec![Chosen {
            topic: Topic::Task("task_1".into()),
            by_sending: false,
        }]);
        assert_eq!(taken.load(Ordering::Relaxed), 1);
        assert!(newcomers.take(&client("usr_1"), silent_since).is_none());
    }

    #[test]
    fn one_that_has_ended_or_came_long_ago_takes_nothing_over() {
        let mut newcomers = Newcomers::default();
        add(&mut newcomers, "usr_1", "a", NOW);
        newcomers.forget(id("a"));
        assert!(newcomers.take(&client("usr_1"), NOW).is_none());
        add(&mut newcomers, "usr_1", "b", NOW);
        add(&mut newcomers, "usr_2", "c", NOW.plus(KEPT + Duration::from_millis(1)));
        assert!(newcomers.take(&client("usr_1"), NOW).is_none());
    }

    #[test]
    fn only_so_many_are_kept() {
        let mut newcomers = Newcomers::default();
        add(&mut newcomers, "usr_1", "a", NOW);
        for _ in 0..MOST {
            add(&mut newcomers, "usr_2", "b", NOW);
        }
        assert!(newcomers.take(&client("usr_1"), NOW).is_none());
        assert!(newcomers.take(&client("usr_2"), NOW).is_some());
    }
}
