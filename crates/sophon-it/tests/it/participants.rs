//! Sessions that are shared, over REST and the live wires.

use reqwest::Method;
use serde_json::{Value, json};
use sophon_model::Role;

use crate::support::{App, Events, Http, Hub, soon};

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
        assert_eq!(reader.get(&format!("{path}/participants")).await.0, 403);
    }
    assert_eq!(owner.get(&format!("{path}/participants")).await.0, 200);
}

#[tokio::test]
async fn those_who_only_read_a_public_session_see_what_is_said_and_not_how_answers_come_about() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let owner = app.http().with_token(&admin.sign_in().await);
    let (_, session) = owner.post("/api/sessions", &json!({ "visibility": "public" })).await;
    let id = session["id"].as_str().unwrap();
    let path = format!("/api/sessions/{id}");
    let (mut inside, mut outside) =
        (Events::open_with(&owner, id, None).await, Events::open_with(&app.http(), id, None).await);
    let sent = owner.chat(Some(id), "calculate 6*7").await;
    owner.ended(sent["taskId"].as_str().unwrap()).await;

    let answer = async |events: &mut Events| {
        loop {
            let message = events.named("message").await;
            if message["role"] == "agent" {
                return message;
            }
        }
    };
    let (seen_inside, seen_outside) = (answer(&mut inside).await, answer(&mut outside).await);
    assert_eq!(seen_inside["toolCalls"].as_array().unwrap().len(), 1, "{seen_inside}");
    let since = seen_inside["id"].as_i64().unwrap() - 1;
    let colleague = app.person(&admin.caller.tenant, Role::Operator).await;
    let stranger = app.person(&app.tenant("away").await, Role::Admin).await;
    let (colleague, stranger) = (colleague.sign_in().await, stranger.sign_in().await);
    let http = app.http();
    let mut seen = vec![seen_outside];
    for reader in [http.clone(), http.with_token(&colleague), http.with_token(&stranger)] {
        let (_, messages) = reader.get(&format!("{path}/messages?since={since}")).await;
        seen.push(messages["items"][0].clone());
    }
    for reader in [http.with_token(&colleague), http.with_token(&stranger)] {
        let file = reader.request(Method::GET, &format!("{path}/export?format=json")).send().await.unwrap();
        let file: Value = serde_json::from_slice(&file.bytes().await.unwrap()).unwrap();
        seen.push(file["messages"].as_array().unwrap().last().unwrap().clone());
    }
    for message in seen {
        assert_eq!(message["content"], "The result is **42**.", "{message}");
        assert_eq!(message["toolCalls"], json!([]), "{message}");
        assert!(message["usage"].is_null() && message["details"].is_null(), "{message}");
    }

    // A hub tells all of it, so they do not follow the session there.
    for token in [colleague, stranger] {
        let mut hub = Hub::connect(&app.url(), "chat", Some(&token)).await;
        let refused = hub.invoke("JoinSession", json!({ "sessionId": id })).await;
        assert!(refused["error"].as_str().unwrap().contains("not_authorized"), "{refused}");
    }
}

#[tokio::test]
async fn those_who_only_read_a_public_session_learn_nothing_of_what_was_edited_away_or_was_before_it_was_public()
 {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let owner = app.http().with_token(&admin.sign_in().await);
    let form =
        "--edge\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nthe first plan\r\n--edge--\r\n";
    let upload = owner.request(Method::POST, "/api/attachments").body(form);
    let upload = upload.header("content-type", "multipart/form-data; boundary=edge").send().await.unwrap();
    let file: Value = serde_json::from_slice(&upload.bytes().await.unwrap()).unwrap();
    let first = json!({ "content": "the first words", "attachments": [{ "key": file["key"] }] });
    let (_, sent) = owner.post("/api/chat", &first).await;
    owner.ended(sent["taskId"].as_str().unwrap()).await;
    let (id, message) = (sent["sessionId"].as_str().unwrap(), sent["messageId"].as_str().unwrap());
    let path = format!("/api/sessions/{id}");
    let (_, second) =
        owner.post(&format!("{path}/messages/{message}/edit"), &json!({ "content": "other words" })).await;
    owner.ended(second["taskId"].as_str().unwrap()).await;
    let shared = owner.request(Method::PATCH, &path).json(&json!({ "visibility": "public" }));
    assert_eq!(shared.send().await.unwrap().status(), 200);

    let http = app.http();
    let (_, session) = http.get(&path).await;
    assert_eq!(
        (&session["title"], &session["lastOutcome"]),
        (&json!("other words"), &Value::Null),
        "{session}"
    );
    assert_eq!(http.get(&format!("{path}/branches")).await.1["items"], json!([]));
    let file = format!("/api/attachments/{}", file["key"].as_str().unwrap());
    assert_eq!(owner.get(&file).await.0, 200);
    assert_eq!(http.get(&file).await.0, 404, "its message is not shown any more");
    // Whoever comes back reads the session anew, from wherever it was.
    let mut back = Events::open(&app.url(), id, Some(1)).await;
    assert_eq!(back.next().await.unwrap().0, "resync");
    assert_eq!(owner.chat(Some(id), "calculate 1+1").await["sessionId"], id);
    assert_eq!(back.named("message").await["content"], "calculate 1+1");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_are_opened_while_a_session_is_made_private_are_told_nothing_of_it_afterwards() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let owner = app.http().with_token(&admin.sign_in().await);
    for round in 0..5 {
        let (_, session) = owner.post("/api/sessions", &json!({ "visibility": "public" })).await;
        let id = session["id"].as_str().unwrap().to_owned();
        let path = format!("/api/sessions/{id}");
        let open = async |http: Http, path: String| {
            let opened = http.request(Method::GET, &path).send().await.unwrap();
            opened.status().is_success().then_some(opened)
        };
        let opening: Vec<_> =
            (0..30).map(|_| tokio::spawn(open(app.http(), format!("{path}/stream")))).collect();
        let hidden = owner.request(Method::PATCH, &path).json(&json!({ "visibility": "private" }));
        assert_eq!(hidden.send().await.unwrap().status(), 200);
        owner.chat(Some(&id), "for me alone").await;
        for opened in opening {
            let Some(mut stream) = opened.await.unwrap() else { continue };
            // Who had it while it was public is told that it is not, and is cut off.
            let mut told = String::new();
            let ended = soon("the end of the stream", async {
                while let Some(piece) = stream.chunk().await.unwrap_or_default() {
                    told += &String::from_utf8_lossy(&piece);
                }
            });
            ended.await;
            assert!(!told.contains("for me alone"), "round {round}: {told}");
        }
    }
}
