//! Tenants on the wires: how one is chosen, and how its members are put out.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sophon_model::Role;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;

use crate::support::{App, Events, Http, Hub, NodeAgent};

/// How long a member of a disabled tenant may still act.
const AT_MOST: Duration = Duration::from_secs(1);

/// A tenant with the administrator of the deployment as a member, who signs in.
struct Acme {
    app: App,
    token: String,
    id: String,
}

impl Acme {
    async fn start() -> Self {
        let app = App::for_many().await;
        let admin = app.admin().await;
        let token = admin.sign_in().await;
        let http = app.http().with_token(&token);
        let wanted = json!({
            "name": "Acme", "slug": "acme", "administrator": { "userId": admin.caller.user }
        });
        let (status, made) = http.post("/api/admin/tenants", &wanted).await;
        assert_eq!(status, 201, "{made}");
        let id = made["tenant"]["id"].as_str().unwrap().to_owned();
        Self { app, token, id }
    }

    /// As the administrator acts at home.
    fn home(&self) -> Http {
        self.app.http().with_token(&self.token)
    }

    /// The address of everything in the tenant.
    fn place(&self) -> String {
        format!("{}/api/tenants/acme", self.app.url())
    }

    async fn set(&self, status: &str) {
        let path = format!("/api/admin/tenants/{}", self.id);
        let changed = self.home().request(Method::PATCH, &path).json(&json!({ "status": status })).send();
        assert_eq!(changed.await.unwrap().status(), 200);
    }
}

/// The Close message of a connection, which may be told something else before.
async fn closed(hub: &mut Hub) -> Value {
    let closing = async {
        loop {
            let record = hub.record().await.expect("a Close message comes first");
            if record["type"] == 7 {
                return record;
            }
        }
    };
    timeout(AT_MOST, closing).await.expect("the connection ends in time")
}

async fn status_of(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_tenant_is_chosen_by_header_or_address_on_every_wire() {
    let acme = Acme::start().await;
    let home = acme.home();
    let in_acme = |method: Method, path: &str| home.request(method, path).header("x-sophon-tenant", "acme");
    let (_, sent) = status_of(in_acme(Method::POST, "/api/chat").json(&json!({ "content": "hi" }))).await;
    let session = sent["sessionId"].as_str().unwrap();
    for (path, found) in [
        (format!("/api/sessions/{session}"), 404),
        (format!("/api/tenants/acme/sessions/{session}"), 200),
        (format!("/api/tenants/default/sessions/{session}"), 404),
        (format!("/api/tenants/nowhere/sessions/{session}"), 403),
    ] {
        assert_eq!(home.get(&path).await.0, found, "{path}");
    }
    let both = in_acme(Method::GET, &format!("/api/tenants/default/sessions/{session}"));
    assert_eq!(status_of(both).await.0, 403, "two tenants at once are none");
    assert_eq!(status_of(in_acme(Method::GET, &format!("/api/sessions/{session}"))).await.0, 200);

    // A browser's WebSocket and EventSource have no headers: the address says it.
    let mut there = Hub::connect(&acme.place(), "chat", Some(&acme.token)).await;
    let mut at_home = Hub::connect(&acme.app.url(), "chat", Some(&acme.token)).await;
    let join = || json!({ "sessionId": session });
    assert!(there.invoke("JoinSession", join()).await["error"].is_null());
    let refused = at_home.invoke("JoinSession", join()).await;
    assert!(refused["error"].as_str().unwrap().contains("not_found"), "{refused}");
    let in_place = Http::new(&acme.place()).with_token(&acme.token);
    let stream = in_place.request(Method::GET, "/sessions/none/stream").send().await.unwrap();
    assert_eq!(stream.status(), 404);
    let path = format!("/sessions/{session}/stream");
    let stream = in_place.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(
        (stream.status().as_u16(), &stream.headers()["content-type"]),
        (200, &"text/event-stream".parse().unwrap())
    );
    for slug in ["nowhere", "acme%20"] {
        let place = format!("{}/api/tenants/{slug}", acme.app.url());
        match Hub::open(&place, "chat", Some(&acme.token)).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{slug}"),
            _ => panic!("{slug} was entered"),
        }
    }
    let (_, me) = home.get("/api/tenants/acme/auth/me").await;
    assert_eq!(me["tenant"]["slug"], "acme", "{me}");
    let slugs: Vec<_> = me["tenants"].as_array().unwrap().iter().map(|one| &one["slug"]).collect();
    assert_eq!(slugs, ["default", "acme"]);
}

#[tokio::test]
async fn members_and_nodes_of_a_disabled_tenant_are_out_within_a_second_on_every_connection() {
    let acme = Acme::start().await;
    let sophon_tenant: sophon_model::TenantId = acme.id.clone().into();
    let person = acme.app.person(&sophon_tenant, Role::Operator).await;
    let token = person.sign_in().await;
    let node: NodeAgent = person.node().await;
    let http = acme.app.http().with_token(&token);
    let (_, session) = http.post("/api/sessions", &json!({})).await;
    let mut stream = Events::open_with(&http, session["id"].as_str().unwrap(), None).await;
    let mut hubs = Vec::new();
    for name in ["chat", "tasks", "approvals", "notifications", "discussion"] {
        hubs.push(Hub::connect(&acme.app.url(), name, Some(&token)).await);
    }
    hubs.push(Hub::connect(&acme.place(), "chat", Some(&acme.token)).await);
    let mut machine = Hub::connect(&acme.app.url(), "node", Some(&node.token)).await;
    let mut at_home = Hub::connect(&acme.app.url(), "chat", Some(&acme.token)).await;
    acme.set("disabled").await;
    for hub in &mut hubs {
        closed(hub).await;
    }
    assert!(timeout(AT_MOST, stream.next()).await.expect("the stream ends in time").is_none());
    let close = closed(&mut machine).await;
    assert_eq!(close["allowReconnect"], json!(true), "it is a node all the same");
    assert_eq!(http.get("/api/sessions").await.0, 403);
    match Hub::open(&acme.app.url(), "node", Some(&node.token)).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 403, "a node forgets no token for that"),
        _ => panic!("the node was let in"),
    }
    assert!(at_home.invoke("SendMessage", json!({ "content": "hi" })).await["result"].is_object());
    acme.set("active").await;
    assert_eq!(http.get("/api/sessions").await.0, 200);
    Hub::connect(&acme.app.url(), "node", Some(&node.token)).await;
}

#[tokio::test]
async fn a_tenant_is_managed_over_rest() {
    let acme = Acme::start().await;
    let home = acme.home();
    let place = format!("/api/admin/tenants/{}", acme.id);
    let patch = async |body: Value| status_of(home.request(Method::PATCH, &place).json(&body)).await;
    let (_, described) = patch(json!({ "description": "For Acme" })).await;
    assert_eq!((&described["description"], &described["main"]), (&json!("For Acme"), &json!(false)));
    let (_, cleared) = patch(json!({ "description": null })).await;
    assert_eq!(cleared["description"], Value::Null, "null takes away what can be taken away");
    for body in [
        json!({ "name": null }),
        json!({ "slug": "No" }),
        json!({ "unknown": 1 }),
        json!({ "status": "deleting" }),
    ] {
        let (status, error) = patch(body.clone()).await;
        assert!([400, 422].contains(&status), "{body}: {error}");
    }
    let tag = home.request(Method::GET, &place).send().await.unwrap().headers()["etag"].clone();
    patch(json!({ "name": "Acme Inc." })).await;
    let stale = home.request(Method::PATCH, &place).header("if-match", tag).json(&json!({ "name": "A" }));
    assert_eq!(status_of(stale).await.0, 412);
    let new = json!({ "name": "B", "slug": "b", "administrator": { "email": "b@b.example", "name": "B" } });
    let (_, made) = home.post("/api/admin/tenants", &new).await;
    assert!(made["password"].is_string() && made["administrator"]["guest"] == false, "{made}");
    for (administrator, field) in [
        (json!({}), "userId"),
        (json!({ "userId": "usr_none" }), "userId"),
        (json!({ "name": "X" }), "name"),
        (json!({ "email": "nobody@b.example" }), "email"),
        (json!({ "email": "b@b.example", "password": "correct horse battery" }), "password"),
    ] {
        let new = json!({ "name": "C", "slug": "c", "administrator": administrator });
        let (status, error) = home.post("/api/admin/tenants", &new).await;
        assert_eq!((status.as_u16(), &error["error"]["details"]["field"]), (422, &json!(field)), "{error}");
    }
    let (_, listed) = home.get("/api/admin/tenants?q=AC").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    let users = format!("{place}/users");
    let (status, added) = home.post(&users, &json!({ "email": "b@b.example", "role": "Operator" })).await;
    assert_eq!((status.as_u16(), &added["guest"]), (201, &json!(true)), "{added}");
    assert_eq!(home.post(&users, &json!({ "email": "b@b.example", "role": "Viewer" })).await.0, 409);
    let (_, members) = home.get(&users).await;
    assert_eq!(members["items"].as_array().unwrap().len(), 2);
    assert_eq!(home.request(Method::DELETE, &place).send().await.unwrap().status(), 409);
    acme.set("disabled").await;
    let (status, deleting) = status_of(home.request(Method::DELETE, &place)).await;
    assert_eq!((status, &deleting["status"]), (202, &json!("deleting")));
    crate::support::soon("the tenant is gone", async {
        while home.get(&place).await.0 != 404 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}
