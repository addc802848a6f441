use serde_json::json;

use sophon_testkit::{Gate, ModelServer, Script};

use crate::support::{App, Hub, Process, soon, streamed};

#[tokio::test]
async fn sigterm_closes_sockets_with_a_reason_and_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Process::start(&folder.path().join("data")).await;
    let mut hub = Hub::connect(&gateway.url, "chat", None).await;
    hub.invoke("SendMessage", json!({ "content": "calculate 1+1" })).await;
    hub.events_until("TaskCompleted").await;
    let (code, close) = tokio::join!(gateway.terminate(), hub.record());
    let close = close.unwrap();
    assert_eq!((close["type"].as_i64(), close["allowReconnect"].as_bool()), (Some(7), Some(true)));
    assert!(close["error"].as_str().unwrap().contains("restarting"));
    assert_eq!(code, Some(0));
}

#[tokio::test]
async fn everything_is_still_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let gateway = Process::start(&data).await;
    let sent = gateway.http().chat(None, "remember that the door is blue").await;
    gateway.http().ended(sent["taskId"].as_str().unwrap()).await;
    assert_eq!(gateway.terminate().await, Some(0));

    let gateway = Process::start(&data).await;
    let messages = gateway.http().messages(sent["sessionId"].as_str().unwrap()).await;
    assert_eq!(messages[1]["content"], "I will remember that.");
    let sent = gateway.http().chat(None, "what do you remember about the door?").await;
    gateway.http().ended(sent["taskId"].as_str().unwrap()).await;
    let messages = gateway.http().messages(sent["sessionId"].as_str().unwrap()).await;
    assert!(messages[1]["content"].as_str().unwrap().contains("the door is blue"));
}

#[tokio::test]
async fn while_it_drains_new_work_is_refused_in_words_and_the_turn_that_runs_is_followed_to_its_end() {
    let gate = Gate::new();
    let model = ModelServer::playing([Script::answer().text("The end ").wait(&gate).text("is near.")]).await;
    let app = App::with_model(&model).await;
    let (http, running) = (app.http(), app.started.gateway.running.clone());
    let (_, session) = http.post("/api/sessions", &json!({ "visibility": "public" })).await;
    let session = session["id"].as_str().unwrap();
    let (mut hub, mut events) = (app.chat_hub().await, app.events(session, None).await);
    hub.invoke("JoinSession", json!(session)).await;
    http.chat(Some(session), "a long story").await;
    soon("the turn", async {
        while running.count() == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let (stopping, folder) = app.stop_in_background();
    let refused = soon("the refusal", async {
        loop {
            let (status, answer) = http.post("/api/chat", &json!({ "content": "one more" })).await;
            if status == 503 {
                return answer;
            }
        }
    })
    .await;
    assert_eq!(refused["error"]["code"], "service_unavailable");
    assert_eq!(http.get("/health").await.0, 503);
    let refused = hub.invoke("SendMessage", json!({ "sessionId": session, "content": "one more" })).await;
    assert!(refused["error"].as_str().unwrap().contains("shutting down"), "{refused}");
    gate.open();
    assert_eq!(streamed(&hub.events_until("TaskCompleted").await), "The end is near.");
    while events.named("message").await["content"] != "The end is near." {}
    let close = hub.record().await.unwrap();
    assert_eq!((close["type"].as_i64(), close["allowReconnect"].as_bool()), (Some(7), Some(true)), "{close}");
    soon("the end", stopping).await.unwrap();

    let app = App::start(folder, |config| config.auth.auto_admin = true).await;
    let messages = app.http().messages(session).await;
    assert_eq!(messages[1]["content"], "The end is near.");
    assert_eq!(messages.len(), 2, "what was refused left nothing behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stops_closes_its_storage() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("sophon");
    let gateway = Process::start(&data).await;
    let log = data.join("data/sophon.db-wal");
    assert!(log.exists(), "storage is open");
    assert_eq!(gateway.terminate().await, Some(0));
    assert!(!log.exists(), "somebody still had it");
}
