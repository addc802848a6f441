//! Sending messages.

use http::Method;
use serde_json::Value;
use sophon_model::Role;

use crate::app::TestApp;
use crate::client::{Answer, As, json};

async fn send_once(caller: &As<'_>, key: &str, content: &str) -> Answer {
    let headers = [("idempotency-key", key)];
    caller.send_json(Method::POST, "/api/chat", &headers, &json!({ "content": content })).await
}

async fn sessions(caller: &As<'_>) -> usize {
    caller.get("/api/sessions").await.ok()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_message_makes_a_session_and_is_answered() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let send = json!({ "content": "calculate 6 * 7", "channelId": "webchat", "localId": "m1" });
    let sent = admin.post("/api/chat", &send).await.expect(202);
    let (session, task) = (sent["sessionId"].as_str().unwrap(), sent["taskId"].as_str().unwrap());
    let ended = app.ended(&admin, task).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    assert_eq!(ended["requestMessageId"], sent["messageId"]);
    assert_eq!(ended["toolCalls"][0]["status"], "completed");
    let messages = admin.get(&format!("/api/sessions/{session}/messages")).await.ok();
    let [question, answer] = messages["items"].as_array().unwrap().as_slice() else { panic!("{messages}") };
    assert_eq!((&question["role"], &question["localId"]), (&json!("user"), &json!("m1")));
    assert_eq!(question["messageId"], sent["messageId"]);
    assert_eq!((&answer["role"], &answer["status"]), (&json!("agent"), &json!("delivered")));
    assert!(answer["content"].as_str().unwrap().contains("42"), "{answer}");
    assert_eq!(answer["toolCalls"], ended["toolCalls"]);
    assert_eq!((&answer["usage"]["model"], &answer["msgType"]), (&json!("offline"), &json!("chat")));
    assert!(answer["id"].as_i64() > question["id"].as_i64());
    let session = admin.get(&format!("/api/sessions/{session}")).await.ok();
    assert_eq!((&session["title"], &session["channelId"]), (&json!("calculate 6 * 7"), &json!("webchat")));
}

#[tokio::test]
async fn a_message_goes_on_in_its_session_and_may_answer_another() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let sent = admin.post("/api/chat", &json!({ "content": "one" })).await.expect(202);
    let attachment = admin.upload("a.txt", "abc").await.expect(201);
    let reply = json!({
        "sessionId": sent["sessionId"], "content": "two", "replyTo": sent["messageId"],
        "agentId": "sophon", "isStreaming": false, "attachments": [attachment],
    });
    let second = admin.post("/api/chat", &reply).await.expect(202);
    assert_eq!(second["sessionId"], sent["sessionId"]);
    let task = app.ended(&admin, second["taskId"].as_str().unwrap()).await;
    assert_eq!(task["isStreaming"], false);
    let path = format!("/api/sessions/{}/messages", sent["sessionId"].as_str().unwrap());
    let messages = admin.get(&path).await.ok();
    let message = messages["items"].as_array().unwrap().iter().find(|message| message["content"] == "two");
    assert_eq!(message.unwrap()["replyTo"], sent["messageId"]);
    assert_eq!(message.unwrap()["attachments"], json!([attachment]));
}

#[tokio::test]
async fn the_same_request_under_a_key_is_applied_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = send_once(&admin, "k1", "hello").await;
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = send_once(&admin, "k1", "hello").await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.expect(202), first.expect(202));
    send_once(&admin, "k1", "other").await.refused(409, "idempotency_conflict");
    assert_eq!(sessions(&admin).await, 1);
    send_once(&admin, "k2", "hello").await.expect(202);
    assert_eq!(sessions(&admin).await, 2);
}

#[tokio::test]
async fn the_same_request_at_the_same_moment_is_applied_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let sends = (0..20).map(|_| send_once(&admin, "race", "hello"));
    let answers = futures_util::future::join_all(sends).await;
    let fresh = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).count();
    assert_eq!(fresh, 1);
    let bodies: Vec<Value> = answers.into_iter().map(|answer| answer.expect(202)).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    assert_eq!(sessions(&admin).await, 1);
}

#[tokio::test]
async fn keys_of_others_are_others() {
    let app = TestApp::start().await;
    let (admin, operator) = (app.admin().await, app.colleague(Role::Operator).await);
    let own = send_once(&admin, "k", "hello").await.expect(202);
    let other = send_once(&operator, "k", "something else").await;
    assert_eq!(other.header("idempotency-replayed"), None);
    assert_ne!(other.expect(202)["sessionId"], own["sessionId"]);
}

#[tokio::test]
async fn keys_have_a_length() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    send_once(&admin, &"k".repeat(255), "hello").await.expect(202);
    send_once(&admin, &"k".repeat(256), "hello").await.refused(422, "validation_failed");
    send_once(&admin, "", "hello").await.refused(422, "validation_failed");
    assert_eq!(sessions(&admin).await, 1);
}

#[tokio::test]
async fn a_message_that_cannot_be_is_refused_and_leaves_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let many = vec![json!({ "key": "k", "mime": "text/plain", "size": 1 }); 11];
    for (send, field) in [
        (json!({}), "content"),
        (json!({ "content": "  " }), "content"),
        (json!({ "content": 5 }), "content"),
        (json!({ "content": "a", "sessionid": "ses_1" }), "sessionid"),
        (json!({ "content": "a", "attachments": many }), "attachments"),
        (json!({ "content": "a", "attachments": [{ "mime": "text/plain" }] }), "attachments[0].key"),
        (json!({ "content": "a", "attachments": [{ "key": "nobody's" }] }), "attachments"),
        (json!({ "content": "a", "isStreaming": "yes" }), "isStreaming"),
        (json!({ "content": "a", "localId": "" }), "localId"),
    ] {
        let details = admin.post("/api/chat", &send).await.refused(422, "validation_failed");
        assert_eq!(details["field"], field, "{send}");
    }
    let long = json!({ "content": "x".repeat(100_001) });
    admin.post("/api/chat", &long).await.refused(413, "payload_too_large");
    for send in [
        json!({ "content": "a", "sessionId": "ses_unknown" }),
        json!({ "content": "a", "agentId": "nobody" }),
        json!({ "content": "a", "replyTo": "msg_unknown" }),
    ] {
        admin.post("/api/chat", &send).await.refused(404, "not_found");
    }
    assert_eq!(sessions(&admin).await, 0);
}

#[tokio::test]
async fn sessions_of_others_cannot_be_written_into() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let sent = admin.post("/api/chat", &json!({ "content": "mine" })).await.expect(202);
    let intrude = json!({ "sessionId": sent["sessionId"], "content": "theirs" });
    app.colleague(Role::Operator).await.post("/api/chat", &intrude).await.refused(404, "not_found");
    app.stranger().await.post("/api/chat", &intrude).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_viewer_cannot_send() {
    let app = TestApp::start().await;
    let viewer = app.colleague(Role::Viewer).await;
    let details = viewer.post("/api/chat", &json!({ "content": "a" })).await.refused(403, "not_authorized");
    assert_eq!(details, json!({ "permission": "SendMessages" }));
}

#[tokio::test]
async fn sessions_that_are_held_or_over_take_no_messages() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for status in ["paused", "completed"] {
        let id = admin.post("/api/sessions", &json!({})).await.expect(201)["id"].clone();
        let path = format!("/api/sessions/{}", id.as_str().unwrap());
        admin.patch(&path, &json!({ "status": status })).await.ok();
        let send = json!({ "sessionId": id, "content": "a" });
        admin.post("/api/chat", &send).await.refused(409, "conflict");
    }
}

#[tokio::test]
async fn who_waits_gets_the_answer_in_the_same_request() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let answered = admin.post("/api/chat?wait=20", &json!({ "content": "calculate 6 * 7" })).await.ok();
    assert_eq!((&answered["status"], &answered["error"]), (&json!("completed"), &Value::Null));
    assert!(answered["reply"]["content"].as_str().unwrap().contains("42"), "{answered}");
    assert_eq!(answered["reply"]["replyTo"], answered["messageId"]);
    let path = format!("/api/sessions/{}/messages", answered["sessionId"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.ok()["items"][1], answered["reply"]);
    for wait in ["51", "-1", "x"] {
        let answer = admin.post(&format!("/api/chat?wait={wait}"), &json!({ "content": "a" })).await;
        assert_eq!(answer.refused(400, "invalid_request")["field"], "wait", "{wait}");
    }
    assert_eq!(sessions(&admin).await, 1);
}

#[tokio::test]
async fn who_does_not_wait_long_enough_is_told_where_the_answer_will_be() {
    let app = TestApp::setup().silent_model().start().await;
    let admin = app.admin().await;
    let sent = admin.post("/api/chat?wait=1", &json!({ "content": "hello" })).await.expect(202);
    admin.get(&format!("/api/tasks/{}", sent["taskId"].as_str().unwrap())).await.ok();
}
