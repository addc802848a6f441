//! Branches: other ways in which the messages of a session go on.
//!
//! A session has one history at a time: the messages of the branch that it shows, and what its ancestors said before it
//! forked from them. All others are hidden, wherever messages are read, so that no wire knows branches but by name.

use sophon_model::ports::every;
use sophon_model::{Branch, BranchPart, Caller, Error, Message, Result, Session, SessionChange, SessionId};

use super::{Sessions, View, emit_change};
use crate::database::Unit;
use crate::policy::{Granted, Read, Write, grant};

/// Branches of a session, beside its first. One more is a conflict with the code `too_many_branches`.
pub const MOST_BRANCHES: usize = 200;

impl Sessions {
    /// The branches of a session, beside its first, in the order in which they were made. Visitors see none.
    pub async fn branches(&self, caller: Option<&Caller>, id: &SessionId) -> Result<Vec<Branch>> {
        let (caller, wanted) = (caller.cloned(), id.clone());
        self.db
            .read(move |tx| {
                let session: Granted<Session, Read> = grant(tx, caller.as_ref(), tx.get(&wanted)?)?;
                match View::of(&session, caller.as_ref()) {
                    View::Participant => tx.list_in(&session.id, &every::<Branch>(), MOST_BRANCHES),
                    View::Visitor => Ok(Vec::new()),
                }
            })
            .await
    }
}

/// Begins a branch in place of a message and all that follow it, and shows it. In place of the first message of a branch
/// it is one more beside that branch.
pub(crate) fn branch_in(
    unit: &mut Unit<'_>,
    session: &mut Granted<Session, Write>,
    replaced: &Message,
) -> Result<()> {
    let mut branches = unit.tx.list_in(&session.id, &every::<Branch>(), MOST_BRANCHES)?;
    if branches.len() >= MOST_BRANCHES {
        let text = format!("The session has {MOST_BRANCHES} branches. Fork it to go on in another one.");
        return Err(Error::conflict(text).with_code("too_many_branches"));
    }
    let (parent, forks_at) = match begun_by(unit, &branches, replaced)? {
        Some(branch) => (branch.parent, branch.forks_at),
        None => (replaced.branch, replaced.number),
    };
    let number = branches.iter().map(|branch| branch.number).max().unwrap_or(0) + 1;
    let branch = Branch { session_id: session.id.clone(), number, parent, forks_at, created_at: unit.now() };
    unit.tx.insert(&branch)?;
    branches.push(branch);
    show_in(unit, session, &branches, number)
}

/// The branch of which the message is the first.
fn begun_by(unit: &Unit<'_>, branches: &[Branch], message: &Message) -> Result<Option<Branch>> {
    let Some(branch) = branches.iter().find(|branch| branch.number == message.branch) else {
        return Ok(None);
    };
    let first = unit.tx.first_of_branch(&message.session_id, branch.number)?;
    Ok((first == Some(message.number)).then(|| branch.clone()))
}

/// Shows another branch of a session. What an agent is still at work on would end up in it.
pub(super) fn switch_in(
    unit: &mut Unit<'_>,
    session: &mut Granted<Session, Write>,
    wanted: i64,
) -> Result<()> {
    let branches = unit.tx.list_in(&session.id, &every::<Branch>(), MOST_BRANCHES)?;
    if wanted != 0 && !branches.iter().any(|branch| branch.number == wanted) {
        return Err(Error::validation("branch", "The session has no such branch."));
    }
    require_idle_in(unit, session)?;
    show_in(unit, session, &branches, wanted)
}

/// Refuses to change the history of a session while an answer is to be added to it.
pub(crate) fn require_idle_in(unit: &Unit<'_>, session: &Session) -> Result<()> {
    if unit.tx.open_tasks_of(&session.id)?.is_empty() {
        return Ok(());
    }
    Err(Error::conflict("An answer is being written. Stop it first, or wait for it."))
}

fn show_in(
    unit: &mut Unit<'_>,
    session: &mut Granted<Session, Write>,
    branches: &[Branch],
    branch: i64,
) -> Result<()> {
    unit.tx.show_branch(&session.id, &parts(branches, branch))?;
    session.branch = branch;
    session.updated_at = unit.now();
    unit.tx.update(&**session)?;
    emit_change(unit, session, SessionChange::Branched)
}

/// What of which branch is shown with `branch`.
fn parts(branches: &[Branch], branch: i64) -> Vec<BranchPart> {
    let mut parts = vec![BranchPart { branch, before: None }];
    let mut at = branch;
    // A branch forks from one with a lower number, so this ends.
    while let Some(branch) = branches.iter().find(|known| known.number == at && known.parent < at) {
        parts.push(BranchPart { branch: branch.parent, before: Some(branch.forks_at) });
        at = branch.parent;
    }
    parts
}

#[cfg(test)]
mod tests {
    use sophon_model::Timestamp;

    use super::*;

    #[test]
    fn a_branch_shows_what_its_ancestors_said_before_it_forked_from_them() {
        let branch = |number, parent, forks_at| Branch {
            session_id: SessionId::from("ses_1"),
            number,
            parent,
            forks_at,
            created_at: Timestamp::from_millis(0),
        };
        let branches = [branch(1, 0, 30), branch(2, 1, 50), branch(3, 0, 10)];
        let part = |branch, before| BranchPart { branch, before };
        assert_eq!(parts(&branches, 0), [part(0, None)]);
        assert_eq!(parts(&branches, 2), [part(2, None), part(1, Some(50)), part(0, Some(30))]);
        assert_eq!(parts(&branches, 3), [part(3, None), part(0, Some(10))]);
    }
}
