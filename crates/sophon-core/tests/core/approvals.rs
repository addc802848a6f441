//! An agent asks before it acts.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use sophon_core::approvals::Answer;
use sophon_core::chat::Sent;
use sophon_model::ports::{ApprovalFilter, MemoryFilter};
use sophon_model::{
    Approval, ApprovalId, ApprovalStatus, Caller, MemoryCategory, MemoryEntry, MemoryScope, Page, Risk, Task,
    TaskStatus, Timestamp, ToolCall, ToolCallStatus,
};
use sophon_testkit::{ModelServer, Script};

use crate::harness::{Harness, WORKERS};

const FORGET: &str = "memory.forget_all";

/// A model that wants to forget everything, and then says that it is done.
async fn forgetful() -> ModelServer {
    ModelServer::start(|request| {
        if request.body.to_string().contains("\"tool_call_id\"") {
            Script::say("Done.")
        } else {
            Script::answer().tool_call("a", FORGET, json!({}))
        }
    })
    .await
}

impl Harness {
    async fn remember(&self, content: &str) {
        let (admin, content) = (self.admin(), content.to_owned());
        let written = self.gateway.db.write(move |unit| {
            let entry = MemoryEntry {
                id: unit.new_id(),
                tenant_id: admin.tenant,
                user_id: admin.user,
                agent_id: None,
                scope: MemoryScope::User,
                category: MemoryCategory::Fact,
                content,
                created_at: unit.now(),
                updated_at: unit.now(),
            };
            unit.tx.insert_memory(&entry)
        });
        written.await.unwrap();
    }

    async fn remembered(&self) -> usize {
        let filter = MemoryFilter { user: self.admin().user, seen_by: None };
        self.gateway.db.read(move |tx| tx.memories(&filter, 100)).await.unwrap().len()
    }

    pub async fn approvals(&self, statuses: &[ApprovalStatus]) -> Vec<Approval> {
        let filter = ApprovalFilter { statuses: statuses.to_vec(), ..ApprovalFilter::default() };
        let page = Page::new(Some(Page::MOST), None);
        self.gateway.approvals.list(&self.admin(), filter, page).await.unwrap().items
    }

    /// Waits until so many approvals are pending.
    async fn asked(&self, count: usize) -> Vec<Approval> {
        self.until(async || {
            let pending = self.approvals(&[ApprovalStatus::Pending]).await;
            (pending.len() == count).then_some(pending)
        })
        .await
    }

    async fn asked_once(&self) -> Approval {
        self.asked(1).await.remove(0)
    }

    async fn approve(&self, id: &ApprovalId) -> sophon_model::Result<Approval> {
        self.gateway.approvals.answer(&self.admin(), id, Answer::Approve { comment: None }).await
    }

    async fn call_of(&self, sent: &Sent) -> ToolCall {
        let detail = self.gateway.tasks.get(&self.admin(), &sent.task_id).await.unwrap();
        detail.tool_calls.into_iter().next().expect("a call")
    }
}

#[tokio::test]
async fn a_dangerous_call_waits_for_a_person_and_runs_once_it_is_approved() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.remember("The bins go out on Tuesday.").await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    assert_eq!(
        (asked.tool.as_str(), asked.risk, asked.status),
        (FORGET, Risk::Critical, ApprovalStatus::Pending)
    );
    assert_eq!(asked.expires_at.since(asked.requested_at), Duration::from_mins(5));
    assert_eq!(app.remembered().await, 1, "nothing is done before");

    let approved = app.approve(&asked.id).await.unwrap();
    assert_eq!(approved.decided_by, Some(app.admin().user));
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 0);
    assert!(app.gateway.approvals.get(&app.admin(), &asked.id).await.unwrap().consumed_at.is_some());
    assert_eq!(app.call_of(&sent).await.status, ToolCallStatus::Completed);
}

#[tokio::test]
async fn what_is_rejected_is_not_done_and_the_model_reads_why() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.remember("Oscar is a cat.").await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    let reject = Answer::Reject { reason: Some("Not today.".into()) };
    app.gateway.approvals.answer(&app.admin(), &asked.id, reject).await.unwrap();
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 1);
    let call = app.call_of(&sent).await;
    assert_eq!(call.status, ToolCallStatus::Failed);
    assert!(call.result.unwrap().contains("Not today."));
    assert!(model.requests()[1].body.to_string().contains("Not today."));
}

#[tokio::test]
async fn silence_is_a_refusal_also_if_the_gateway_was_down_when_the_time_was_over() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.remember("Oscar is a cat.").await;
    let sent = app.send("forget everything").await;
    app.asked_once().await;
    app.clock.advance(Duration::from_secs(299));
    let app = app.crash_and_restart(&[&model]).await;
    let asked = app.asked_once().await;
    app.clock.advance(Duration::from_secs(1));
    let late = app.approve(&asked.id).await.unwrap_err();
    assert_eq!((late.code(), late.details()), ("already_resolved", Some(&json!({ "outcome": "timeOut" }))));
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 1);
    assert!(app.call_of(&sent).await.result.unwrap().contains("counts as a refusal"));
}

#[tokio::test]
async fn no_call_of_an_answer_runs_before_all_that_need_leave_have_it_or_not() {
    let model = ModelServer::playing([
        Script::answer().tool_call("a", "memory.write", json!({ "content": "x" })).tool_call(
            "b",
            FORGET,
            json!({}),
        ),
        Script::say("Done."),
    ])
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("do both").await;
    let asked = app.asked_once().await;
    assert_eq!(app.remembered().await, 0, "the harmless one waits too");
    let reject = Answer::Reject { reason: None };
    app.gateway.approvals.answer(&app.admin(), &asked.id, reject).await.unwrap();
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 1);
}

#[tokio::test]
async fn a_task_that_ends_takes_back_what_it_asked() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    app.gateway.tasks.cancel(&app.admin(), &sent.task_id).await.unwrap();
    assert_eq!(app.ended(&sent).await.status, TaskStatus::Cancelled);
    let refused = app.approve(&asked.id).await.unwrap_err();
    assert_eq!(refused.details(), Some(&json!({ "outcome": "cancelled" })));
}

#[tokio::test]
async fn turns_that_wait_for_people_hold_nobody_up() {
    let model = ModelServer::start(|request| {
        if request.last_text().contains("forget") {
            Script::answer().tool_call("a", FORGET, json!({}))
        } else {
            Script::say("Here.")
        }
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    for _ in 0..=WORKERS {
        app.send("forget everything").await;
    }
    app.asked(WORKERS + 1).await;
    let sent = app.send("are you there?").await;
    app.completed(&sent).await;
}

#[tokio::test]
async fn approvals_and_the_task_that_waits_survive_twenty_crashes() {
    let model = forgetful().await;
    let mut app = Harness::with_models(&[&model]).await;
    app.remember("Oscar is a cat.").await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    for _ in 0..20 {
        app = app.crash_and_restart(&[&model]).await;
        app.until(async || (app.task(&sent.task_id).await.status == TaskStatus::Running).then_some(())).await;
        assert_eq!(app.asked_once().await.id, asked.id, "nobody is asked twice");
        let has_got_somewhere = async || {
            let task: Task = app.task(&sent.task_id).await;
            (task.proven_attempt == task.attempt).then_some(())
        };
        app.until(has_got_somewhere).await;
    }
    app.approve(&asked.id).await.unwrap();
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 0);
}

#[tokio::test]
async fn a_call_that_had_begun_with_leave_is_not_made_again_after_a_crash() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.remember("Oscar is a cat.").await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    let begun = ToolCall {
        id: asked.tool_call_id.clone(),
        task_id: asked.task_id.clone(),
        session_id: asked.session_id.clone(),
        tool: FORGET.into(),
        arguments: json!({}),
        arguments_hash: String::new(),
        status: ToolCallStatus::Running,
        result: None,
        started_at: asked.requested_at,
        ended_at: None,
    };
    let app = app
        .crash_change_and_restart(&[&model], move |unit| {
            let now = unit.now();
            assert!(
                unit.tx.resolve_approval(&Approval { status: ApprovalStatus::Approved, ..asked.clone() })?
            );
            assert!(unit.tx.consume_approval(&asked.id, &asked.digest, now)?);
            unit.tx.insert_tool_call(&begun)
        })
        .await;
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 1, "it was not done again");
    assert!(app.call_of(&sent).await.result.unwrap().contains("not known"));
}

#[tokio::test]
async fn leave_covers_one_action_once_and_nothing_that_differs() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.remember("Oscar is a cat.").await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    // The leave was given for something else than what the turn is about to do.
    let app = app
        .crash_change_and_restart(&[&model], move |unit| {
            let other =
                Approval { status: ApprovalStatus::Approved, digest: "another".into(), ..asked.clone() };
            assert!(unit.tx.resolve_approval(&other)?);
            Ok(())
        })
        .await;
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 1);
    assert!(app.call_of(&sent).await.result.unwrap().contains("for something else"));

    let [approval] = pending_approvals(&app, 1).await.try_into().unwrap();
    app.approve(&approval.id).await.unwrap();
    let consume = |digest: String| {
        let id = approval.id.clone();
        app.gateway.db.write(move |unit| unit.tx.consume_approval(&id, &digest, Timestamp::from_millis(1)))
    };
    assert!(!consume("another".into()).await.unwrap());
    assert!(consume(approval.digest.clone()).await.unwrap());
    assert!(!consume(approval.digest.clone()).await.unwrap(), "used up");
}

/// Approvals that nobody's turn waits for.
async fn pending_approvals(app: &Harness, count: usize) -> Vec<Approval> {
    let session = app.send("hello").await.session_id;
    let admin = app.admin();
    let inserted = app.gateway.db.write(move |unit| {
        (0..count)
            .map(|_| {
                let approval = Approval {
                    id: unit.new_id(),
                    tenant_id: admin.tenant.clone(),
                    user_id: admin.user.clone(),
                    session_id: session.clone(),
                    task_id: unit.new_id(),
                    agent_id: unit.new_id(),
                    tool_call_id: unit.new_id(),
                    tool: "memory.write".into(),
                    risk: Risk::High,
                    arguments: json!({ "content": "x" }),
                    preview: None,
                    is_editable: true,
                    digest: "digest".into(),
                    status: ApprovalStatus::Pending,
                    edited_arguments: None,
                    reason: None,
                    decided_by: None,
                    requested_at: unit.now(),
                    expires_at: unit.now().plus(Duration::from_mins(5)),
                    resolved_at: None,
                    consumed_at: None,
                };
                unit.tx.insert_approval(&approval)?;
                Ok(approval)
            })
            .collect()
    });
    inserted.await.unwrap()
}

fn answer(number: usize) -> Answer {
    match number % 3 {
        0 => Answer::Approve { comment: None },
        1 => Answer::Edit { arguments: json!({ "content": format!("edited {number}") }) },
        _ => Answer::Reject { reason: None },
    }
}

#[tokio::test]
async fn of_a_hundred_answers_at_once_one_counts_and_the_others_are_told() {
    let app = Harness::offline().await;
    let admin: Caller = app.admin();
    for approval in pending_approvals(&app, 200).await {
        let answers =
            (0..100).map(|number| app.gateway.approvals.answer(&admin, &approval.id, answer(number)));
        let outcomes = join_all(answers).await;
        let winners: Vec<&Approval> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        let [winner] = winners[..] else { panic!("{} answers counted", winners.len()) };
        let stored = app.gateway.approvals.get(&admin, &approval.id).await.unwrap();
        assert_eq!(&stored, winner);
        let outcome = json!({ "outcome": stored.status.as_str() });
        for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            assert_eq!((refused.code(), refused.details()), ("already_resolved", Some(&outcome)));
        }
    }
}

#[tokio::test]
async fn an_edit_changes_what_is_covered_and_only_where_the_tool_allows_it() {
    let app = Harness::offline().await;
    let [editable] = pending_approvals(&app, 1).await.try_into().unwrap();
    let edited = app.gateway.approvals.answer(&app.admin(), &editable.id, answer(1)).await.unwrap();
    assert_eq!(edited.status, ApprovalStatus::Edited);
    assert_eq!(edited.effective_arguments(), &json!({ "content": "edited 1" }));
    assert_ne!(edited.digest, editable.digest);

    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.send("forget everything").await;
    let fixed = app.asked_once().await;
    let refused = app.gateway.approvals.answer(&app.admin(), &fixed.id, answer(1)).await.unwrap_err();
    assert_eq!(refused.code(), "not_editable");
    assert_eq!(app.asked_once().await.id, fixed.id, "it still waits");
}
