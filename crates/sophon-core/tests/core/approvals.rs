//! An agent asks before it acts.

use std::time::Duration;

use fanout::Start;
use futures_util::future::join_all;
use serde_json::json;
use sophon_core::approvals::Answer;
use sophon_core::chat::Sent;
use sophon_model::ports::{ApprovalFilter, MemoryFilter};
use sophon_model::text::DEEPEST;
use sophon_model::{
    Approval, ApprovalEvent, ApprovalId, ApprovalStatus, Caller, Credential, Event, MemoryEntry, MemoryId,
    Page, Risk, Role, TaskStatus, ToolCall, ToolCallStatus, Topic,
};
use sophon_testkit::{ModelServer, Script, make};

use crate::harness::{Harness, WORKERS, events_until};

pub const FORGET: &str = "memory.forget_all";

/// A model that wants to forget everything, and then says that it is done.
pub async fn forgetful() -> ModelServer {
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
    pub async fn remember(&self, content: &str) {
        let (admin, content) = (self.admin(), content.to_owned());
        let written = self.gateway.db.write(move |unit| {
            let entry = MemoryEntry {
                tenant_id: admin.tenant,
                user_id: admin.user,
                content,
                created_at: unit.now(),
                updated_at: unit.now(),
                ..make::memory(unit.new_id::<MemoryId>())
            };
            unit.tx.insert(&entry)
        });
        written.await.unwrap();
    }

    pub async fn remembered(&self) -> usize {
        let filter = MemoryFilter { tenant: self.admin().tenant, user: self.admin().user, seen_by: None };
        self.gateway.db.read(move |tx| tx.memories(&filter, 100)).await.unwrap().len()
    }

    pub async fn approvals(&self, statuses: &[ApprovalStatus]) -> Vec<Approval> {
        let filter = ApprovalFilter { statuses: statuses.to_vec(), ..ApprovalFilter::default() };
        let page = Page::new(Some(Page::MOST), None);
        self.gateway.approvals.list(&self.admin(), filter, page).await.unwrap().items
    }

    /// Waits until so many approvals are pending.
    pub async fn asked(&self, count: usize) -> Vec<Approval> {
        self.until(async || {
            let pending = self.approvals(&[ApprovalStatus::Pending]).await;
            (pending.len() == count).then_some(pending)
        })
        .await
    }

    pub async fn asked_once(&self) -> Approval {
        self.asked(1).await.remove(0)
    }

    pub async fn approve(&self, id: &ApprovalId) -> sophon_model::Result<Approval> {
        self.gateway.approvals.answer(&self.admin(), id, Answer::Approve { comment: None }).await
    }

    pub async fn call_of(&self, sent: &Sent) -> ToolCall {
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
    assert!(app.call_of(&sent).await.result.unwrap().contains("counts as a rejection"));
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
    app.may_leave_work();
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
        app.parked(&sent.task_id).await;
    }
    app.approve(&asked.id).await.unwrap();
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 0);
}

/// Approvals that nobody's turn waits for.
pub async fn pending_approvals(app: &Harness, tool: &str, count: usize) -> Vec<Approval> {
    let session = app.send("hello").await.session_id;
    let (admin, tool) = (app.admin(), tool.to_owned());
    let inserted = app.gateway.db.write(move |unit| {
        (0..count)
            .map(|_| {
                let approval = Approval {
                    tenant_id: admin.tenant.clone(),
                    user_id: admin.user.clone(),
                    session_id: session.clone(),
                    task_id: unit.new_id(),
                    tool: tool.clone(),
                    risk: Risk::High,
                    arguments: json!({ "content": "x" }),
                    is_editable: true,
                    requested_at: unit.now(),
                    expires_at: unit.now().plus(Duration::from_mins(5)),
                    ..make::approval(unit.new_id::<ApprovalId>())
                };
                unit.tx.insert(&approval)?;
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
    for approval in pending_approvals(&app, "memory.write", 200).await {
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
    let [editable] = pending_approvals(&app, "memory.write", 1).await.try_into().unwrap();
    let edited = app.gateway.approvals.answer(&app.admin(), &editable.id, answer(1)).await.unwrap();
    assert_eq!(edited.status, ApprovalStatus::Edited);
    assert_eq!(edited.edited_arguments, Some(json!({ "content": "edited 1" })));
    assert_ne!(edited.digest, editable.digest);

    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.may_leave_work();
    app.send("forget everything").await;
    let fixed = app.asked_once().await;
    let refused = app.gateway.approvals.answer(&app.admin(), &fixed.id, answer(1)).await.unwrap_err();
    assert_eq!(refused.code(), "not_editable");
    assert_eq!(app.asked_once().await.id, fixed.id, "it still waits");
}

#[tokio::test]
async fn an_edit_that_is_nested_too_deep_to_be_stored_is_refused() {
    let app = Harness::offline().await;
    let [asked] = pending_approvals(&app, "memory.write", 1).await.try_into().unwrap();
    let deep = (0..=DEEPEST).fold(json!("x"), |inner, _| json!([inner]));
    let edit = Answer::Edit { arguments: json!({ "content": deep }) };
    let refused = app.gateway.approvals.answer(&app.admin(), &asked.id, edit).await.unwrap_err();
    assert_eq!(refused.field(), Some("edited_arguments"));
    assert!(refused.to_string().contains("64 levels"), "{refused}");
}

#[tokio::test]
async fn an_edit_does_no_more_harm_than_was_asked_about() {
    let app = Harness::offline().await;
    app.machine(&[]).await;
    let [asked] = pending_approvals(&app, "node.command", 1).await.try_into().unwrap();
    let edit = async |arguments| {
        app.gateway.approvals.answer(&app.admin(), &asked.id, Answer::Edit { arguments }).await
    };
    let execute = json!({ "node": "node_1", "command": "system.execute", "params": { "argv": ["ls"] } });
    let refused = edit(execute).await.unwrap_err();
    assert_eq!(refused.code(), "validation_failed", "critical, and it was asked about something high");
    assert!(refused.message().contains("critical"), "{}", refused.message());
    assert_eq!(app.asked_once().await, asked, "it still waits");
    let harmless = json!({ "node": "node_1", "command": "system.info" });
    assert_eq!(edit(harmless).await.unwrap().status, ApprovalStatus::Edited);
}

#[tokio::test]
async fn an_agent_answers_nothing_whatever_the_person_it_works_for_may() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.may_leave_work();
    app.send("forget everything").await;
    let asked = app.asked_once().await;
    let agent = Caller { credential: Credential::Agent(asked.agent_id.clone(), None), ..app.admin() };
    for number in 0..3 {
        let refused = app.gateway.approvals.answer(&agent, &asked.id, answer(number)).await.unwrap_err();
        assert_eq!(refused.code(), "not_authorized");
    }
    assert_eq!(app.asked_once().await, asked);
}

#[tokio::test]
async fn what_is_asked_in_a_session_that_is_deleted_is_taken_back() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    let told = app.gateway.db.bus().subscribe();
    told.follow(&Topic::Approvals(app.admin().in_tenant()), Start::Now);
    app.gateway.sessions.delete(&app.admin(), &sent.session_id).await.unwrap();
    let is_taken_back = |event: &Event| match event {
        Event::Approval(ApprovalEvent::Resolved { approval }) => {
            (&approval.id, approval.status) == (&asked.id, ApprovalStatus::Cancelled)
        }
        _ => false,
    };
    events_until(&told, is_taken_back).await;
}

#[tokio::test]
async fn who_may_not_answer_any_more_does_not_whatever_the_connection_remembers() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.may_leave_work();
    app.send("forget everything").await;
    let (asked, remembered) = (app.asked_once().await, app.admin());
    let user = remembered.user.clone();
    let demoted = app.gateway.db.write(move |unit| {
        let user = unit.tx.get(&user)?.expect("it is there");
        unit.tx.update(&make::membership(&user, Role::Viewer))
    });
    demoted.await.unwrap();
    let refused = app.gateway.approvals.answer(&remembered, &asked.id, answer(0)).await.unwrap_err();
    assert_eq!(refused.details(), Some(&json!({ "permission": "ApproveActions" })));
}
