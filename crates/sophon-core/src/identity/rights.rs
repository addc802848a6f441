//! Work that was started with rights which have ended since is cancelled.
//!
//! A task has at each step the rights that its user, and the API token that started it, have at that moment. When these
//! end, nothing waits for the next step: whatever takes rights away enqueues a review of the user's tasks, and a token
//! that expires has its review enqueued as it is made.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sophon_model::ports::{Canceller, Tx};
use sophon_model::{
    AgentId, ApiToken, ApiTokenId, Caller, Credential, Kind, Member, Priority, Queue, Result, RightsOf, Task,
    Timestamp, UserInTenant,
};
use tokio::sync::broadcast;

use super::{caller, live_token, member};
use crate::database::Unit;
use crate::jobs::{Chore, JobKind, JobOptions, Next};
use crate::registry::Registry;
use crate::tasks::{Running, stop_in};

/// Why a task is cancelled whose rights have ended.
const RIGHTS_ENDED: &str = "The rights with which this was started have ended: the API token was revoked or has expired, the \
     account was suspended or left the tenant, or the tenant was disabled.";
/// The notice that rights have changed.
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
    user: &UserInTenant,
    token: Option<ApiTokenId>,
    agent: &AgentId,
    now: Timestamp,
) -> Result<ActingFor> {
    let Some(found) = member(tx, &user.tenant, &user.user)?.filter(Member::may_act) else {
        return Ok(ActingFor::Nobody(RIGHTS_ENDED));
    };
    match caller(tx, found, Credential::Agent(agent.clone(), token), now) {
        Err(error) if error.kind() == Kind::Unauthenticated => Ok(ActingFor::Nobody(RIGHTS_ENDED)),
        acting => acting.map(ActingFor::Caller),
    }
}

/// Why a task that no agent does may not go on, if its rights have ended.
pub(crate) fn ended_rights(tx: &dyn Tx, task: &Task, now: Timestamp) -> Result<Option<&'static str>> {
    let Some(found) = member(tx, &task.tenant_id, &task.user_id)?.filter(Member::may_act) else {
        return Ok(Some(RIGHTS_ENDED));
    };
    let token = task.api_token_id.as_ref().map(|id| live_token(tx, &found, id, now)).transpose();
    match token {
        Err(error) if error.kind() != Kind::Unauthenticated => Err(error),
        token => Ok(token.is_err().then_some(RIGHTS_ENDED)),
    }
}

/// The payload of the job that reviews what a user, or all members of a tenant, have started.
#[derive(Serialize, Deserialize)]
pub(super) struct RightsReview {
    of: RightsOf,
}

impl JobKind for RightsReview {
    const NAME: &'static str = "rights.review";
    const QUEUE: Queue = Queue::Maintenance;
}

/// Has tasks reviewed right after this transaction.
pub(super) fn review_in(unit: &mut Unit<'_>, of: RightsOf) -> Result<()> {
    // Not in it: the jobs of the tasks would have to be touched before the rows that were written already.
    let options = JobOptions { priority: Priority::High, ..JobOptions::default() };
    unit.enqueue(&RightsReview { of }, options)
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
    unit.enqueue(&RightsReview { of: RightsOf::User(token.user_id.clone()) }, options)
}

/// Drops the review at the expiry of a token that was revoked before.
pub(super) fn drop_review_in(unit: &mut Unit<'_>, token: &ApiToken) -> Result<()> {
    unit.drop_job::<RightsReview>(token.id.as_str())
}

/// Notifies those who serve somebody for longer than a request that these rights have changed, once that is durable.
pub(super) fn publish_after_commit(
    unit: &mut Unit<'_>,
    changes: &broadcast::Sender<RightsOf>,
    of: &RightsOf,
) {
    let (changes, of) = (changes.clone(), of.clone());
    unit.notify_peers_after_commit(CHANGED, serde_json::to_string(&of).unwrap_or_default());
    unit.after_commit(move || {
        let _nobody_listens = changes.send(of);
    });
}

/// Passes on what other gateways say of rights that have changed.
pub(super) fn register(registry: &mut Registry, changes: &broadcast::Sender<RightsOf>) {
    let changes = changes.clone();
    registry.notice(CHANGED, move |of| {
        if let Ok(of) = serde_json::from_str(of) {
            let _nobody_listens = changes.send(of);
        }
    });
}

/// Cancels the tasks whose rights have ended.
pub(super) struct Reviewer {
    changes: broadcast::Sender<RightsOf>,
    running: Arc<Running>,
}

impl Reviewer {
    pub(super) fn new(changes: broadcast::Sender<RightsOf>, running: Arc<Running>) -> Self {
        Self { changes, running }
    }
}

impl Chore for Reviewer {
    type Kind = RightsReview;

    fn run_in(&self, unit: &mut Unit<'_>, RightsReview { of }: RightsReview) -> Result<Next> {
        let now = unit.now();
        let ended = unit.tx.tasks_without_rights(&of, now, MOST_CANCELLED)?;
        for task in &ended {
            stop_in(unit, Canceller::Gateway(RIGHTS_ENDED), task, self.running.clone())?;
        }
        publish_after_commit(unit, &self.changes, &of);
        Ok(if ended.len() < MOST_CANCELLED { Next::Done } else { Next::At(now) })
    }
}
