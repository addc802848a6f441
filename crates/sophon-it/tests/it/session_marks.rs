//! What users keep about sessions for themselves, over REST and the chat hub.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{App, Hub};

#[tokio::test]
async fn an_answer_is_unread_on_every_page_until_one_of_them_shows_it() {
    let app = App::for_many().await;
    let token = app.admin().await.sign_in().await;
    let user = app.http().with_token(&token);
    let mut other_page = Hub::connect(&app.url(), "chat", Some(&token)).await;
    let sent = user.chat(None, "calculate 1+1").await;
    user.ended(sent["taskId"].as_str().unwrap()).await;
    let (_, unread) = user.get("/api/sessions?unread=true").await;
    let session = &unread["items"][0];
    let (id, count) = (session["id"].as_str().unwrap(), &session["messageCount"]);
    assert_eq!((count, &session["marks"]["readCount"]), (&json!(2), &json!(0)));
    let (_, start) = user.get("/api/bootstrap").await;
    assert_eq!(start["sessions"]["items"][0]["marks"]["readCount"], 0);

    let path = format!("/api/sessions/{id}/marks");
    let read = user.request(Method::PATCH, &path).json(&json!({ "readCount": count }));
    assert_eq!(read.send().await.unwrap().status(), 200);
    let events = other_page.events_until("SessionMarked").await;
    let (_, told) = events.last().unwrap();
    assert_eq!((&told["sessionId"], &told["marks"]["readCount"]), (&json!(id), count));
    assert_eq!(user.get("/api/sessions?unread=true").await.1["items"], json!([]));
}

#[tokio::test]
async fn marks_change_only_if_they_are_as_the_request_says() {
    let app = App::for_many().await;
    let user = app.http().with_token(&app.admin().await.sign_in().await);
    let (_, session) = user.post("/api/sessions", &json!({ "title": "Mine" })).await;
    let path = format!("/api/sessions/{}/marks", session["id"].as_str().unwrap());
    let known = user.request(Method::GET, &path).send().await.unwrap();
    let tag = known.headers()["etag"].to_str().unwrap().to_owned();
    let patch = async |body: Value| {
        let request = user.request(Method::PATCH, &path).header("if-match", &tag).json(&body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, marks) = patch(json!({ "tags": [" work ", "Work", "home"], "isPinned": true })).await;
    assert_eq!((status, &marks["tags"]), (200, &json!(["work", "home"])), "{marks}");
    let (status, refused) = patch(json!({ "isPinned": false })).await;
    assert_eq!((status, &refused["error"]["code"]), (412, &json!("precondition_failed")));
    let (_, tags) = user.get("/api/sessions/tags").await;
    assert_eq!(tags["items"][0], json!({ "tag": "home", "sessions": 1 }));
    let (_, pinned) = user.get("/api/sessions?pinned=true&tag=work").await;
    assert_eq!(pinned["items"][0]["title"], "Mine");
}
