use serde_json::json;

use crate::support::{Hub, Process};

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
