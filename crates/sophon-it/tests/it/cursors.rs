//! Clients that keep one number for all that they are told, and come back with it: nothing is lost, nothing comes twice.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::support::{App, Hub};

/// How often each client is cut off.
const ROUNDS: usize = 6;
/// Messages sent while it is away, and again when it is back and has not joined yet.
const MESSAGES: usize = 2;

/// A client of the chat hub that knows the highest number it was told, and which messages of which session.
struct OneNumber {
    hub: Hub,
    last: u64,
    heard: HashMap<String, Vec<String>>,
}

impl OneNumber {
    async fn connect(app: &App) -> Self {
        Self { hub: app.chat_hub().await, last: 0, heard: HashMap::new() }
    }

    /// Is cut off, and comes back under another connection.
    async fn cut_off(self, app: &App, meanwhile: impl AsyncFnOnce()) -> Self {
        self.hub.break_off();
        app.until_connections(0).await;
        meanwhile().await;
        Self { hub: app.chat_hub().await, last: self.last, heard: self.heard }
    }

    fn note(&mut self, name: &str, payload: &Value) {
        self.last = self.last.max(payload["seq"].as_u64().expect("each event has a number"));
        if name == "ReceiveMessage" {
            let text = |field: &str| payload[field].as_str().unwrap().to_owned();
            self.heard.entry(text("sessionId")).or_default().push(text("messageId"));
        }
    }

    /// Takes events up to one with this name in this session.
    async fn hear_until(&mut self, last: &str, session: &str) {
        loop {
            let (name, payload) = self.hub.event().await;
            self.note(&name, &payload);
            if name == last && payload["sessionId"] == session {
                return;
            }
        }
    }

    /// Joins with the number it knows, and takes events until it has been told of all messages.
    async fn join(&mut self, app: &App, session: &str) {
        let argument = json!({ "sessionId": session, "since": self.last });
        let joined = self.hub.invoke("JoinSession", argument).await;
        assert_eq!(joined["result"]["complete"], true, "{joined}");
        let all = ids(&app.http().messages(session).await);
        while self.heard.get(session).map_or(0, Vec::len) < all.len() {
            let (name, payload) = self.hub.event().await;
            self.note(&name, &payload);
        }
        self.last = self.last.max(joined["result"]["seq"].as_u64().unwrap());
    }

    /// Whether it was told of each message once, in order.
    async fn assert_heard_all(&mut self, app: &App, session: &str) {
        self.hub.invoke("LeaveSession", json!("ses_never_joined")).await;
        for (name, payload) in self.hub.forget() {
            self.note(&name, &payload);
        }
        assert_eq!(self.heard[session], ids(&app.http().messages(session).await));
    }
}

fn ids(messages: &[Value]) -> Vec<String> {
    messages.iter().map(|message| message["messageId"].as_str().unwrap().to_owned()).collect()
}

async fn session(app: &App) -> String {
    let (_, session) = app.http().post("/api/sessions", &json!({})).await;
    session["id"].as_str().unwrap().to_owned()
}

/// Sends messages and waits for the answers, so that all of it is stored.
async fn talk(app: &App, session: &str) {
    for number in 0..MESSAGES {
        let sent = app.http().chat(Some(session), &format!("calculate {number}+1")).await;
        app.http().ended(sent["taskId"].as_str().unwrap()).await;
    }
}

#[tokio::test]
async fn who_hears_of_its_session_by_another_topic_before_it_joins_it_again_misses_nothing() {
    let app = App::for_one().await;
    let session = session(&app).await;
    let mut client = OneNumber::connect(&app).await;
    client.join(&app, &session).await;
    for _ in 0..ROUNDS {
        // Else the gateway puts it into the session again by itself, after a second.
        client.hub.invoke("LeaveSession", json!(session)).await;
        client = client.cut_off(&app, async || talk(&app, &session).await).await;
        let before = client.last;
        talk(&app, &session).await;
        client.hear_until("SessionUpdated", &session).await;
        assert_eq!(client.last, before, "what the user is told does not move the session's position");
        client.join(&app, &session).await;
    }
    client.assert_heard_all(&app, &session).await;
}

#[tokio::test]
async fn who_joins_its_sessions_one_after_the_other_misses_nothing_of_the_later_ones() {
    let app = App::for_one().await;
    let (one, other) = (session(&app).await, session(&app).await);
    let mut client = OneNumber::connect(&app).await;
    client.join(&app, &one).await;
    client.join(&app, &other).await;
    for round in 0..ROUNDS {
        let away = async || {
            talk(&app, &one).await;
            talk(&app, &other).await;
            talk(&app, &one).await;
        };
        client = client.cut_off(&app, away).await;
        let (first, second) = if round % 2 == 0 { (&one, &other) } else { (&other, &one) };
        client.join(&app, first).await;
        talk(&app, first).await;
        client.hear_until("TaskCompleted", first).await;
        client.join(&app, second).await;
    }
    client.assert_heard_all(&app, &one).await;
    client.assert_heard_all(&app, &other).await;
}

#[tokio::test]
async fn who_sends_before_it_joins_again_misses_nothing() {
    let app = App::for_one().await;
    let session = session(&app).await;
    let mut client = OneNumber::connect(&app).await;
    client.join(&app, &session).await;
    for _ in 0..ROUNDS {
        client = client.cut_off(&app, async || talk(&app, &session).await).await;
        let message = json!({ "sessionId": session, "content": "calculate 6*7" });
        let sent = client.hub.invoke("SendMessage", message).await;
        app.http().ended(sent["result"]["taskId"].as_str().unwrap()).await;
        // A client knows what it said itself.
        let own = sent["result"]["messageId"].as_str().unwrap().to_owned();
        client.heard.entry(session.clone()).or_default().push(own);
        client.join(&app, &session).await;
    }
    let heard = client.heard.get_mut(&session).unwrap();
    heard.sort_unstable();
    let mut all = ids(&app.http().messages(&session).await);
    all.sort_unstable();
    assert_eq!(*heard, all, "each once, though the client hears of its own answer first");
}

#[tokio::test]
async fn who_joins_a_session_that_it_is_in_gets_nothing_twice() {
    let app = App::for_one().await;
    let session = session(&app).await;
    let mut client = OneNumber::connect(&app).await;
    client.join(&app, &session).await;
    for _ in 0..ROUNDS {
        talk(&app, &session).await;
        client.join(&app, &session).await;
        client.last = 0;
        client.join(&app, &session).await;
    }
    client.assert_heard_all(&app, &session).await;
}

#[tokio::test]
async fn an_event_source_misses_nothing_and_gets_nothing_twice() {
    let app = App::for_one().await;
    let session = session(&app).await;
    let (mut last, mut heard, mut numbers) = (0, Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        talk(&app, &session).await;
        let mut stream = app.events(&session, Some(last)).await;
        talk(&app, &session).await;
        let all = ids(&app.http().messages(&session).await);
        while heard.len() < all.len() {
            let (name, id, data) = stream.next().await.unwrap();
            if let Ok(id) = id.parse::<u64>() {
                last = id;
            }
            if name == "message" {
                heard.push(data["messageId"].as_str().unwrap().to_owned());
            }
            if name != "typing" {
                numbers.push(last);
            }
        }
        assert_eq!(heard, all);
    }
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

#[tokio::test]
async fn an_event_that_another_version_stored_means_read_anew_and_is_no_error() {
    let mut app = App::for_one().await;
    let session = session(&app).await;
    talk(&app, &session).await;
    let older_shape = r#"UPDATE events SET event = '{"event":"task","task_event":"queued","id":"task_1"}' WHERE number =
                         (SELECT min(number) FROM events)"#;
    let changes = [
        ("SELECT 1", true),
        (older_shape, false),
        ("UPDATE events SET event = 'rubbish' WHERE event LIKE '%message_event%'", false),
        ("UPDATE events SET version = 99", false),
    ];
    for (round, (script, complete)) in changes.into_iter().enumerate() {
        app = app.restart_on_changed_data(script).await;
        let mut hub = app.chat_hub().await;
        let joined = hub.invoke("JoinSession", json!({ "sessionId": session, "since": 0 })).await;
        assert_eq!(joined["result"]["complete"], complete, "{script}: {joined}");
        let mut stream = app.events(&session, Some(0)).await;
        // What is new is told in any case.
        let sent = app.http().chat(Some(&session), &format!("calculate 40+{round}")).await;
        app.http().ended(sent["taskId"].as_str().unwrap()).await;
        let answer = format!("The result is **4{round}**.");
        let mut is_told_to_read_anew = false;
        loop {
            let (name, _, data) = stream.next().await.unwrap();
            is_told_to_read_anew |= name == "resync";
            if data["content"] == answer {
                break;
            }
        }
        assert_eq!(is_told_to_read_anew, !complete, "{script}");
        hub.events_until("TaskCompleted").await;
    }
}
