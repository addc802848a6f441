use serde_json::json;

use crate::support::{App, Hub};

#[tokio::test]
async fn a_live_connection_ends_with_its_credential() {
    let app = App::for_one().await;
    let http = app.http();
    let (_, made) = http.post("/api/auth/tokens", &json!({ "name": "phone" })).await;
    let token = made["token"].as_str().unwrap();
    let mut revoked = Hub::connect(&app.url(), "chat", Some(token)).await;
    let mut other = app.chat_hub().await;
    let path = format!("/api/auth/tokens/{}", made["apiToken"]["id"].as_str().unwrap());
    assert_eq!(http.request(reqwest::Method::DELETE, &path).send().await.unwrap().status(), 204);
    let close = revoked.record().await.unwrap();
    assert_eq!(close["type"], 7);
    assert!(close["error"].as_str().unwrap().contains("revoked"));
    assert_ne!(close["allowReconnect"], true);
    assert!(Hub::open(&app.url(), "chat", Some(token)).await.is_err());
    assert!(other.invoke("SendMessage", json!({ "content": "still here" })).await["result"].is_object());
}
