use serde_json::{Value, json};
use sophon_core::only_if::OnlyIf;
use sophon_model::{Node, NodeEvent, NodeId, Permission, Permissions, Role, Task, TaskEvent, TaskId};

use crate::support::{App, Hub, Person};

async fn notifications(app: &App, person: &Person) -> Hub {
    Hub::connect(&app.url(), "notifications", Some(&person.sign_in().await)).await
}

async fn announce(app: &App, token: &str, title: &str) -> Value {
    let http = app.http().with_token(token);
    let (status, told) =
        http.post("/api/admin/announcements", &json!({ "title": title, "body": "At nine." })).await;
    assert_eq!(status, 201, "{told}");
    told
}

/// Says that something became of a node, as its feature does.
async fn tell(app: &App, event: NodeEvent) {
    app.started
        .gateway
        .db
        .write(move |unit| {
            unit.emit(event);
            Ok(())
        })
        .await
        .unwrap();
}

async fn stored(app: &App, person: &Person, id: &NodeId) -> Box<Node> {
    Box::new(app.started.gateway.nodes.get(&person.caller, id).await.unwrap())
}

#[tokio::test]
async fn an_announcement_comes_to_everybody_in_the_tenant_and_to_nobody_else() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let viewer = app.person(&admin.caller.tenant, Role::Viewer).await;
    let stranger = app.person(&app.tenant("acme").await, Role::Admin).await;
    let (mut one, mut other) = (notifications(&app, &admin).await, notifications(&app, &viewer).await);
    let mut strange = notifications(&app, &stranger).await;
    let told = announce(&app, &admin.sign_in().await, "Tonight").await;
    for hub in [&mut one, &mut other] {
        let (name, payload) = hub.event().await;
        assert_eq!(name, "SystemAnnouncement");
        for field in ["id", "title", "body", "severity", "createdBy", "createdAt"] {
            assert_eq!(payload[field], told[field], "{field}");
        }
        assert_eq!((payload["severity"].as_str(), payload["seq"].is_u64()), (Some("info"), true));
    }
    // What comes first to the stranger is what came last.
    announce(&app, &stranger.sign_in().await, "Elsewhere").await;
    assert_eq!(strange.event().await.1["title"], "Elsewhere");
}

#[tokio::test]
async fn who_manages_nodes_hears_of_them_and_who_follows_one_hears_more() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let (near, far) = (admin.node().await, admin.node().await);
    let mut hub = notifications(&app, &admin).await;
    let mut blind = notifications(
        &app,
        &app.person_with(&admin.caller.tenant, Permissions::ALL.without(&[Permission::ManageNodes])).await,
    )
    .await;
    let heard = async |id| NodeEvent::Heard { node: stored(&app, &admin, id).await };
    assert!(hub.invoke("Subscribe", json!({ "nodeId": near.id })).await["error"].is_null());
    tell(&app, heard(&far.id).await).await;
    tell(&app, heard(&near.id).await).await;
    tell(&app, NodeEvent::Offline { node: stored(&app, &admin, &far.id).await }).await;
    let (name, beat) = hub.event().await;
    assert_eq!((name.as_str(), &beat["nodeId"]), ("NodeHeartbeat", &json!(near.id)));
    let (name, offline) = hub.event().await;
    assert_eq!((name.as_str(), &offline["nodeId"]), ("NodeOffline", &json!(far.id)));
    assert_eq!(
        (&offline["name"], &offline["platform"], &offline["status"]),
        (&json!("box"), &json!("linux"), &json!("paired"))
    );

    hub.invoke("Unsubscribe", json!(near.id)).await;
    tell(&app, heard(&near.id).await).await;
    let renamed = app
        .started
        .gateway
        .nodes
        .rename(&admin.caller, &near.id, "den".into(), OnlyIf::default())
        .await
        .unwrap();
    let (name, changed) = hub.event().await;
    assert_eq!((name.as_str(), &changed["name"]), ("NodeChanged", &json!(renamed.name)));

    announce(&app, &admin.sign_in().await, "Last").await;
    assert_eq!(blind.event().await.0, "SystemAnnouncement", "of nodes nothing came before");
}

#[tokio::test]
async fn one_task_can_be_watched_without_the_ledger() {
    let app = App::for_one().await;
    let http = app.http();
    let mut hub = Hub::connect(&app.url(), "tasks", None).await;
    let done = http.chat(None, "calculate 1+1").await;
    let done = done["taskId"].as_str().unwrap();
    http.ended(done).await;
    assert!(hub.invoke("Watch", json!({ "taskId": done })).await["error"].is_null());
    let unknown = hub.invoke("Watch", json!({ "taskId": "task_unknown" })).await;
    assert!(unknown["error"].as_str().unwrap().contains("not_found"), "{unknown}");

    let sent = http.chat(None, "calculate 2+2").await;
    http.ended(sent["taskId"].as_str().unwrap()).await;
    // Its end, told again.
    let told: Task = task(&app, done).await;
    app.started
        .gateway
        .db
        .write(move |unit| {
            unit.emit(TaskEvent::Completed(Box::new(told)));
            Ok(())
        })
        .await
        .unwrap();
    let (name, news) = hub.event().await;
    assert_eq!((name.as_str(), news["taskId"].as_str()), ("TaskCompleted", Some(done)));
}

async fn task(app: &App, id: &str) -> Task {
    let (admin, id) = (app.started.gateway.identity.auto_admin().unwrap().clone(), TaskId::from(id));
    app.started.gateway.tasks.get(&admin, &id).await.unwrap().task
}
