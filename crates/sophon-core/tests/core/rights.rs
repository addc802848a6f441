//! A turn has the rights of what started it, as they are at each moment, and ends with them.

use std::time::{Duration, Instant};

use serde_json::json;
use sophon_core::chat::Sent;
use sophon_core::discussions::NewDiscussion;
use sophon_core::identity::{Ends, NamedTenant, NewApiToken};
use sophon_model::{
    ApiToken, Caller, DiscussionRunStatus, NewPanelist, Permission, SessionId, Task, TaskStatus, User,
    UserStatus,
};
use sophon_testgateway::{Engine, Setup, TestGateway, message};
use sophon_testkit::{Gate, ModelServer, Script};

use crate::approvals::forgetful;
use crate::harness::Harness;

/// How long rights that have ended may still be used.
const AT_MOST: Duration = Duration::from_secs(1);
/// How long tokens live: less than a lease, which must not run out with the token.
const TOKEN_LIFE: Duration = Duration::from_secs(10);
/// How long a busy machine may take beyond that.
const SLACK: Duration = Duration::from_secs(2);

async fn token(app: &TestGateway, by: &Caller, permissions: &[Permission]) -> (ApiToken, Caller) {
    let permissions = Some(permissions.to_vec());
    let ends = Some(Ends::At(app.gateway.db.now().plus(TOKEN_LIFE)));
    let new = NewApiToken { name: "ci".into(), permissions, ends };
    let (token, secret) = app.gateway.identity.create_api_token(by, new).await.unwrap();
    (token, app.gateway.identity.authenticate(&secret, NamedTenant::Unnamed).await.unwrap())
}

async fn send(app: &TestGateway, by: &Caller, session: Option<&SessionId>, text: &str) -> Sent {
    app.gateway.chat.send(by, message(session, text)).await.unwrap()
}

/// Waits until the task has ended, and checks that it was cancelled at once, for a reason that people see.
async fn cancelled_for_its_rights(app: &TestGateway, sent: &Sent, since: Instant) -> Task {
    let task = app.ended(sent).await;
    assert!(since.elapsed() < AT_MOST + SLACK, "{:?}", since.elapsed());
    assert_eq!((task.status, &task.cancelled_by), (TaskStatus::Cancelled, &None));
    assert!(task.cancel_reason.as_ref().unwrap().contains("API token"), "{task:?}");
    task
}

/// How the rights of a task end.
#[derive(Clone, Copy, Debug)]
enum End {
    Revoked,
    ParentRevoked,
    Expired,
    Suspended,
}

const ENDS: [End; 4] = [End::Revoked, End::ParentRevoked, End::Expired, End::Suspended];

impl End {
    async fn come(self, app: &TestGateway, parent: &ApiToken, token: &ApiToken) {
        let identity = &app.gateway.identity;
        match self {
            End::Revoked => identity.revoke_api_token(&app.admin(), &token.id).await.unwrap(),
            End::ParentRevoked => identity.revoke_api_token(&app.admin(), &parent.id).await.unwrap(),
            End::Expired => app.clock.set(token.expires_at.unwrap()),
            End::Suspended => {
                let (identity, id) = (identity.clone(), token.user_id.clone());
                let suspended = app.gateway.db.write(move |unit| {
                    let user = unit.tx.get(&id)?.unwrap();
                    unit.tx.update(&User { status: UserStatus::Suspended, ..user })?;
                    identity.rights_change_in(unit, &id)
                });
                suspended.await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn turns_that_run_wait_or_are_parked_end_with_the_rights_that_started_them() {
    let rights = [Permission::SendMessages];
    for engine in Engine::available() {
        for end in ENDS {
            let gate = Gate::new();
            let held = gate.clone();
            let model = ModelServer::start(move |request| match request.last_text().as_str() {
                "forget" => Script::answer().tool_call("a", "memory.forget_all", json!({})),
                "write" => Script::answer().text("Half").wait(&held).text(" a word."),
                _ => Script::say("Hello."),
            })
            .await;
            let app = Setup::default().on(engine).models(&[&model]).start().await;
            let (parent, above) = token(&app, &app.admin(), &rights).await;
            let (below, caller) = token(&app, &above, &rights).await;
            let parked = send(&app, &caller, None, "forget").await;
            let runs = send(&app, &caller, None, "write").await;
            let waits = send(&app, &caller, Some(&runs.session_id), "then").await;
            gate.reached().await;
            Harness::is_parked(&app, &parked.task_id).await;
            let begun = Instant::now();
            end.come(&app, &parent, &below).await;
            for sent in [&parked, &runs, &waits] {
                cancelled_for_its_rights(&app, sent, begun).await;
            }
            let messages = app.messages(&runs.session_id).await;
            assert!(messages.iter().any(|message| message.content == "Half"), "{engine:?} {end:?}");
            gate.open();
        }
    }
}

#[tokio::test]
async fn the_work_of_others_and_of_other_tokens_goes_on() {
    let gate = Gate::new();
    let held = gate.clone();
    let model = ModelServer::start(move |_| Script::answer().wait(&held).text("Hello.")).await;
    let app = Harness::with_models(&[&model]).await;
    let (first, by_first) = token(&app, &app.admin(), &[Permission::SendMessages]).await;
    let (_, by_other) = token(&app, &app.admin(), &[Permission::SendMessages]).await;
    let (own, other) = (app.send("hi").await, send(&app, &by_other, None, "hi").await);
    let falls = send(&app, &by_first, None, "hi").await;
    model.wait_for_requests(3).await;
    app.gateway.identity.revoke_api_token(&app.admin(), &first.id).await.unwrap();
    assert_eq!(app.ended(&falls).await.status, TaskStatus::Cancelled);
    gate.open();
    app.completed(&own).await;
    app.completed(&other).await;
}

#[tokio::test]
async fn a_turn_has_the_tools_that_its_token_allows_at_each_moment() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.machine(&[]).await;
    let (_, narrow) = token(&app, &app.admin(), &[Permission::SendMessages]).await;
    let wide = [Permission::SendMessages, Permission::ManageNodes];
    let (widest, wide) = token(&app, &app.admin(), &wide).await;
    let offers_nodes = |request: usize| {
        let tools = model.requests()[request].body["tools"].to_string();
        tools.contains("node__command")
    };

    let parked = send(&app, &narrow, None, "forget everything").await;
    app.parked(&parked.task_id).await;
    assert!(!offers_nodes(0), "its owner may command machines, and the token may not");
    let parked_too = send(&app, &wide, None, "forget everything").await;
    app.parked(&parked_too.task_id).await;
    assert!(offers_nodes(1));

    // What is narrowed while the turn is parked is narrow when it is resumed.
    let narrowed = ApiToken { permissions: Some(vec![Permission::SendMessages]), ..widest };
    app.gateway.db.write(move |unit| unit.tx.update(&narrowed)).await.unwrap();
    for approval in app.asked(2).await {
        app.approve(&approval.id).await.unwrap();
    }
    for sent in [&parked, &parked_too] {
        app.completed(sent).await;
    }
    assert!(!offers_nodes(2) && !offers_nodes(3));
}

#[tokio::test]
async fn a_turn_that_resumes_after_a_crash_without_its_token_is_cancelled_before_it_acts() {
    for engine in Engine::available() {
        let model = forgetful().await;
        let app = Setup::default().on(engine).models(&[&model]).start().await;
        let (token, caller) = token(&app, &app.admin(), &[Permission::SendMessages]).await;
        let sent = send(&app, &caller, None, "forget everything").await;
        Harness::is_parked(&app, &sent.task_id).await;
        // As if the review of the user's tasks had not come, and the approval had.
        let (revoked, task) =
            (ApiToken { revoked_at: Some(token.created_at), ..token }, sent.task_id.clone());
        let app = app
            .crash_change_and_restart(&[&model], move |unit| {
                let now = unit.now();
                assert!(unit.tx.wake_job(&task, now)?);
                unit.tx.update(&revoked)
            })
            .await;
        cancelled_for_its_rights(&app, &sent, Instant::now()).await;
        assert_eq!(model.requests().len(), 1, "nothing more was asked");
    }
}

#[tokio::test]
async fn a_discussion_ends_with_the_token_that_started_it_and_so_do_its_parts() {
    let model = ModelServer::start(|_| Script::silence()).await;
    let app = Harness::with_models(&[&model]).await;
    let (token, caller) = token(&app, &app.admin(), &[Permission::SendMessages]).await;
    let panelist = |name: &str| {
        let persona = Some(format!("{name} likes tea."));
        NewPanelist { name: Some(name.into()), persona, ..NewPanelist::default() }
    };
    let panelists = vec![panelist("Ada"), panelist("Bob")];
    let new = NewDiscussion { topic: "Tea or coffee?".into(), panelists, ..NewDiscussion::default() };
    let planned = app.gateway.discussions.create(&caller, new).await.unwrap();
    let run = app.gateway.discussions.start(&caller, &planned.id).await.unwrap();
    model.wait_for_requests(2).await;
    app.gateway.identity.revoke_api_token(&app.admin(), &token.id).await.unwrap();
    let ended = app
        .until(async || {
            let run = app.gateway.discussions.run(&app.admin(), &run.id).await.unwrap().run;
            run.status.is_final().then_some(run)
        })
        .await;
    assert_eq!(ended.status, DiscussionRunStatus::Cancelled);
    assert!(ended.error.unwrap().contains("API token"));
    let parts = app.gateway.tasks.get(&app.admin(), &run.task_id).await.unwrap().children;
    assert_eq!(parts.len(), 2);
    for part in parts {
        assert_eq!((part.status, part.api_token_id.as_ref()), (TaskStatus::Cancelled, Some(&token.id)));
        assert!(part.cancel_reason.is_some());
    }
}
