use serde_json::{Value, json};
use sophon_testkit::{Gate, ModelServer, Script};

use crate::support::{App, Hub, streamed};

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

#[tokio::test]
async fn what_is_read_from_storage_comes_before_what_is_still_in_the_log() {
    let app = App::for_one().await;
    let old = app.http().chat(None, "calculate 1+1").await;
    let session = old["sessionId"].as_str().unwrap().to_owned();
    app.http().ended(old["taskId"].as_str().unwrap()).await;
    let app = app.restart().await;
    let new = app.http().chat(Some(&session), "calculate 2+2").await;
    app.http().ended(new["taskId"].as_str().unwrap()).await;

    let mut hub = app.chat_hub().await;
    hub.invoke("JoinSession", json!({ "sessionId": session, "since": 0 })).await;
    let mut events = hub.events_until("TaskCompleted").await;
    events.extend(hub.events_until("TaskCompleted").await);
    let numbers: Vec<u64> = events.iter().map(|(_, payload)| payload["seq"].as_u64().unwrap()).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    let completed = events.iter().filter(|(name, _)| name == "TaskCompleted");
    let tasks: Vec<&Value> = completed.map(|(_, payload)| &payload["taskId"]).collect();
    assert_eq!(tasks, [&old["taskId"], &new["taskId"]]);
}

#[tokio::test]
async fn a_client_whose_connection_broke_is_in_its_sessions_again_and_one_that_left_is_not() {
    let app = App::for_one().await;
    let (_, session) = app.http().post("/api/sessions", &json!({})).await;
    let session = session["id"].as_str().unwrap();
    let mut hub = app.chat_hub().await;
    hub.invoke("JoinSession", json!(session)).await;
    hub.break_off();
    app.until_connections(0).await;

    let mut back = app.chat_hub().await;
    app.http().chat(Some(session), "calculate 6*7").await;
    assert_eq!(streamed(&back.events_until("TaskCompleted").await), "The result is **42**.");

    back.send_text("{\"type\":7}\u{1e}").await;
    while back.record().await.is_some() {}
    app.until_connections(0).await;
    let mut anew = app.chat_hub().await;
    let sent = app.http().chat(Some(session), "calculate 1+1").await;
    app.http().ended(sent["taskId"].as_str().unwrap()).await;
    anew.invoke("LeaveSession", json!(session)).await;
    assert!(anew.forget().iter().all(|(name, _)| name == "SessionUpdated"));
}

#[tokio::test]
async fn by_the_older_rule_all_connections_of_the_owner_are_told() {
    let app = App::start(tempfile::tempdir().unwrap(), |config| {
        config.auth.auto_admin = true;
        config.hubs.session_events = sophon_realtime::hubs::SessionEventScope::User;
    })
    .await;
    let mut hub = Hub::connect(&app.url(), "chat", None).await;
    app.http().chat(None, "calculate 6*7").await;
    assert_eq!(streamed(&hub.events_until("TaskCompleted").await), "The result is **42**.");
}
