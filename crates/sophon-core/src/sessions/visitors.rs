//! Those who read a public session without taking part in it: they see what was said, and not how answers came about.

use sophon_model::{Caller, Result, Session, SessionId};

use super::Sessions;
use crate::policy::{Granted, Read, SeeDetails, grant};

/// How somebody sees a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everything, as those who take part do.
    Participant,
    /// What is said now: no tool calls, no reasoning, no usage, and nothing that was edited away. For everybody, where a
    /// session is public.
    Visitor,
}

impl View {
    /// How `caller`, who was granted to read it, sees the session.
    pub(crate) fn of(session: &Granted<Session, Read>, caller: Option<&Caller>) -> Self {
        if session.allows::<SeeDetails>(caller) { Self::Participant } else { Self::Visitor }
    }
}

impl Sessions {
    /// How the caller sees a session. `caller` is nobody for those who did not sign in.
    pub async fn view(&self, caller: Option<&Caller>, id: &SessionId) -> Result<View> {
        let (caller, wanted) = (caller.cloned(), id.clone());
        self.db
            .read(move |tx| {
                let session: Granted<Session, Read> = grant(tx, caller.as_ref(), tx.get(&wanted)?)?;
                Ok(View::of(&session, caller.as_ref()))
            })
            .await
    }

    /// Refuses a caller who takes no part in the session.
    pub async fn require_participant(&self, caller: &Caller, id: &SessionId) -> Result<()> {
        let (caller, wanted) = (caller.clone(), id.clone());
        let granted = self.db.read(move |tx| grant::<Session, SeeDetails>(tx, &caller, tx.get(&wanted)?));
        granted.await.map(drop)
    }
}
