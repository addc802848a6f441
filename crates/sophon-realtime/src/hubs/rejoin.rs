//! Which sessions a connection had joined, for the client that comes back under a new connection.
//!
//! Stock clients do not join again by themselves after an automatic reconnect, and the seed says that their groups are
//! re-established. What they missed is not replayed: for that they join with `since`.

use std::collections::VecDeque;
use std::time::Duration;

use sophon_model::{Caller, Credential, SessionId, Timestamp, UserId};

/// How long a lost connection's sessions are kept. The clients' own attempts end after 42 seconds.
const KEPT: Duration = Duration::from_mins(1);
/// Lost connections that are remembered; the oldest is forgotten for one more.
const MOST: usize = 10_000;

/// Lost connections, oldest first. Each is taken over by one new connection with the same credential.
#[derive(Debug, Default)]
pub(super) struct LostConnections(VecDeque<Lost>);

#[derive(Debug)]
struct Lost {
    user: UserId,
    credential: Credential,
    sessions: Vec<SessionId>,
    at: Timestamp,
}

impl LostConnections {
    pub(super) fn remember(&mut self, caller: &Caller, sessions: Vec<SessionId>, now: Timestamp) {
        self.forget_old(now);
        if sessions.is_empty() {
            return;
        }
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(Lost {
            user: caller.user.clone(),
            credential: caller.credential.clone(),
            sessions,
            at: now,
        });
    }

    /// The sessions of the connection that `caller` lost last.
    pub(super) fn take(&mut self, caller: &Caller, now: Timestamp) -> Vec<SessionId> {
        self.forget_old(now);
        let is_callers =
            |lost: &Lost| lost.user == caller.user && is_same(&lost.credential, &caller.credential);
        let last = self.0.iter().rposition(is_callers);
        last.and_then(|at| self.0.remove(at)).map(|lost| lost.sessions).unwrap_or_default()
    }

    fn forget_old(&mut self, now: Timestamp) {
        while self.0.front().is_some_and(|lost| now.since(lost.at) > KEPT) {
            self.0.pop_front();
        }
    }
}

/// A refreshed access token is the same sign-in.
fn is_same(one: &Credential, other: &Credential) -> bool {
    match (one, other) {
        (Credential::Access(one, _), Credential::Access(other, _)) => one == other,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sophon_model::{Permissions, Role};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn caller(sign_in: &str, until: i64) -> Caller {
        Caller {
            user: "usr_1".into(),
            tenant: "tenant_1".into(),
            role: Role::Admin,
            permissions: Permissions::ALL,
            credential: Credential::Access(sign_in.into(), Timestamp::from_millis(until)),
        }
    }

    #[test]
    fn who_comes_back_gets_the_sessions_once_also_with_a_refreshed_token() {
        let mut lost = LostConnections::default();
        lost.remember(&caller("auth_1", 5), vec!["ses_1".into()], NOW);
        assert_eq!(lost.take(&caller("auth_2", 5), NOW), []);
        assert_eq!(lost.take(&caller("auth_1", 9), NOW), ["ses_1".into()]);
        assert_eq!(lost.take(&caller("auth_1", 9), NOW), []);
    }

    #[test]
    fn who_comes_back_too_late_begins_anew() {
        let mut lost = LostConnections::default();
        lost.remember(&caller("auth_1", 5), vec!["ses_1".into()], NOW);
        assert_eq!(lost.take(&caller("auth_1", 5), NOW.plus(KEPT + Duration::from_millis(1))), []);
    }

    #[test]
    fn only_so_many_are_remembered() {
        let mut lost = LostConnections::default();
        for number in 0..=MOST {
            lost.remember(&caller(&format!("auth_{number}"), 5), vec!["ses_1".into()], NOW);
        }
        assert_eq!(lost.take(&caller("auth_0", 5), NOW), []);
        assert_eq!(lost.take(&caller("auth_1", 5), NOW), ["ses_1".into()]);
    }
}
