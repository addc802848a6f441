//! What is open counts with the rights of now, and not with those it was opened with.

use std::time::Duration;

use serde_json::{Value, json};
use sophon_core::identity::{Ends, NamedTenant, NewApiToken};
use sophon_model::{Membership, Permissions, Role, TaskEvent, TaskId, User, UserStatus};
use tokio::time::timeout;

use crate::support::{App, Events, Hub, Person};

const HUBS: [&str; 5] = ["chat", "tasks", "approvals", "notifications", "discussion"];
/// How long a right that was taken may still be used.
const AT_MOST: Duration = Duration::from_secs(1);

async fn on_all_hubs(app: &App, token: &str) -> Vec<Hub> {
    let mut hubs = Vec::new();
    for hub in HUBS {
        hubs.push(Hub::connect(&app.url(), hub, Some(token)).await);
    }
    hubs
}

/// The Close message of each of these connections.
async fn closed(hubs: Vec<Hub>) -> Vec<Value> {
    let mut closes = Vec::new();
    for mut hub in hubs {
        let close = timeout(AT_MOST, hub.record()).await.expect("the connection ends in time").unwrap();
        assert_eq!(close["type"], 7, "{close}");
        closes.push(close);
    }
    closes
}

/// Changes what somebody may do, as an administrator does.
async fn change(app: &App, person: &Person, role: Role, status: UserStatus) {
    let (identity, id) = (app.started.gateway.identity.clone(), person.caller.user.clone());
    let changed = app.started.gateway.db.write(move |unit| {
        let user = unit.tx.get(&id)?.unwrap();
        let membership = unit.tx.membership_to_change(&user.tenant_id, &id)?.unwrap();
        unit.tx.update(&Membership { role, ..membership })?;
        unit.tx.update(&User { status, ..user })?;
        identity.rights_change_in(unit, &id)
    });
    changed.await.unwrap();
}

#[tokio::test]
async fn connections_end_with_their_credential_on_every_hub_and_others_stay() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let (id, secret) = admin.api_token().await;
    let hubs = on_all_hubs(&app, &secret).await;
    let mut other = Hub::connect(&app.url(), "chat", Some(&admin.sign_in().await)).await;
    app.started.gateway.identity.revoke_api_token(&admin.caller, &id).await.unwrap();
    for close in closed(hubs).await {
        assert!(close["error"].as_str().unwrap().contains("revoked"), "{close}");
        assert_ne!(close["allowReconnect"], true);
    }
    assert!(Hub::open(&app.url(), "chat", Some(&secret)).await.is_err());
    assert!(other.invoke("SendMessage", json!({ "content": "still here" })).await["result"].is_object());
}

#[tokio::test]
async fn connections_end_when_their_api_token_expires() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let identity = &app.started.gateway.identity;
    let owner = app.http().with_token(&admin.sign_in().await);
    let (_, session) = owner.post("/api/sessions", &json!({})).await;
    let id = session["id"].as_str().unwrap();
    let expires_at = app.started.gateway.db.now().plus(Duration::from_secs(3));
    let new = NewApiToken { name: "short".into(), permissions: None, ends: Some(Ends::At(expires_at)) };
    let (_, secret) = identity.create_api_token(&admin.caller, new).await.unwrap();
    let mut hub = Hub::connect(&app.url(), "chat", Some(&secret)).await;
    let mut stream = Events::open_with(&app.http().with_token(&secret), id, None).await;
    let (close, ended) = tokio::join!(hub.record(), stream.next());
    let late = app.started.gateway.db.now().since(expires_at);
    assert_eq!(close.unwrap()["type"], 7);
    assert!(ended.is_none());
    // Connections are looked over once a second.
    assert!(late < 2 * AT_MOST, "{late:?} after it had expired");
}

#[tokio::test]
async fn who_signs_out_is_cut_off_and_so_is_who_may_not_sign_in_any_more() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let person = app.person(&admin.caller.tenant, Role::Operator).await;
    let identity = &app.started.gateway.identity;
    let token = person.sign_in().await;
    let hubs = on_all_hubs(&app, &token).await;
    identity.logout(&identity.authenticate(&token, NamedTenant::Unnamed).await.unwrap()).await.unwrap();
    assert!(closed(hubs).await.iter().all(|close| close["allowReconnect"] != true));

    let hubs = on_all_hubs(&app, &person.sign_in().await).await;
    change(&app, &person, Role::Operator, UserStatus::Suspended).await;
    assert!(closed(hubs).await.iter().all(|close| close["allowReconnect"] != true));
}

#[tokio::test]
async fn who_gets_another_role_comes_back_with_the_rights_of_that() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let person = app.person(&admin.caller.tenant, Role::Operator).await;
    let without_rights = app.person_with(&admin.caller.tenant, Permissions::default()).await;
    let token = person.sign_in().await;
    let http = app.http().with_token(&token);
    let (mut tasks, mut hub) = (Vec::new(), Hub::connect(&app.url(), "tasks", Some(&token)).await);
    for _ in 0..2 {
        let sent = http.chat(None, "hi").await;
        http.ended(sent["taskId"].as_str().unwrap()).await;
        tasks.push(TaskId::from(sent["taskId"].as_str().unwrap()));
    }
    hub.invoke("Watch", Value::Null).await;
    hub.invoke("Watch", json!({ "taskId": tasks[1] })).await;
    let hubs = on_all_hubs(&app, &token).await;
    change(&app, &person, without_rights.caller.role, UserStatus::Active).await;
    for close in closed(hubs.into_iter().chain([hub]).collect()).await {
        assert!(close["error"].as_str().unwrap().contains("rights"), "{close}");
        assert_eq!(close["allowReconnect"], true);
    }

    // The ledger needs a permission, one's own task does not.
    let mut back = Hub::connect(&app.url(), "tasks", Some(&token)).await;
    for task in &tasks {
        let told = app.started.gateway.tasks.get(&person.caller, task).await.unwrap().task;
        let told = app.started.gateway.db.write(move |unit| {
            unit.emit(TaskEvent::Completed(Box::new(told)));
            Ok(())
        });
        told.await.unwrap();
    }
    assert_eq!(back.event().await.1["taskId"], tasks[1].as_str());
    let refused = back.invoke("Watch", Value::Null).await;
    assert!(refused["error"].as_str().unwrap().contains("ViewActiveTasks"), "{refused}");
}

#[tokio::test]
async fn a_public_session_that_is_made_private_is_told_to_its_owner_alone() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let reader = app.person(&admin.caller.tenant, Role::Viewer).await;
    let owner = app.http().with_token(&admin.sign_in().await);
    let (_, session) = owner.post("/api/sessions", &json!({ "visibility": "public" })).await;
    let id = session["id"].as_str().unwrap();
    let mut own = Hub::connect(&app.url(), "chat", Some(&admin.sign_in().await)).await;
    own.invoke("JoinSession", json!(id)).await;
    let readers = app.http().with_token(&reader.sign_in().await);
    let mut streams = [Events::open(&app.url(), id, None).await, Events::open_with(&readers, id, None).await];
    let sent = owner.chat(Some(id), "for everybody").await;
    owner.ended(sent["taskId"].as_str().unwrap()).await;
    own.events_until("TaskCompleted").await;
    for stream in &mut streams {
        assert_eq!(stream.named("message").await["content"], "for everybody");
    }

    let path = format!("/api/sessions/{id}");
    let hidden = json!({ "visibility": "private", "title": "Mine" });
    let hidden = owner.request(reqwest::Method::PATCH, &path).json(&hidden).send();
    assert_eq!(hidden.await.unwrap().status(), 200);
    owner.chat(Some(id), "for me").await;
    own.events_until("TaskCompleted").await;
    assert_eq!(readers.get(&format!("{path}/stream")).await.0, 404);
    for mut stream in streams {
        while let Some((name, _, data)) = stream.next().await {
            let told = data.to_string();
            assert!(!told.contains("Mine") && !told.contains("for me"), "{name}: {told}");
        }
    }
}
