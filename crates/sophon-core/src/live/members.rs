//! The members of each session, as they were looked up last.
//!
//! Every event of a session asks for it. A durable event goes to those who are members in its transaction; one that is
//! not kept waits for no storage, and goes to those of the last durable event of the session.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sophon_model::ports::Tx;
use sophon_model::{Event, Result, SessionId, UserInTenant};

/// Sessions that are kept in mind. With one more, another one is forgotten.
const MOST: usize = 10_000;

/// The members of sessions.
#[derive(Clone)]
pub(crate) struct Members {
    /// Whether no other process can change them.
    is_exclusive: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    known: HashMap<SessionId, Arc<[UserInTenant]>>,
    /// Sessions that transactions change which have not ended, and how many. Each looks them up for itself.
    changing: HashMap<SessionId, usize>,
    /// Transactions that have not ended and change whichever sessions.
    changing_any: usize,
}

impl State {
    fn is_changing(&self, session: &SessionId) -> bool {
        self.changing_any > 0 || self.changing.contains_key(session)
    }

    fn learn(&mut self, session: &SessionId, members: Arc<[UserInTenant]>) {
        if self.known.len() >= MOST && !self.known.contains_key(session) {
            let forgotten = self.known.keys().next().cloned();
            forgotten.and_then(|session| self.known.remove(&session));
        }
        self.known.insert(session.clone(), members);
    }
}

impl Members {
    pub(crate) fn new(is_exclusive: bool) -> Self {
        Self { is_exclusive, state: Arc::default() }
    }

    /// The members of a session, its owner first; nobody if it is gone.
    pub(crate) fn of(&self, session: &SessionId, tx: &dyn Tx) -> Result<Arc<[UserInTenant]>> {
        {
            let state = self.state.lock();
            if let Some(known) = state.known.get(session)
                && self.is_exclusive
                && !state.is_changing(session)
            {
                return Ok(known.clone());
            }
        }
        let members: Arc<[UserInTenant]> = tx.session_members(session)?.into();
        let mut state = self.state.lock();
        if !members.is_empty() && !state.is_changing(session) {
            state.learn(session, members.clone());
        }
        Ok(members)
    }

    /// The members of the session that a passing event concerns, as they were looked up last.
    pub(crate) fn last_known(&self, event: &Event) -> Arc<[UserInTenant]> {
        let known = event.session().and_then(|session| self.state.lock().known.get(session).cloned());
        known.unwrap_or_default()
    }

    /// Notes that a transaction changes the members of a session, until it has [ended](Self::ended).
    pub(crate) fn change(&self, session: &SessionId) {
        *self.state.lock().changing.entry(session.clone()).or_default() += 1;
    }

    /// Notes that a transaction changes the members of many sessions, until it has [ended](Self::ended_any).
    pub(crate) fn change_any(&self) {
        self.state.lock().changing_any += 1;
    }

    /// Notes that a transaction has ended that changed the members of many sessions, or did not after all.
    pub(crate) fn ended_any(&self) {
        let mut state = self.state.lock();
        state.changing_any -= 1;
        state.known.clear();
    }

    /// Notes that a transaction has ended that changed the members of a session to these, or did not after all.
    pub(crate) fn ended(&self, session: &SessionId, members: Option<Arc<[UserInTenant]>>) {
        let mut state = self.state.lock();
        if let Some(count) = state.changing.get_mut(session) {
            *count -= 1;
            if *count == 0 {
                state.changing.remove(session);
            }
        }
        if let Some(members) = members {
            state.learn(session, members);
        }
    }
}
