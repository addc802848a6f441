use serde_json::json;
use sophon_testkit::{Gate, ModelServer, Script};

use crate::support::{App, streamed};

#[tokio::test]
async fn who_joins_in_the_middle_of_a_sentence_gets_its_beginning_and_then_the_rest() {
    let gate = Gate::new();
    let model = ModelServer::playing([Script::answer().text("Once upon ").wait(&gate).text("a time.")]).await;
    let app = App::with_model(&model).await;
    let mut first = app.chat_hub().await;
    let sent = first.invoke("SendMessage", json!({ "content": "a story" })).await;
    first.events_until("StreamChunk").await;

    let mut late = app.chat_hub().await;
    let joined = late.invoke("JoinSession", json!({ "sessionId": sent["result"]["sessionId"] })).await;
    let pending = &joined["result"]["pending"][0];
    assert_eq!(pending["content"], "Once upon ");
    gate.open();
    let events = late.events_until("ReceiveMessage").await;
    assert_eq!(streamed(&events), "a time.");
}

#[tokio::test]
async fn a_cursor_from_the_hub_is_good_on_sse_and_back_and_over_a_restart() {
    let app = App::for_one().await;
    let mut hub = app.chat_hub().await;
    let sent = hub.invoke("SendMessage", json!({ "content": "calculate 1+1" })).await;
    let session = sent["result"]["sessionId"].as_str().unwrap().to_owned();
    let (_, completed) = hub.events_until("TaskCompleted").await.pop().unwrap();
    let seen = completed["seq"].as_u64().unwrap();
    drop(hub);

    // Missed while away from every wire.
    let missed = app.http().chat(Some(&session), "calculate 2+2").await;
    app.http().ended(missed["taskId"].as_str().unwrap()).await;

    let mut sse = app.events(&session, Some(seen)).await;
    assert_eq!(sse.named("message").await["content"], "calculate 2+2");
    assert_eq!(sse.named("message").await["content"], "The result is **4**.");
    drop(sse);

    let app = app.restart().await;
    let mut hub = app.chat_hub().await;
    let joined = hub.invoke("JoinSession", json!({ "sessionId": session, "since": seen })).await;
    assert_eq!(joined["result"]["complete"], true, "{joined}");
    let events = hub.events_until("TaskCompleted").await;
    let contents: Vec<_> = events
        .iter()
        .filter(|(name, _)| name == "ReceiveMessage")
        .map(|(_, payload)| payload["content"].as_str().unwrap())
        .collect();
    assert_eq!(contents, ["calculate 2+2", "The result is **4**."]);
    assert!(events.iter().all(|(_, payload)| payload["seq"].as_u64().unwrap() > seen));
}
