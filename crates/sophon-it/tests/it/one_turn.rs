use serde_json::json;
use sophon_testkit::{ModelServer, Script};

use crate::support::{App, streamed};

#[tokio::test]
async fn one_turn_is_seen_on_rest_on_the_hub_and_on_sse() {
    let model = ModelServer::playing([
        Script::answer().text("Let me see.").tool_call(
            "a",
            "calculator.evaluate",
            json!({ "expression": "6*7" }),
        ),
        Script::say_in(4, "It is forty-two."),
    ])
    .await;
    let app = App::with_model(&model).await;
    let http = app.http();
    let (_, session) = http.post("/api/sessions", &json!({ "title": "Sums" })).await;
    let session = session["id"].as_str().unwrap();
    let mut hub = app.chat_hub().await;
    let joined = hub.invoke("JoinSession", json!(session)).await;
    assert_eq!(joined["result"]["sessionId"], session);
    let mut sse = app.events(session, None).await;

    let sent = http.chat(Some(session), "what is six times seven?").await;
    let events = hub.events_until("TaskCompleted").await;
    let names: Vec<&str> = events
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !["StreamChunk", "AgentStatus", "SessionUpdated"].contains(name))
        .collect();
    assert_eq!(
        names,
        [
            "ReceiveMessage",
            "TaskQueued",
            "TaskStarted",
            "ToolCallStarted",
            "ToolCallCompleted",
            "ReceiveMessage",
            "TaskCompleted"
        ]
    );
    let whole = "Let me see.\n\nIt is forty-two.";
    assert_eq!(streamed(&events), whole);
    let last_chunk = events.iter().rfind(|(name, _)| name == "StreamChunk").unwrap();
    assert_eq!(last_chunk.1["isFinal"], true);
    let (_, received) = events.iter().rfind(|(name, _)| name == "ReceiveMessage").unwrap();
    assert_eq!((received["content"].as_str(), received["role"].as_str()), (Some(whole), Some("agent")));
    assert_eq!(received["toolCalls"][0]["toolName"], "calculator.evaluate");
    assert_eq!(received["toolCalls"][0]["result"], "42");
    let (_, completed) = events.last().unwrap();
    assert_eq!(completed["taskId"], sent["taskId"]);
    assert!(completed["tokensUsed"].as_i64().unwrap() > 0);

    let question = sse.named("message").await;
    assert_eq!(question["content"], "what is six times seven?");
    let answer = sse.named("message").await;
    assert_eq!(answer["content"], whole);

    let stored = http.messages(session).await;
    assert_eq!(stored[1]["content"], whole);
    assert_eq!(stored[1]["id"], answer["id"], "the number is the same on every wire");
    assert_eq!(stored[1]["messageId"], received["messageId"]);
}

#[tokio::test]
async fn a_message_sent_on_the_hub_joins_its_session_and_is_not_echoed_to_its_sender() {
    let app = App::for_one().await;
    let (mut sender, mut other) = (app.chat_hub().await, app.chat_hub().await);
    let send = json!({ "sessionId": null, "agentId": "sophon", "content": "calculate 6*7", "channelId": "webchat", "attachments": [], "isStreaming": true });
    let sent = sender.invoke("sendmessage", send).await;
    let session = sent["result"]["sessionId"].as_str().unwrap().to_owned();
    let events = sender.events_until("TaskCompleted").await;
    let received: Vec<_> = events.iter().filter(|(name, _)| name == "ReceiveMessage").collect();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].1["content"], "The result is **42**.");

    let joined = other.invoke("JoinSession", json!({ "sessionId": session })).await;
    assert_eq!(joined["result"]["pending"], json!([]));
    sender.invoke("SendMessage", json!({ "sessionId": session, "content": "and again" })).await;
    let (_, echoed) = other.events_until("ReceiveMessage").await.pop().unwrap();
    assert_eq!((echoed["role"].as_str(), echoed["content"].as_str()), (Some("user"), Some("and again")));

    sender.events_until("TaskCompleted").await;
    other.invoke("LeaveSession", json!(session)).await;
    other.forget();
    sender.invoke("SendMessage", json!({ "sessionId": session, "content": "once more" })).await;
    sender.events_until("TaskCompleted").await;
    let rejoined = other.invoke("JoinSession", json!(session)).await;
    assert!(rejoined["result"].is_object());
    let told: Vec<String> = other.forget().into_iter().map(|(name, _)| name).collect();
    assert!(told.iter().all(|name| name == "SessionUpdated"), "who left is told of titles only: {told:?}");
}

#[tokio::test]
async fn the_tasks_hub_tells_the_ledger_of_all_sessions_to_who_watches() {
    let app = App::for_one().await;
    let mut hub = crate::support::Hub::connect(&app.url(), "tasks", None).await;
    let watch = json!({ "type": 1, "invocationId": "w", "target": "Watch", "arguments": [] });
    hub.send_text(&format!("{watch}\u{1e}")).await;
    assert_eq!(hub.record().await.unwrap()["invocationId"], "w");
    for _ in 0..2 {
        app.http().chat(None, "hello").await;
        let names: Vec<String> =
            hub.events_until("TaskCompleted").await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["TaskQueued", "TaskStarted", "TaskCompleted"]);
    }
}
