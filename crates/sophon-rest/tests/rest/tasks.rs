//! The ledger of work.

use std::time::Duration;

use serde_json::Value;
use sophon_model::Role;

use crate::app::TestApp;
use crate::client::{As, json};

async fn send(caller: &As<'_>, content: &str) -> Value {
    caller.post("/api/chat", &json!({ "content": content })).await.expect(202)
}

fn task_path(sent: &Value) -> String {
    format!("/api/tasks/{}", sent["taskId"].as_str().unwrap())
}

fn ids(list: &Value) -> Vec<&Value> {
    list["items"].as_array().unwrap().iter().map(|task| &task["id"]).collect()
}

#[tokio::test]
async fn a_task_that_waits_ends_when_it_is_cancelled() {
    let app = TestApp::setup().silent_model().start().await;
    let admin = app.admin().await;
    let running = send(&admin, "first").await;
    app.runs(&admin, running["taskId"].as_str().unwrap()).await;
    app.clock.advance(Duration::from_secs(2));
    let waiting = send(&admin, "second").await;
    let active = admin.get("/api/tasks/active").await.ok();
    assert_eq!(ids(&active), [&waiting["taskId"], &running["taskId"]]);
    assert_eq!(
        (&active["items"][0]["status"], &active["items"][1]["status"]),
        (&json!("queued"), &json!("running"))
    );
    assert_eq!(
        (&active["items"][0]["durationMs"], &active["items"][1]["durationMs"]),
        (&json!(0), &json!(2_000))
    );
    let cancel = format!("{}/cancel", task_path(&waiting));
    let cancelled = admin.act(&cancel).await.ok();
    assert_eq!(cancelled["status"], "cancelled");
    let me = admin.get("/api/auth/me").await.ok();
    assert_eq!(cancelled["cancelledBy"], me["id"]);
    admin.act(&cancel).await.refused(409, "conflict");
    assert_eq!(ids(&admin.get("/api/tasks/active").await.ok()), [&running["taskId"]]);
}

#[tokio::test]
async fn a_task_that_runs_is_told_and_ends_soon() {
    let app = TestApp::setup().silent_model().start().await;
    let admin = app.admin().await;
    let sent = send(&admin, "hello").await;
    app.runs(&admin, sent["taskId"].as_str().unwrap()).await;
    assert_eq!(admin.act(&format!("{}/cancel", task_path(&sent))).await.expect(202)["status"], "running");
    assert_eq!(app.ended(&admin, sent["taskId"].as_str().unwrap()).await["status"], "cancelled");
}

#[tokio::test]
async fn history_is_filtered_and_walked() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut sent = Vec::new();
    for content in ["alpha", "beta", "gamma"] {
        sent.push(send(&admin, content).await);
        app.ended(&admin, sent.last().unwrap()["taskId"].as_str().unwrap()).await;
        app.clock.advance(Duration::from_mins(1));
    }
    let [alpha, beta, gamma] = [0, 1, 2].map(|index: usize| sent[index]["taskId"].as_str().unwrap());
    let history = async |query: &str| admin.get(&format!("/api/tasks/history?{query}")).await.ok();
    let found = async |query: &str| {
        let list = history(query).await;
        ids(&list).into_iter().map(|id| id.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, [gamma, beta, alpha]);
    assert_eq!(found("q=bet").await, [beta]);
    let in_session = format!("session={}", sent[0]["sessionId"].as_str().unwrap());
    assert_eq!(found(&in_session).await, [alpha]);
    assert_eq!(found("status=completed&agent=sophon").await.len(), 3);
    assert_eq!(found("status=failed,cancelled").await.len(), 0);
    assert_eq!(found("from=2026-11-22T12:01:00Z&until=2026-11-22T12:02:00.000Z").await, [beta]);
    let first = history("limit=2").await;
    assert_eq!(first["hasMore"], true);
    let next = format!("limit=2&cursor={}", first["nextCursor"].as_str().unwrap());
    assert_eq!(found(&next).await, [alpha]);
}

#[tokio::test]
async fn a_filter_that_cannot_be_understood_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for query in [
        "status=done",
        "status=",
        "from=yesterday",
        "until=5",
        "stauts=failed",
        "limit=-1",
        "cursor=x",
        "q=a&q=b",
    ] {
        admin.get(&format!("/api/tasks/history?{query}")).await.refused(400, "invalid_request");
    }
    admin.get("/api/tasks/history?agent=nobody").await.refused(404, "not_found");
}

#[tokio::test]
async fn a_viewer_sees_its_tasks_and_cannot_cancel() {
    let app = TestApp::start().await;
    let viewer = app.colleague(Role::Viewer).await;
    assert_eq!(viewer.get("/api/tasks/active").await.ok()["items"], json!([]));
    assert_eq!(viewer.get("/api/tasks/history").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn tasks_of_others_do_not_exist() {
    let app = TestApp::setup().silent_model().start().await;
    let admin = app.admin().await;
    let sent = send(&admin, "hello").await;
    let (path, cancel) = (task_path(&sent), format!("{}/cancel", task_path(&sent)));
    for other in [app.colleague(Role::Viewer).await, app.stranger().await] {
        other.get(&path).await.refused(404, "not_found");
        other.act(&cancel).await.refused(404, "not_found");
        assert_eq!(other.get("/api/tasks/history").await.ok()["items"], json!([]));
    }
    let unknown = admin.get("/api/tasks/task_unknown").await;
    assert!(unknown.text.contains("no such task"));
    unknown.refused(404, "not_found");
    admin.get(&path).await.ok();
}

#[tokio::test]
async fn who_may_cancel_for_others_can() {
    let app = TestApp::setup().silent_model().start().await;
    let operator = app.colleague(Role::Operator).await;
    let sent = send(&operator, "hello").await;
    app.runs(&operator, sent["taskId"].as_str().unwrap()).await;
    app.admin().await.act(&format!("{}/cancel", task_path(&sent))).await.expect(202);
    let ended = app.ended(&operator, sent["taskId"].as_str().unwrap()).await;
    assert_eq!(ended["status"], "cancelled");
}
