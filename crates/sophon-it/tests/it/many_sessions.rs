//! More sessions on one connection than it can follow.

use serde_json::{Value, json};

use crate::support::{App, Hub};

/// Sessions that a connection follows at most.
const MOST: usize = 100;

/// Sends a message into a new session, waits for the end of its turn, and returns the session.
async fn send_anew(app: &App, hub: &mut Hub) -> String {
    let sent = hub.invoke("SendMessage", json!({ "content": "hello" })).await;
    let id = |name: &str| sent["result"][name].as_str().unwrap_or_else(|| panic!("{sent}"));
    app.http().ended(id("taskId")).await;
    id("sessionId").to_owned()
}

/// Whether the hub is told of what happens in a session. Another that it follows shows that nothing more comes.
async fn hears(app: &App, hub: &mut Hub, session: &str, followed: &str) -> bool {
    let asked = app.http().chat(Some(session), "calculate 1+1").await;
    app.http().ended(asked["taskId"].as_str().unwrap()).await;
    let last = app.http().chat(Some(followed), "calculate 1+1").await;
    let mut has_heard = false;
    loop {
        let (name, payload) = hub.event().await;
        has_heard |= name == "TaskCompleted" && payload["taskId"] == asked["taskId"];
        if name == "TaskCompleted" && payload["taskId"] == last["taskId"] {
            return has_heard;
        }
    }
}

async fn sessions(app: &App) -> Vec<Value> {
    let mut all = Vec::new();
    let mut path = "/api/sessions?limit=100".to_owned();
    loop {
        let (status, page) = app.http().get(&path).await;
        assert_eq!(status, 200, "{page}");
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["nextCursor"].as_str() else { return all };
        path = format!("/api/sessions?limit=100&cursor={next}");
    }
}

#[tokio::test]
async fn who_sends_into_ever_more_sessions_is_answered_and_leaves_the_oldest() {
    let app = App::for_one().await;
    let mut hub = app.chat_hub().await;
    let mut sent = Vec::new();
    for _ in 0..=MOST {
        sent.push(send_anew(&app, &mut hub).await);
    }
    assert_eq!(sessions(&app).await.len(), MOST + 1, "each message was stored once");
    let last = sent.last().unwrap();
    assert!(!hears(&app, &mut hub, &sent[0], last).await);
    assert!(hears(&app, &mut hub, &sent[1], last).await);

    // What it joined itself it keeps.
    hub.invoke("JoinSession", json!(sent[1])).await;
    let newest = send_anew(&app, &mut hub).await;
    assert!(hears(&app, &mut hub, &sent[1], &newest).await);
    assert!(!hears(&app, &mut hub, &sent[2], &newest).await);

    // So it is after it was cut off.
    hub.break_off();
    app.until_connections(0).await;
    let mut hub = app.chat_hub().await;
    hub.invoke("JoinSession", json!(newest)).await;
    // The oldest is the last that it is put back into.
    while !hears(&app, &mut hub, &sent[3], &newest).await {}
    let newest = send_anew(&app, &mut hub).await;
    assert!(hears(&app, &mut hub, &sent[1], &newest).await);
    assert!(!hears(&app, &mut hub, &sent[3], &newest).await);
}

#[tokio::test]
async fn a_message_that_could_not_be_followed_is_refused_before_it_is_stored() {
    let app = App::for_one().await;
    let mut hub = app.chat_hub().await;
    for _ in 0..MOST {
        let (_, session) = app.http().post("/api/sessions", &json!({})).await;
        let joined = hub.invoke("JoinSession", session["id"].clone()).await;
        assert!(joined["error"].is_null(), "{joined}");
    }
    let refused = hub.invoke("SendMessage", json!({ "content": "hello" })).await;
    let error = refused["error"].as_str().unwrap();
    assert!(
        error.ends_with("conflict: A connection follows at most 100 sessions. Leave one first."),
        "{error}"
    );
    assert_eq!(sessions(&app).await.len(), MOST, "nothing was stored");
}
