//! What has ended is kept for a while, and no longer.

use std::time::Duration;

use sophon_core::database::Unit;
use sophon_core::maintenance::Retention;
use sophon_model::ports::every;
use sophon_model::{
    Approval, ApprovalStatus, DiscussionRun, DiscussionRunStatus, InfoRequest, InfoRequestStatus, Job,
    Panelist, Speaker,
};

use crate::approvals::pending_approvals;
use crate::harness::Harness;

/// More of each kind than one removal takes.
const MANY: usize = sophon_store::PRUNED_AT_ONCE + 1;
const MANY_RUNS: usize = sophon_store::PRUNED_AT_ONCE / 100 + 1;
const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);

/// An approval as `pending`, that ended now.
fn ended_approval(unit: &Unit<'_>, pending: &Approval) -> Approval {
    Approval {
        id: unit.new_id(),
        status: ApprovalStatus::Rejected,
        resolved_at: Some(unit.now()),
        ..pending.clone()
    }
}

/// A question that was asked beside `pending`, and answered now.
fn ended_question(unit: &Unit<'_>, pending: &Approval) -> InfoRequest {
    InfoRequest {
        id: unit.new_id(),
        tenant_id: pending.tenant_id.clone(),
        user_id: pending.user_id.clone(),
        session_id: pending.session_id.clone(),
        task_id: pending.task_id.clone(),
        agent_id: pending.agent_id.clone(),
        tool_call_id: pending.tool_call_id.clone(),
        question: "Which?".into(),
        choices: Vec::new(),
        status: InfoRequestStatus::Answered,
        response: Some("This.".into()),
        requested_at: pending.requested_at,
        expires_at: pending.expires_at,
        resolved_at: Some(unit.now()),
    }
}

/// A run of nobody's discussion, for the person of `pending`, that ended now.
fn ended_run(unit: &Unit<'_>, pending: &Approval) -> DiscussionRun {
    let speaker = Speaker::Persona { prompt: "An owl.".into(), model: None };
    DiscussionRun {
        id: unit.new_id(),
        discussion_id: None,
        tenant_id: pending.tenant_id.clone(),
        owner_id: pending.user_id.clone(),
        task_id: unit.new_id(),
        topic: "Mice".into(),
        panelists: Vec::new(),
        judge: Panelist { id: "owl".into(), name: "Owl".into(), speaker },
        rounds: 1,
        round_timeout_seconds: 5,
        status: DiscussionRunStatus::Failed,
        verdict: None,
        verdict_hash: None,
        error: None,
        cancelled_by: None,
        created_at: unit.now(),
        started_at: None,
        ended_at: Some(unit.now()),
    }
}

/// Ends so many of each kind now; returns one approval, one question and one run of them.
async fn end(
    app: &Harness,
    pending: &Approval,
    (approvals, runs): (usize, usize),
) -> (Approval, InfoRequest, DiscussionRun) {
    let pending = pending.clone();
    let ended = app.gateway.db.write(move |unit| {
        for _ in 1..approvals {
            unit.tx.insert(&ended_approval(unit, &pending))?;
            unit.tx.insert(&ended_question(unit, &pending))?;
        }
        for _ in 1..runs {
            unit.tx.insert(&ended_run(unit, &pending))?;
        }
        let (approval, question) = (ended_approval(unit, &pending), ended_question(unit, &pending));
        let run = ended_run(unit, &pending);
        unit.tx.insert(&approval)?;
        unit.tx.insert(&question)?;
        unit.tx.insert(&run)?;
        Ok((approval, question, run))
    });
    ended.await.unwrap()
}

/// Lets an hour go by: the time in which what is old is removed.
async fn an_hour_later(app: &Harness) {
    app.clock.advance(HOUR);
    app.until(async || {
        let jobs = app.gateway.db.read(|tx| tx.all(&every::<Job>())).await.unwrap();
        let now = app.gateway.db.now();
        jobs.iter().all(|job| job.run_at > now).then_some(())
    })
    .await;
}

/// Which of them are still there.
async fn kept(
    app: &Harness,
    (approval, question, run): &(Approval, InfoRequest, DiscussionRun),
) -> [bool; 3] {
    let (tenant, approval) = (approval.tenant_id.clone(), approval.id.clone());
    let (question, run) = (question.id.clone(), run.id.clone());
    let looked = app.gateway.db.read(move |tx| {
        Ok([
            tx.get_in(&tenant, &approval)?.is_some(),
            tx.get_in(&tenant, &question)?.is_some(),
            tx.get(&run)?.is_some(),
        ])
    });
    looked.await.unwrap()
}

#[tokio::test]
async fn what_has_ended_is_removed_when_its_time_is_over_however_much_it_is() {
    let retention = Retention {
        approvals: 2 * DAY,
        discussion_runs: 3 * DAY,
        node_commands: DAY,
        dead_jobs: DAY,
        audit: 9 * DAY,
    };
    let app = Harness::with_retention(retention).await;
    let [pending] = pending_approvals(&app, "memory.write", 1).await.try_into().unwrap();
    let old = end(&app, &pending, (MANY, MANY_RUNS)).await;
    app.clock.advance(DAY);
    let recent = end(&app, &pending, (1, 1)).await;

    app.clock.advance(DAY.saturating_sub(HOUR));
    an_hour_later(&app).await;
    assert_eq!(kept(&app, &old).await, [true; 3], "none is a moment too old");
    an_hour_later(&app).await;
    assert_eq!(kept(&app, &old).await, [false, false, true], "runs are kept for longer");
    app.clock.advance(DAY.saturating_sub(2 * HOUR));
    an_hour_later(&app).await;
    assert_eq!(kept(&app, &recent).await, [true; 3]);

    an_hour_later(&app).await;
    assert_eq!(kept(&app, &old).await, [false; 3]);
    assert_eq!(kept(&app, &recent).await, [false, false, true]);

    let task = pending.task_id.clone();
    let left = app.gateway.db.read(move |tx| tx.approvals_of_task(&task)).await.unwrap();
    assert_eq!(left, [pending], "what waits is not touched");
}
