//! Work that was started with rights which have ended since is cancelled.
//!
//! A task has at each step the rights that its user, and the API token that started it, have at that moment. When these
//! end, nothing waits for the next step: whatever takes rights away enqueues a review of the user's tasks, and a token
//! that expires has its review enqueued as it is made.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sophon_model::ports::{Canceller, Tx};
use sophon_model::{
    AgentId, ApiToken, ApiTokenId, Caller, Credential, Kind, Priority, Queue, Result, Task, Timestamp, UserId,
};
use tokio::sync::broadcast;

use super::{caller, live_token, may_act};
use crate::database::Unit;
use crate::jobs::{Chore, JobKind, JobOptions, Next};
use crate::registry::Registry;
use crate::tasks::{Running, stop_in};

/// Why a task is cancelled whose rights have ended.
const RIGHTS_ENDED: &str = "The rights with which this was started have ended: the API token was revoked or has expired, or \
     the account was suspended.";
/// The notice that a user's rights have changed.
const CHANGED: &str = "rights.changed";
/// Tasks that one review cancels; more are left to the next one.
const MOST_CANCELLED: usize = 100;

/// With which rights a task goes on.
pub(crate) enum ActingFor {
    /// With those of this caller.
    Caller(Caller),
    /// With none: they have ended, for this reason in words for people.
    Nobody(&'static str),
}

/// An agent at work as a caller: it has the rights of the person it works for, as they are now, and of these those of
/// the API token that started the work.
pub(crate) fn acting_for(
    tx: &dyn Tx,
    user: &UserId,
    token: Option<ApiTokenId>,
    agent: &AgentId,
    now: Timestamp,
) -> Result<ActingFor> {
    let Some(user) = tx.get(user)?.filter(may_act) else {
        return Ok(ActingFor::Nobody(RIGHTS_ENDED));
    };
    match caller(tx, user, Credential::Agent(agent.clone(), token), now) {
        Err(error) if error.kind() == Kind::Unauthenticated => Ok(ActingFor::Nobody(RIGHTS_ENDED)),
        acting => acting.map(ActingFor::Caller),
    }
}

/// Why a task that no agent does may not go on, if its rights have ended.
pub(crate) fn ended_rights(tx: &dyn Tx, task: &Task, now: Timestamp) -> Result<Option<&'static str>> {
    let is_active = tx.get(&task.user_id)?.is_some_and(|user| may_act(&user));
    let token = task.api_token_id.as_ref().map(|id| live_token(tx, &task.user_id, id, now)).transpose();
    match token {
        Err(error) if error.kind() != Kind::Unauthenticated => Err(error),
        token => Ok((!is_active || token.is_err()).then_some(RIGHTS_ENDED)),
    }
}

/// The payload of the job that reviews what a user has started.
#[derive(Serialize, Deserialize)]
pub(super) struct RightsReview {
    user: UserId,
}

impl JobKind for RightsReview {
    const NAME: &'static str = "rights.review";
    const QUEUE: Queue = Queue::Maintenance;
}

/// Has the tasks of a user reviewed right after this transaction.
pub(super) fn review_in(unit: &mut Unit<'_>, user: &UserId) -> Result<()> {
    // Not in it: the jobs of the tasks would have to be touched before the rows that were written already.
    let options = JobOptions { priority: Priority::High, ..JobOptions::default() };
    unit.enqueue(&RightsReview { user: user.clone() }, options)
}

/// Has the tasks of a token's user reviewed when it expires, if it does.
pub(super) fn review_at_expiry_in(unit: &mut Unit<'_>, token: &ApiToken) -> Result<()> {
    let Some(expires_at) = token.expires_at else { return Ok(()) };
    let options = JobOptions {
        run_at: Some(expires_at),
        priority: Priority::High,
        dedupe_key: Some(token.id.to_string()),
        ..JobOptions::default()
    };
    unit.enqueue(&RightsReview { user: token.user_id.clone() }, options)
}

/// Drops the review at the expiry of a token that was revoked before.
pub(super) fn drop_review_in(unit: &mut Unit<'_>, token: &ApiToken) -> Result<()> {
    unit.drop_job::<RightsReview>(token.id.as_str())
}

/// Notifies those who serve the user for longer than a request that its rights have changed, once that is durable.
pub(super) fn publish_after_commit(unit: &mut Unit<'_>, changes: &broadcast::Sender<UserId>, user: &UserId) {
    let (changes, user) = (changes.clone(), user.clone());
    unit.notify_peers_after_commit(CHANGED, user.as_str());
    unit.after_commit(move || {
        let _nobody_listens = changes.send(user);
    });
}

/// Passes on what other gateways say of rights that have changed.
pub(super) fn register(registry: &mut Registry, changes: &broadcast::Sender<UserId>) {
    let changes = changes.clone();
    registry.notice(CHANGED, move |user| {
        let _nobody_listens = changes.send(user.into());
    });
}

/// Cancels the tasks of users whose rights have ended.
pub(super) struct Reviewer {
    changes: broadcast::Sender<UserId>,
    running: Arc<Running>,
}

impl Reviewer {
    pub(super) fn new(changes: broadcast::Sender<UserId>, running: Arc<Running>) -> Self {
        Self { changes, running }
    }
}

impl Chore for Reviewer {
    type Kind = RightsReview;

    fn run_in(&self, unit: &mut Unit<'_>, RightsReview { user }: RightsReview) -> Result<Next> {
        let now = unit.now();
        let ended = unit.tx.tasks_without_rights(&user, now, MOST_CANCELLED)?;
        for task in &ended {
            stop_in(unit, Canceller::Gateway(RIGHTS_ENDED), task, self.running.clone())?;
        }
        publish_after_commit(unit, &self.changes, &user);
        Ok(if ended.len() < MOST_CANCELLED { Next::Done } else { Next::At(now) })
    }
}
