//! What agents want to do and to know, and the answers.

use std::time::Duration;

use serde_json::Value;
use sophon_model::Role;

use crate::app::TestApp;
use crate::client::{As, json};

/// Waits until this list has an item, and returns it.
async fn first(caller: &As<'_>, list: &str) -> Value {
    let looking = async {
        loop {
            let mut items = caller.get(list).await.ok()["items"].take();
            if !items[0].is_null() {
                return items[0].take();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), looking).await.expect("somebody is asked")
}

async fn ask_for_approval(caller: &As<'_>) -> (Value, Value) {
    let sent = caller.post("/api/chat", &json!({ "content": "forget everything" })).await.expect(202);
    let list = format!("/api/approvals?session={}", sent["sessionId"].as_str().unwrap());
    (first(caller, &list).await, sent)
}

fn path(approval: &Value, action: &str) -> String {
    format!("/api/approvals/{}{action}", approval["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_approval_is_shown_whole_answered_once_and_found_in_the_history() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (asked, sent) = ask_for_approval(&admin).await;
    assert_eq!(asked["toolName"], "memory.forget_all");
    assert_eq!((&asked["riskLevel"], &asked["status"]), (&json!("critical"), &json!("pending")));
    assert_eq!(
        (&asked["params"], &asked["editable"], &asked["outcome"]),
        (&json!({}), &json!(false), &Value::Null)
    );
    assert_eq!((&asked["taskId"], &asked["sessionId"]), (&sent["taskId"], &sent["sessionId"]));
    assert_eq!(admin.get(&path(&asked, "")).await.ok(), asked);

    let approved = admin.act(&path(&asked, "/approve")).await.ok();
    let me = admin.get("/api/auth/me").await.ok();
    assert_eq!((&approved["outcome"], &approved["decidedBy"]), (&json!("approved"), &me["id"]));
    for answer in ["/approve", "/reject"] {
        let details = admin.act(&path(&asked, answer)).await.refused(409, "already_resolved");
        assert_eq!(details["outcome"], "approved");
    }
    let task = app.ended(&admin, sent["taskId"].as_str().unwrap()).await;
    assert_eq!(task["status"], "completed");
    let found = |query: &str| format!("/api/approvals/history?tool=memory.forget_all&risk=critical&{query}");
    let history = admin.get(&found("outcome=approved,edited&mine=true")).await.ok();
    assert_eq!(history["items"][0]["id"], asked["id"]);
    assert!(history["items"][0]["consumedAt"].is_string());
    assert_eq!(admin.get(&found("outcome=rejected")).await.ok()["items"], json!([]));
    admin.get(&found("outcome=pending")).await.refused(400, "invalid_request");
    assert_eq!(admin.get("/api/approvals").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_refusal_has_a_reason_and_arguments_that_cannot_be_changed_are_not() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (asked, _) = ask_for_approval(&admin).await;
    let edit = json!({ "modifiedParams": { "more": true } });
    admin.post(&path(&asked, "/edit"), &edit).await.refused(409, "not_editable");
    admin.post(&path(&asked, "/edit"), &json!({})).await.refused(422, "validation_failed");
    admin.post(&path(&asked, "/reject"), &json!({ "why": "x" })).await.refused(422, "validation_failed");
    let rejected = admin.post(&path(&asked, "/reject"), &json!({ "reason": "Not today." })).await.ok();
    assert_eq!(
        (&rejected["outcome"], &rejected["outcomeDetail"]),
        (&json!("rejected"), &json!("Not today."))
    );
}

#[tokio::test]
async fn who_may_answer_sees_what_all_ask_and_others_see_what_is_theirs() {
    let app = TestApp::start().await;
    let (admin, operator) = (app.admin().await, app.colleague(Role::Operator).await);
    let (asked, _) = ask_for_approval(&operator).await;
    assert_eq!(first(&admin, "/api/approvals").await["id"], asked["id"]);
    assert_eq!(admin.get("/api/approvals?mine=true").await.ok()["items"], json!([]));

    let viewer = app.colleague(Role::Viewer).await;
    assert_eq!(viewer.get("/api/approvals").await.ok()["items"], json!([]));
    for other in [viewer, app.stranger().await] {
        other.get(&path(&asked, "")).await.refused(404, "not_found");
        other.act(&path(&asked, "/approve")).await.refused(404, "not_found");
    }
    admin.act(&path(&asked, "/approve")).await.ok();
}

#[tokio::test]
async fn a_question_is_answered_by_the_person_who_is_asked_and_nobody_else() {
    let app = TestApp::start().await;
    let (admin, operator) = (app.admin().await, app.colleague(Role::Operator).await);
    let sent = admin.post("/api/chat", &json!({ "content": "ask me which colour" })).await.expect(202);
    let asked = first(&admin, "/api/info-requests").await;
    assert_eq!((&asked["question"], &asked["status"]), (&json!("which colour"), &json!("pending")));
    let path = format!("/api/info-requests/{}", asked["id"].as_str().unwrap());
    operator.get(&path).await.refused(404, "not_found");
    operator.post(&format!("{path}/respond"), &json!({ "response": "red" })).await.refused(404, "not_found");

    admin
        .post(&format!("{path}/respond"), &json!({ "response": "" }))
        .await
        .refused(422, "validation_failed");
    let answered = admin.post(&format!("{path}/respond"), &json!({ "response": "blue" })).await.ok();
    assert_eq!((&answered["status"], &answered["response"]), (&json!("answered"), &json!("blue")));
    admin.act(&format!("{path}/cancel")).await.refused(409, "already_resolved");
    app.ended(&admin, sent["taskId"].as_str().unwrap()).await;
    assert_eq!(admin.get(&path).await.ok()["response"], "blue");
}
