//! What agents do.

use sophon_model::{ActorKind, ApprovalStatus, AuditOutcome};

use super::{actions, entries, verified};
use crate::approvals::forgetful;
use crate::harness::Harness;

#[tokio::test]
async fn a_turn_is_told_from_its_message_to_its_end_without_a_word_of_it() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("forget all about CANARY").await;
    let asked = app.asked_once().await;
    app.approve(&asked.id).await.unwrap();
    app.completed(&sent).await;
    assert_eq!(
        actions(&app).await,
        [
            "message.send",
            "task.begin",
            "approval.request",
            "approval.approve",
            "approval.consume",
            "tool_call.begin",
            "tool_call.end",
            "task.end"
        ]
    );
    let all = entries(&app).await;
    let [message, begun, requested, approved, _, call, returned, ended] = &all[2..] else {
        panic!("{all:?}")
    };
    assert_eq!(message.resource_id.as_deref(), Some(sent.message_id.as_str()));
    assert_eq!(message.task_id.as_ref(), Some(&sent.task_id));
    assert_eq!((begun.actor, begun.user_id.as_ref()), (ActorKind::Agent, Some(&app.admin().user)));
    assert!(begun.agent_id.is_some());
    assert_eq!(requested.details.digest.as_deref(), Some(asked.digest.as_str()));
    assert_eq!(
        (approved.actor, approved.resource_id.as_deref()),
        (ActorKind::Person, Some(asked.id.as_str()))
    );
    assert_eq!(call.resource_name.as_deref(), Some("memory.forget_all"));
    assert_eq!(call.details.digest.as_deref(), Some(app.call_of(&sent).await.arguments_hash.as_str()));
    assert!(returned.details.result_digest.is_some() && returned.details.duration_ms.is_some());
    assert_eq!((ended.details.status.as_deref(), ended.outcome), (Some("completed"), AuditOutcome::Success));
    assert!(all.iter().all(|entry| !sophon_core::audit::line(entry).contains("CANARY")));
    assert!(verified(&all, &[]).is_sound());
}

#[tokio::test]
async fn what_follows_from_a_request_at_once_is_told_by_the_request() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("forget").await;
    app.asked_once().await;
    app.parked(&sent.task_id).await;
    app.gateway.tasks.cancel(&app.admin(), &sent.task_id).await.unwrap();
    app.ended(&sent).await;
    let cancelled = app.approvals(&[ApprovalStatus::Cancelled]).await;
    assert_eq!(cancelled.len(), 1);
    let last = actions(&app).await;
    assert_eq!(last, ["message.send", "task.begin", "approval.request", "task.cancel"]);
}
