//! The OpenAPI document describes what the hubs send: every event of theirs is sent once here, as full as it can be. The
//! hub client of all tests compares each with the document.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;
use sophon_model::{
    Activity, Announcement, AnnouncementEvent, Approval, ApprovalEvent, ApprovalStatus, Attachment,
    Discussion, DiscussionEvent, DiscussionRun, DiscussionRunStatus, DiscussionTurn, DiscussionTurnStatus,
    Event, FinishReason, InfoRequest, InfoRequestEvent, InfoRequestStatus, Marks, MarksEvent, Message,
    MessageEvent, Node, NodeCommand, NodeCommandStatus, NodeEvent, Session, SessionChange, SessionEvent,
    Severity, Task, TaskEvent, TaskProgress, TaskStatus, TextDelta, ToolCall, ToolCallEvent, ToolCallStatus,
    Usage, Verdict,
};
use sophon_testkit::make::{self, AGENT, MakeMessage, MakeSession, MakeTask, NOW, TASK};

use crate::support::{App, Hub, Person, assert_event, described_events};

/// A gateway and its first user, who has a session.
struct Scene {
    app: App,
    user: Person,
    token: String,
    session: Session,
}

impl Scene {
    async fn new() -> Self {
        let app = App::for_many().await;
        let user = app.admin().await;
        let owner = user.caller.user.clone();
        let stored = app.started.gateway.db.write(move |unit| {
            let owner = unit.tx.get(&owner)?.unwrap();
            let session = make::session("ses_1").of(&owner);
            unit.tx.insert(&session).map(|()| session)
        });
        let session = stored.await.unwrap();
        let token = user.sign_in().await;
        Self { app, user, token, session }
    }

    async fn hub(&self, name: &str) -> Hub {
        Hub::connect(&self.app.url(), name, Some(&self.token)).await
    }

    /// Sends the events and asserts that these are all that the hub can send.
    async fn assert_complete(&self, name: &str, mut hub: Hub, events: Vec<Event>) {
        let count = events.len();
        let emitted = self.app.started.gateway.db.write(move |unit| {
            for event in events {
                unit.emit(event);
            }
            Ok(())
        });
        emitted.await.unwrap();
        let mut sent = BTreeSet::new();
        for _ in 0..count {
            sent.insert(hub.event().await.0);
        }
        assert_eq!(sent, described_events(name));
    }

    /// A task at each of its stages, as the ledger has it.
    fn ledger(&self) -> Vec<Event> {
        let task = Task { parent_id: Some("task_0".into()), ..make::task(TASK).of(&self.session) };
        let finished = |status| Task { usage: Some(usage()), ..task.clone().finished(status) };
        let failed = Task { error: Some("No model answered.".into()), ..finished(TaskStatus::Failed) };
        let by = Some(self.user.caller.user.clone());
        let cancelled = Task { cancelled_by: by, ..finished(TaskStatus::Cancelled) };
        let completed = finished(TaskStatus::Completed);
        vec![
            TaskEvent::Queued(Box::new(task.clone())).into(),
            TaskEvent::Started(Box::new(task.running())).into(),
            TaskEvent::Completed(Box::new(completed)).into(),
            TaskEvent::Failed(Box::new(failed)).into(),
            TaskEvent::Cancelled(Box::new(cancelled)).into(),
        ]
    }

    fn call(&self) -> ToolCall {
        ToolCall { session_id: self.session.id.clone(), ..make::tool_call("call_1") }
    }
}

fn usage() -> Usage {
    Usage { input_tokens: 5, output_tokens: 7, model: "small".into(), provider: "scripted".into() }
}

#[tokio::test]
async fn every_event_of_the_chat_hub_is_as_the_document_has_it() {
    let scene = Scene::new().await;
    let (session, mut hub) = (&scene.session, scene.hub("chat").await);
    assert!(hub.invoke("JoinSession", json!(session.id)).await["error"].is_null());
    let file = Attachment { key: "k".into(), mime: "image/png".into(), size: 5, name: None };
    let asked = Message { attachments: vec![file], ..make::message("msg_1").of(session) };
    let answer = Message {
        usage: Some(usage()),
        finish_reason: Some(FinishReason::Stop),
        reply_to: Some(asked.id.clone()),
        ..make::message("msg_2").of(session).reply()
    };
    let ended = ToolCall {
        status: ToolCallStatus::Completed,
        result: Some("[]".into()),
        ended_at: Some(NOW),
        ..scene.call()
    };
    let delta = TextDelta {
        task_id: TASK.into(),
        session_id: session.id.clone(),
        message_id: answer.id.clone(),
        agent_id: AGENT.into(),
        offset: 3,
        text: "Hi".into(),
        is_final: false,
        at: NOW,
    };
    let progress = TaskProgress {
        task_id: TASK.into(),
        session_id: session.id.clone(),
        agent_id: AGENT.into(),
        activity: Activity::CallingTool,
        detail: Some("memory.search".into()),
        at: NOW,
    };
    let reset = MessageEvent::Reset {
        task_id: TASK.into(),
        session_id: session.id.clone(),
        message_id: answer.id.clone(),
    };
    let mut events = scene.ledger();
    events.extend([
        MessageEvent::Created { message: Box::new(asked) }.into(),
        MessageEvent::Delta(delta).into(),
        reset.into(),
        TaskEvent::Progress(progress).into(),
        ToolCallEvent::Started { call: Box::new(scene.call()) }.into(),
        ToolCallEvent::Ended { call: Box::new(ended.clone()) }.into(),
        MessageEvent::Finished { message: Box::new(answer), tool_calls: vec![ended, scene.call()] }.into(),
        SessionEvent {
            session: Box::new(session.clone()),
            change: SessionChange::Updated,
            members: vec![scene.user.caller.user.clone()],
        }
        .into(),
        MarksEvent {
            session_id: session.id.clone(),
            tenant_id: session.tenant_id.clone(),
            user_id: scene.user.caller.user.clone(),
            marks: Marks { tags: vec!["work".into()], ..Marks::default() },
        }
        .into(),
    ]);
    scene.assert_complete("chat", hub, events).await;
}

#[tokio::test]
async fn every_event_of_the_tasks_hub_is_as_the_document_has_it() {
    let scene = Scene::new().await;
    let mut hub = scene.hub("tasks").await;
    assert!(hub.invoke("Watch", json!(null)).await["error"].is_null());
    scene.assert_complete("tasks", hub, scene.ledger()).await;
}

#[tokio::test]
async fn every_event_of_the_approvals_hub_is_as_the_document_has_it() {
    let scene = Scene::new().await;
    let (tenant_id, user) = (scene.session.tenant_id.clone(), scene.user.caller.user.clone());
    let asked = Approval {
        tenant_id: tenant_id.clone(),
        user_id: user.clone(),
        session_id: scene.session.id.clone(),
        preview: Some("Forgets all 12 entries.".into()),
        arguments: json!({ "scope": "user" }),
        ..make::approval("apr_1")
    };
    let edited = Approval {
        status: ApprovalStatus::Edited,
        edited_arguments: Some(json!({ "scope": "agent" })),
        reason: Some("Not all.".into()),
        decided_by: Some(user.clone()),
        resolved_at: Some(NOW),
        ..asked.clone()
    };
    let question = InfoRequest {
        tenant_id,
        user_id: user,
        session_id: scene.session.id.clone(),
        choices: vec!["red".into()],
        ..make::info_request("inf_1")
    };
    let answered = InfoRequest {
        status: InfoRequestStatus::Answered,
        response: Some("red".into()),
        resolved_at: Some(NOW),
        ..question.clone()
    };
    let events = vec![
        ApprovalEvent::Requested { approval: Box::new(asked) }.into(),
        ApprovalEvent::Resolved { approval: Box::new(edited) }.into(),
        InfoRequestEvent::Requested { request: Box::new(question) }.into(),
        InfoRequestEvent::Resolved { request: Box::new(answered) }.into(),
    ];
    scene.assert_complete("approvals", scene.hub("approvals").await, events).await;
}

#[tokio::test]
async fn every_event_of_the_notifications_hub_is_as_the_document_has_it() {
    let scene = Scene::new().await;
    let (tenant_id, user) = (scene.session.tenant_id.clone(), scene.user.caller.user.clone());
    let id = scene.user.node().await.id;
    let mut hub = scene.hub("notifications").await;
    assert!(hub.invoke("Subscribe", json!(id)).await["error"].is_null());
    let node = Box::new(Node {
        tenant_id: tenant_id.clone(),
        version: Some("1.0.0".into()),
        uptime_seconds: Some(60),
        cpu_percent: Some(5),
        memory_mb: Some(512),
        ..make::node(id.clone())
    });
    let command = NodeCommand {
        tenant_id: tenant_id.clone(),
        status: NodeCommandStatus::Failed,
        error_code: Some("consent_denied".into()),
        error_message: Some("No.".into()),
        task_id: Some(TASK.into()),
        dispatched_at: Some(NOW),
        ended_at: Some(NOW),
        ..make::node_command("cmd_1", id)
    };
    let announcement = Announcement {
        id: "ann_1".into(),
        tenant_id,
        title: "Tonight".into(),
        body: "At nine.".into(),
        severity: Severity::Warning,
        created_by: user,
        created_at: NOW,
    };
    let events = vec![
        AnnouncementEvent { announcement: Box::new(announcement) }.into(),
        NodeEvent::Online { node: node.clone() }.into(),
        NodeEvent::Offline { node: node.clone() }.into(),
        NodeEvent::Changed { node: node.clone() }.into(),
        NodeEvent::Heard { node: node.clone() }.into(),
        NodeEvent::Command { command: Box::new(command) }.into(),
        NodeEvent::Removed { node }.into(),
    ];
    scene.assert_complete("notifications", hub, events).await;
}

#[tokio::test]
async fn every_event_of_the_discussion_hub_is_as_the_document_has_it() {
    let scene = Scene::new().await;
    let discussion = Discussion {
        tenant_id: scene.session.tenant_id.clone(),
        owner_id: scene.user.caller.user.clone(),
        ..make::discussion("disc_1")
    };
    let run = make::discussion_run("run_1", &discussion);
    let (of, started) = (discussion, run.clone());
    let stored = scene.app.started.gateway.db.write(move |unit| {
        unit.tx.insert(&of)?;
        unit.tx.insert(&started)
    });
    stored.await.unwrap();
    let mut hub = scene.hub("discussion").await;
    assert!(hub.invoke("Subscribe", json!(run.id)).await["error"].is_null());
    let turn = Box::new(DiscussionTurn {
        run_id: run.id.clone(),
        round: 1,
        panelist_id: "tabs".into(),
        task_id: TASK.into(),
        status: DiscussionTurnStatus::Failed,
        content: String::new(),
        content_hash: "0".repeat(64),
        error: Some("No model answered.".into()),
        usage: None,
        started_at: NOW,
        ended_at: Some(NOW),
    });
    let verdict = Verdict {
        recommendation: "Tabs.".into(),
        reasoning: "Width is a matter of taste.".into(),
        confidence: 0.5,
        key_points: vec!["Taste".into()],
        dissent: Vec::new(),
    };
    let ended = |status| {
        let ended = DiscussionRun {
            status,
            verdict_hash: Some("0".repeat(64)),
            cancelled_by: Some(scene.user.caller.user.clone()),
            error: Some("No judge answered.".into()),
            ended_at: Some(NOW),
            ..run.clone()
        };
        DiscussionEvent::Ended { run: Box::new(ended) }.into()
    };
    let run_id = run.id.clone();
    let events = vec![
        DiscussionEvent::Started { run: Box::new(run.clone()) }.into(),
        DiscussionEvent::RoundStarted { run_id: run_id.clone(), round: 1 }.into(),
        DiscussionEvent::TurnStarted { turn: turn.clone() }.into(),
        DiscussionEvent::TurnEnded { turn }.into(),
        DiscussionEvent::JudgeStarted { run_id: run_id.clone() }.into(),
        DiscussionEvent::Decided { run_id, verdict: Box::new(verdict) }.into(),
        ended(DiscussionRunStatus::Completed),
        ended(DiscussionRunStatus::Failed),
        ended(DiscussionRunStatus::Cancelled),
    ];
    scene.assert_complete("discussion", hub, events).await;
}

#[tokio::test]
async fn every_event_of_the_node_hub_is_as_the_document_has_it() {
    let scene = Scene::new().await;
    let node = scene.user.node().await;
    let mut hub = Hub::connect(&scene.app.url(), "node", Some(&node.token)).await;
    let (http, path) = (scene.app.http().with_token(&scene.token), format!("/api/nodes/{}", node.id));
    http.node_online(&path).await;
    let (sender, to) = (http.clone(), format!("{path}/command"));
    let sending = tokio::spawn(async move { sender.post(&to, &json!({ "command": "system.info" })).await });
    let mut sent = BTreeSet::from([hub.event().await.0]);
    assert_eq!(http.post(&format!("{path}/scopes"), &json!({ "scopes": ["notify.send"] })).await.0, 200);
    sent.insert(hub.event().await.0);
    let deleted = http.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    sent.insert(hub.event().await.0);
    assert_eq!(sent, described_events("node"));
    sending.await.unwrap();
}

#[test]
#[should_panic(expected = "at '/extra'")]
fn a_field_that_the_document_does_not_describe_is_noticed() {
    let mut queued = json!({
        "taskId": "t", "sessionId": "s", "agentId": "a", "kind": "chat", "description": "", "seq": 1,
    });
    assert_event("tasks", "TaskQueued", &queued);
    queued["extra"] = json!(true);
    assert_event("tasks", "TaskQueued", &queued);
}

#[test]
#[should_panic(expected = "'seq'")]
fn a_field_that_is_missing_is_noticed() {
    assert_event("discussion", "JudgeStarted", &json!({ "runId": "run_1" }));
}
