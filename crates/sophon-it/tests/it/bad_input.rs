use serde_json::{Value, json};

use crate::support::{App, Hub};

#[tokio::test]
async fn rubbish_on_a_hub_gets_a_clear_end_and_the_gateway_lives() {
    let app = App::for_one().await;
    let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
    let rubbish = [
        "not json\u{1e}".to_owned(),
        "[]\u{1e}".to_owned(),
        "{\"type\":1}\u{1e}".to_owned(),
        "{\"type\":1,\"target\":7,\"arguments\":{}}\u{1e}".to_owned(),
        format!("{{\"type\":1,\"target\":\"SendMessage\",\"arguments\":[\"{}\"]}}\u{1e}", "x".repeat(40_000)),
        format!("{}\u{1e}", "[".repeat(20_000)),
    ];
    for frame in rubbish {
        let mut hub = Hub::open(&app.url(), "chat", None).await.unwrap();
        hub.send_text(handshake).await;
        hub.send_text(&frame).await;
        let mut last = Value::Null;
        while let Some(record) = hub.record().await {
            last = record;
        }
        let shown: String = frame.chars().take(40).collect();
        assert!(last["type"] == 7 || last == json!({}), "{shown}: {last}");
    }
    assert_eq!(app.http().get("/health").await.0, 200);
}

#[tokio::test]
async fn a_call_that_cannot_be_served_gets_an_error_and_changes_nothing() {
    let app = App::for_one().await;
    let mut hub = app.chat_hub().await;
    let cases = [
        ("NoSuchMethod", json!({}), "Unknown hub method 'NoSuchMethod'"),
        ("SendMessage", json!({ "content": "" }), "validation_failed"),
        (
            "SendMessage",
            json!({ "content": 7 }),
            "Failed to invoke 'SendMessage': Argument 0: `content` must be a string, not 7.",
        ),
        (
            "SendMessage",
            json!({ "content": "hi", "sesionId": "x" }),
            "Argument 0: `sesionId` is not a known field.",
        ),
        (
            "SendMessage",
            json!({ "content": "hi", "attachments": [{ "key": 5 }] }),
            "Argument 0: `attachments[0].key` must be a string, not 5.",
        ),
        ("SendMessage", json!({ "content": "hi", "sessionId": "ses_unknown" }), "not_found"),
        ("SendMessage", json!({ "Content": "hi", "SESSIONID": "ses_unknown" }), "not_found"),
        (
            "SendMessage",
            json!(["ses_unknown", null, "hi"]),
            "Argument 0: The value must be an object, not an array.",
        ),
        ("JoinSession", json!({ "SessionId": "ses_unknown" }), "not_found"),
        ("JoinSession", json!("ses_unknown"), "not_found"),
        ("JoinSession", json!(null), "Argument 0: The value must be an object, not null."),
        ("CancelTask", json!({ "taskId": "task_unknown" }), "not_found"),
    ];
    for (method, argument, text) in cases {
        let completion = hub.invoke(method, argument.clone()).await;
        let error = completion["error"].as_str().unwrap_or_default();
        assert!(error.contains(text), "{method} {argument}: {completion}");
    }
    let long = hub.invoke(&"x".repeat(10_000), json!({})).await;
    assert_eq!(long["error"], format!("Unknown hub method '{}…'", "x".repeat(64)));
    let (_, sessions) = app.http().get("/api/sessions").await;
    assert_eq!(sessions["items"], json!([]));
}

#[tokio::test]
async fn a_private_session_is_not_there_for_strangers_and_a_public_one_is() {
    let app = App::start(tempfile::tempdir().unwrap(), |_| {}).await;
    let admin = app.started.gateway.generated_password.clone().unwrap();
    let http = app.http();
    let login = json!({ "email": admin.0, "password": admin.1 });
    let (_, signed_in) = http.post("/api/auth/login", &login).await;
    let token = signed_in["accessToken"].as_str().unwrap();
    let owner = http.with_token(token);
    let (_, session) = owner.post("/api/sessions", &json!({})).await;
    let stream = format!("/api/sessions/{}/stream", session["id"].as_str().unwrap());
    for path in [stream.as_str(), "/api/sessions/ses_unknown/stream"] {
        let (status, error) = http.get(path).await;
        assert_eq!(
            (status.as_u16(), error["error"]["code"].as_str()),
            (401, Some("unauthenticated")),
            "{path}"
        );
    }
    assert_eq!(http.get(&format!("{stream}?token=rubbish")).await.0, 401);
    let with_token =
        http.request(reqwest::Method::GET, &format!("{stream}?token={token}")).send().await.unwrap();
    assert_eq!(with_token.status(), 200);
    assert!(Hub::open(&app.url(), "chat", None).await.is_err(), "hubs need a credential");
    Hub::connect(&app.url(), "chat", Some(token)).await;

    let path = format!("/api/sessions/{}", session["id"].as_str().unwrap());
    let opened = owner.request(reqwest::Method::PATCH, &path).json(&json!({ "visibility": "public" }));
    assert_eq!(opened.send().await.unwrap().status(), 200);
    let anonymous = http.request(reqwest::Method::GET, &stream).send().await.unwrap();
    assert_eq!(anonymous.status(), 200);
}
