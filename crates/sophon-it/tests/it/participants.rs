//! Sessions that are shared, over REST and the live wires.

use reqwest::Method;
use serde_json::json;
use sophon_model::Role;

use crate::support::{App, Events, Hub};

#[tokio::test]
async fn who_takes_part_is_listed_follows_the_session_and_is_shut_out_when_it_ends() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let bob = app.person(&admin.caller.tenant, Role::Operator).await;
    let (admins, bobs) = (admin.sign_in().await, bob.sign_in().await);
    let (owner, guest) = (app.http().with_token(&admins), app.http().with_token(&bobs));
    let (_, session) = owner.post("/api/sessions", &json!({ "title": "Ours" })).await;
    let id = session["id"].as_str().unwrap();
    let (path, user) = (format!("/api/sessions/{id}/participants"), bob.caller.user.as_str());
    let one = format!("{path}/{user}");
    assert_eq!(guest.get(&path).await.0, 404);

    let share = async |role: &str| owner.post(&path, &json!({ "userId": user, "role": role })).await;
    let (status, viewer) = share("viewer").await;
    assert_eq!((status.as_u16(), &viewer["id"], &viewer["role"]), (200, &json!(user), &json!("viewer")));
    let (_, listed) = guest.get(&path).await;
    let roles: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|one| one["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["member", "owner", "viewer"], "{listed}");
    let (status, refused) = guest.post("/api/chat", &json!({ "sessionId": id, "content": "me too" })).await;
    assert_eq!((status.as_u16(), &refused["error"]["details"]["role"]), (403, &json!("member")));
    let (_, sessions) = guest.get("/api/sessions").await;
    assert_eq!(sessions["items"][0]["id"], id);

    assert_eq!(share("member").await.0, 200);
    let mut hub = Hub::connect(&app.url(), "chat", Some(&bobs)).await;
    hub.invoke("JoinSession", json!(id)).await;
    let mut stream = Events::open_with(&guest, id, None).await;
    let sent = guest.chat(Some(id), "from both").await;
    guest.ended(sent["taskId"].as_str().unwrap()).await;
    hub.events_until("TaskCompleted").await;

    assert_eq!(owner.request(Method::DELETE, &one).send().await.unwrap().status(), 204);
    let sent = owner.chat(Some(id), "without you").await;
    owner.ended(sent["taskId"].as_str().unwrap()).await;
    let refused = hub.invoke("JoinSession", json!(id)).await;
    assert!(refused["error"].as_str().unwrap().contains("not_found"), "{refused}");
    let told = json!(hub.forget()).to_string();
    assert!(!told.contains("without you"), "{told}");
    while let Some((name, _, data)) = stream.next().await {
        assert!(!data.to_string().contains("without you"), "{name}: {data}");
    }
    assert_eq!(guest.get(&format!("/api/sessions/{id}")).await.0, 404);
}

#[tokio::test]
async fn who_takes_part_in_a_public_session_is_not_told_to_those_who_only_read_it() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let owner = app.http().with_token(&admin.sign_in().await);
    let (_, session) = owner.post("/api/sessions", &json!({ "visibility": "public" })).await;
    let path = format!("/api/sessions/{}", session["id"].as_str().unwrap());
    let colleague = app.person(&admin.caller.tenant, Role::Operator).await;
    let stranger = app.person(&app.tenant("away").await, Role::Admin).await;
    for reader in [colleague, stranger] {
        let reader = app.http().with_token(&reader.sign_in().await);
        assert_eq!(reader.get(&path).await.0, 200);
        assert_eq!(reader.get(&format!("{path}/participants")).await.0, 404);
    }
    assert_eq!(owner.get(&format!("{path}/participants")).await.0, 200);
}
