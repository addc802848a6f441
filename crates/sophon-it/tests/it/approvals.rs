//! An agent asks on one wire, and the answer comes on another.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{App, Hub};

/// Answers that come at once: on hubs, and over REST, which takes thirty in a minute.
const ON_HUBS: usize = 12;
const OVER_REST: usize = 24;

#[tokio::test]
async fn what_an_agent_asks_for_is_told_on_the_hub_and_answered_there() {
    let app = App::for_one().await;
    let mut approvals = Hub::connect(&app.url(), "approvals", None).await;
    let mut chat = app.chat_hub().await;
    let send = json!({ "content": "forget everything" });
    let sent = chat.invoke("SendMessage", send).await["result"].take();

    let (name, asked) = approvals.event().await;
    assert_eq!((name.as_str(), &asked["toolName"]), ("ApprovalRequested", &json!("memory.forget_all")));
    assert_eq!((&asked["taskId"], &asked["params"]), (&sent["taskId"], &json!({})));
    let waiting = chat.events_until("AgentStatus").await;
    let mut last = waiting.last().unwrap().1.clone();
    while last["status"] != "waiting_approval" {
        last = chat.events_until("AgentStatus").await.pop().unwrap().1;
    }
    assert_eq!(last["detail"], "memory.forget_all");

    let approved = approvals.invoke("approve", json!({ "approvalId": asked["id"] })).await;
    assert!(approved["error"].is_null(), "{approved}");
    let (name, resolved) = approvals.event().await;
    assert_eq!((name.as_str(), &resolved["outcome"]), ("ApprovalResolved", &json!("approved")));
    assert_eq!(resolved["id"], asked["id"]);
    let again = approvals.invoke("Reject", json!({ "approvalId": asked["id"], "reason": "late" })).await;
    assert!(again["error"].as_str().unwrap().contains("already_resolved"), "{again}");
    chat.events_until("TaskCompleted").await;
}

#[tokio::test]
async fn a_question_is_told_on_the_hub_and_answered_there() {
    let app = App::for_one().await;
    let mut approvals = Hub::connect(&app.url(), "approvals", None).await;
    let mut chat = app.chat_hub().await;
    chat.invoke("SendMessage", json!({ "content": "ask me which colour" })).await;
    let (name, asked) = approvals.event().await;
    assert_eq!((name.as_str(), &asked["question"]), ("InfoRequested", &json!("which colour")));
    let answer = json!({ "infoId": asked["id"], "response": "blue" });
    let answered = approvals.invoke("RespondInfo", answer).await;
    assert!(answered["error"].is_null(), "{answered}");
    let (name, resolved) = approvals.event().await;
    assert_eq!((name.as_str(), &resolved["response"]), ("InfoResolved", &json!("blue")));
    let events = chat.events_until("TaskCompleted").await;
    let (_, told) = events.iter().rfind(|(name, _)| name == "ReceiveMessage").unwrap();
    assert_eq!(told["content"], "You said: blue");
}

#[tokio::test]
async fn of_all_answers_on_all_wires_one_counts_and_the_others_are_told() {
    let app = App::for_one().await;
    let mut told = Hub::connect(&app.url(), "approvals", None).await;
    app.http().chat(None, "forget everything").await;
    let id = told.event().await.1["id"].as_str().unwrap().to_owned();
    let hubs =
        join_all((0..ON_HUBS).map(|_| async { Hub::connect(&app.url(), "approvals", None).await })).await;
    let on_hubs = join_all(hubs.into_iter().enumerate().map(|(number, mut hub)| {
        let method = ["Approve", "Reject"][number % 2];
        let argument = json!({ "approvalId": id });
        async move { outcome_on_hub(&hub.invoke(method, argument).await) }
    }));
    let over_rest = join_all((0..OVER_REST).map(|number| {
        let path = format!("/api/approvals/{id}/{}", ["approve", "reject"][number % 2]);
        let http = app.http();
        async move {
            let (status, body) = http.post(&path, &json!({})).await;
            match status.as_u16() {
                200 => true,
                409 if body["error"]["code"] == "already_resolved" => false,
                _ => panic!("{status} {body}"),
            }
        }
    }));
    let (on_hubs, over_rest) = tokio::join!(on_hubs, over_rest);
    let counted = on_hubs.iter().chain(&over_rest).filter(|counts| **counts).count();
    assert_eq!(counted, 1);
    let (name, resolved) = told.event().await;
    let stored = app.http().get(&format!("/api/approvals/{id}")).await.1;
    assert_eq!((name.as_str(), &resolved["outcome"]), ("ApprovalResolved", &stored["outcome"]));
}

/// Whether a call of a hub was the one that counts.
fn outcome_on_hub(completion: &Value) -> bool {
    match completion["error"].as_str() {
        None => true,
        Some(error) if error.contains("already_resolved") => false,
        Some(error) => panic!("{error}"),
    }
}
