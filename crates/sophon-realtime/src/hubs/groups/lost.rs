//! Which groups the clients of lost connections had chosen.

use std::collections::VecDeque;
use std::time::Duration;

use sophon_model::{Caller, Credential, Timestamp, UserInTenant};

use super::chosen::Chosen;

/// How long a lost connection's groups are kept. The clients' own attempts end after 42 seconds.
const KEPT: Duration = Duration::from_mins(1);
/// Lost connections that are remembered; the oldest is forgotten for one more.
const MOST: usize = 10_000;

/// What tells the clients of a hub apart: whose they are, by which credential, and the name of the program. Two pages of
/// one browser are the same to the gateway: the one that connects first takes over what the other had lost.
#[derive(Clone, Debug)]
pub(super) struct Client {
    user: UserInTenant,
    credential: Credential,
    program: Option<String>,
}

impl Client {
    /// `program` is what it calls itself in `User-Agent`, if it does.
    pub(super) fn new(caller: &Caller, program: Option<&str>) -> Self {
        Self {
            user: caller.in_tenant(),
            credential: caller.credential.clone(),
            program: program.map(ToOwned::to_owned),
        }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.user == other.user
            && self.program == other.program
            && match (&self.credential, &other.credential) {
                // A refreshed access token is the same sign-in.
                (Credential::Access(one, _), Credential::Access(other, _)) => one == other,
                (one, other) => one == other,
            }
    }
}

/// Lost connections, oldest first. Each is taken over by one new connection of the same client.
#[derive(Debug, Default)]
pub(super) struct LostConnections(VecDeque<Lost>);

#[derive(Debug)]
struct Lost {
    client: Client,
    chosen: Vec<Chosen>,
    at: Timestamp,
}

impl LostConnections {
    pub(super) fn remember(&mut self, client: Client, chosen: Vec<Chosen>, now: Timestamp) {
        self.forget_old(now);
        if chosen.is_empty() {
            return;
        }
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(Lost { client, chosen, at: now });
    }

    /// What the client had chosen on the connection that it lost last.
    pub(super) fn take(&mut self, client: &Client, now: Timestamp) -> Vec<Chosen> {
        self.forget_old(now);
        let last = self.0.iter().rposition(|lost| lost.client.is(client));
        last.and_then(|at| self.0.remove(at)).map(|lost| lost.chosen).unwrap_or_default()
    }

    fn forget_old(&mut self, now: Timestamp) {
        while self.0.front().is_some_and(|lost| now.since(lost.at) > KEPT) {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use sophon_model::Topic;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn client(sign_in: &str, until: i64) -> Client {
        let credential = Credential::Access(sign_in.into(), Timestamp::from_millis(until));
        Client {
            user: UserInTenant { tenant: "tenant_1".into(), user: "usr_1".into() },
            credential,
            program: Some("Firefox".into()),
        }
    }

    fn session() -> Vec<Chosen> {
        vec![Chosen { topic: Topic::Session("ses_1".into()), by_sending: false }]
    }

    #[test]
    fn who_comes_back_gets_the_groups_once_also_with_a_refreshed_token() {
        let mut lost = LostConnections::default();
        lost.remember(client("auth_1", 5), session(), NOW);
        assert_eq!(lost.take(&client("auth_2", 5), NOW), []);
        assert_eq!(lost.take(&client("auth_1", 9), NOW), session());
        assert_eq!(lost.take(&client("auth_1", 9), NOW), []);
    }

    #[test]
    fn another_program_with_the_same_credential_is_another_client() {
        let mut lost = LostConnections::default();
        lost.remember(client("auth_1", 5), session(), NOW);
        for program in [Some("curl".into()), None] {
            assert_eq!(lost.take(&Client { program, ..client("auth_1", 5) }, NOW), []);
        }
        assert_eq!(lost.take(&client("auth_1", 5), NOW), session());
    }

    #[test]
    fn who_comes_back_too_late_begins_anew() {
        let mut lost = LostConnections::default();
        lost.remember(client("auth_1", 5), session(), NOW);
        assert_eq!(lost.take(&client("auth_1", 5), NOW.plus(KEPT + Duration::from_millis(1))), []);
    }

    #[test]
    fn only_so_many_are_remembered() {
        let mut lost = LostConnections::default();
        for number in 0..=MOST {
            lost.remember(client(&format!("auth_{number}"), 5), session(), NOW);
        }
        assert_eq!(lost.take(&client("auth_0", 5), NOW), []);
        assert_eq!(lost.take(&client("auth_1", 5), NOW), session());
    }
}
