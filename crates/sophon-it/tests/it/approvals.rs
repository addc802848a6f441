//! An agent asks on one wire, and the answer comes on another.

use serde_json::json;

use crate::support::{App, Hub};

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
