//! Who is told what happens in which session, as far as it was looked up lately: every event of a session asks for it.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sophon_model::ports::Tx;
use sophon_model::{Event, Result, SessionId, UserId};

/// Sessions that are kept in mind; with one more, all are looked up anew.
const MOST: usize = 10_000;

/// The members of sessions. A session has one so far, its owner, who never changes.
#[derive(Clone, Default)]
pub(crate) struct Members(Arc<Mutex<HashMap<SessionId, Vec<UserId>>>>);

impl Members {
    /// Those of the session that an event concerns; nobody if it concerns none, or one that is gone.
    pub(crate) fn of(&self, event: &Event, tx: &dyn Tx) -> Result<Vec<UserId>> {
        let Some(session) = event.session() else { return Ok(Vec::new()) };
        if let Event::Session(event) = event {
            // It may be gone from storage already.
            return Ok(vec![event.session.owner_id.clone()]);
        }
        if let Some(known) = self.0.lock().get(session) {
            return Ok(known.clone());
        }
        let members = tx.session_members(session)?;
        if !members.is_empty() {
            let mut known = self.0.lock();
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(session.clone(), members.clone());
        }
        Ok(members)
    }
}
