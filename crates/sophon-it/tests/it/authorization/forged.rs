//! What is not for the caller to say: who it is, what it may do and whose things are. Saying it has no effect, or is
//! refused.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sophon_model::Role;

use super::fixtures::belongings;
use crate::support::{App, Http, Hub, Person};

/// Headers in which proxies, frameworks and other products name the caller. `$admin` is the administrator's id,
/// `$token` its access token.
const HEADERS: [(&str, &str); 24] = [
    ("x-forwarded-user", "$admin"),
    ("x-forwarded-email", "admin@localhost"),
    ("x-remote-user", "$admin"),
    ("remote-user", "$admin"),
    ("x-auth-request-user", "$admin"),
    ("x-auth-request-access-token", "$token"),
    ("x-webauth-user", "$admin"),
    ("x-user-id", "$admin"),
    ("x-sophon-user", "$admin"),
    ("x-sophon-role", "Admin"),
    ("x-sophon-permissions", "SendAnnouncements"),
    ("x-sophon-scopes", "operator.admin"),
    ("x-role", "Admin"),
    ("x-admin", "true"),
    ("x-api-key", "$token"),
    ("proxy-authorization", "Bearer $token"),
    ("cookie", "access_token=$token; role=Admin"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-real-ip", "127.0.0.1"),
    ("forwarded", "for=127.0.0.1;by=127.0.0.1"),
    ("x-original-url", "/api/health"),
    ("x-rewrite-url", "/api/health"),
    ("x-http-method-override", "GET"),
    ("x-original-method", "GET"),
];

/// Queries that say it.
const QUERIES: [&str; 6] =
    ["access_token=$token", "token=$token", "api_key=$token", "userId=$admin", "role=Admin", "tenant=acme"];

/// Fields of a body that say it.
const FIELDS: [(&str, &str); 9] = [
    ("userId", "$admin"),
    ("user_id", "$admin"),
    ("ownerId", "$admin"),
    ("createdBy", "$admin"),
    ("tenantId", "tenant_acme"),
    ("role", "Admin"),
    ("permissions", "SendAnnouncements"),
    ("isAdmin", "true"),
    ("__proto__", "Admin"),
];

/// Bodies that are good without it.
const BODIES: [(&str, &str); 6] = [
    ("/api/chat", r#"{"content":"hi"}"#),
    ("/api/sessions", r#"{"title":"T"}"#),
    ("/api/agents", r#"{"name":"A"}"#),
    ("/api/auth/tokens", r#"{"name":"t"}"#),
    ("/api/nodes", r#"{"displayName":"box","platform":"linux"}"#),
    ("/api/admin/announcements", r#"{"title":"T","body":"B"}"#),
];

/// A gateway, its administrator, whose name is taken in vain, and a viewer who takes it.
struct Scene {
    app: App,
    admin: Person,
    admin_token: String,
    viewer: Person,
    viewer_token: String,
}

impl Scene {
    async fn set() -> Self {
        let app = App::for_many().await;
        let admin = app.admin().await;
        let viewer = app.person(&admin.caller.tenant, Role::Viewer).await;
        let (admin_token, viewer_token) = (admin.sign_in().await, viewer.sign_in().await);
        Self { app, admin, admin_token, viewer, viewer_token }
    }

    fn filled(&self, text: &str) -> String {
        text.replace("$admin", self.admin.caller.user.as_str()).replace("$token", &self.admin_token)
    }

    /// Asks who one is, and announces something: as nobody and as the viewer, with `query` and with what `forge` adds.
    async fn assert_nobody_is_fooled(&self, query: &str, forge: impl Fn(RequestBuilder) -> RequestBuilder) {
        let anonymous = self.app.http();
        let viewer = anonymous.with_token(&self.viewer_token);
        let me = |http: &Http| forge(http.request(Method::GET, &format!("/api/auth/me{query}")));
        let announce = |http: &Http| {
            let body = json!({ "title": "I am", "body": "your administrator" });
            forge(http.request(Method::POST, &format!("/api/admin/announcements{query}")).json(&body))
        };
        for request in [me(&anonymous), announce(&anonymous)] {
            let what = format!("{request:?}");
            assert_eq!(request.send().await.unwrap().status(), 401, "{what}");
        }
        let what = format!("{:?}", me(&viewer));
        if !query.is_empty() {
            // No operation knows it.
            for request in [me(&viewer), announce(&viewer)] {
                assert_eq!(request.send().await.unwrap().status(), 400, "{what}");
            }
            return;
        }
        let told: Value = me(&viewer).send().await.unwrap().json().await.unwrap();
        assert_eq!(
            (&told["id"], &told["role"]),
            (&json!(self.viewer.caller.user), &json!("Viewer")),
            "{what}"
        );
        assert_eq!(told["tenant"]["slug"], "default", "{what}");
        assert_eq!(announce(&viewer).send().await.unwrap().status(), 403, "{what}");
    }
}

#[tokio::test]
async fn headers_and_queries_say_nothing_of_the_caller() {
    let scene = Scene::set().await;
    let before = scene.app.started.gateway.db.bus().position();
    for (name, value) in HEADERS {
        let value = scene.filled(value);
        scene.assert_nobody_is_fooled("", |request| request.header(name, &value)).await;
        let negotiate =
            scene.app.http().request(Method::POST, "/hubs/notifications/negotiate?negotiateVersion=1");
        let refused = negotiate.header(name, &value).send().await.unwrap();
        assert_eq!(refused.status(), 401, "{name} on a hub");
    }
    for query in QUERIES {
        scene.assert_nobody_is_fooled(&format!("?{}", scene.filled(query)), |request| request).await;
    }
    assert_eq!(scene.app.started.gateway.db.bus().position(), before, "nothing was told to anybody");
}

#[tokio::test]
async fn a_second_credential_is_not_chosen_from() {
    let scene = Scene::set().await;
    for (first, second) in
        [(&scene.viewer_token, &scene.admin_token), (&scene.admin_token, &scene.viewer_token)]
    {
        let request = scene.app.http().request(Method::GET, "/api/auth/me");
        let answer = request.bearer_auth(first).bearer_auth(second).send().await.unwrap();
        assert_eq!(answer.status(), 401);
    }
}

#[tokio::test]
async fn a_body_that_names_its_owner_or_its_rights_is_refused() {
    let scene = Scene::set().await;
    // Even who may do everything says it in vain.
    let http = scene.app.http().with_token(&scene.admin_token);
    let before = scene.app.started.gateway.db.bus().position();
    for (path, body) in BODIES {
        for (field, value) in FIELDS {
            let mut body: Value = serde_json::from_str(body).unwrap();
            body[field] = json!(scene.filled(value));
            let (status, error) = http.post(path, &body).await;
            assert_eq!(status, 422, "{path} {field}: {error}");
            assert_eq!(error["error"]["details"]["field"], field, "{path}: {error}");
        }
    }
    assert_eq!(scene.app.started.gateway.db.bus().position(), before, "nothing came of it");
    for (path, body) in BODIES {
        let (status, answer) = http.post(path, &serde_json::from_str(body).unwrap()).await;
        assert!(status.is_success(), "without them it is good: {path}: {answer}");
    }
}

#[tokio::test]
async fn a_hub_takes_nobodys_word_for_who_it_is() {
    let scene = Scene::set().await;
    let theirs = belongings(&scene.app.started.gateway, &scene.admin.caller).await;
    let open = async |hub| {
        let mut hub = Hub::open(&scene.app.url(), hub, Some(&scene.viewer_token)).await.unwrap();
        let claims =
            json!({ "protocol": "json", "version": 1, "userId": scene.admin.caller.user, "role": "Admin" });
        hub.send_text(&format!("{claims}\u{1e}")).await;
        assert_eq!(hub.record().await.unwrap(), json!({}));
        hub
    };
    let forged = [
        ("chat", "SendMessage", json!({ "content": "hi", "sessionId": theirs["session"] })),
        ("chat", "SendMessage", json!({ "content": "hi", "userId": scene.admin.caller.user })),
        ("chat", "SendMessage", json!({ "content": "hi", "role": "Admin" })),
        ("chat", "JoinSession", json!({ "sessionId": theirs["session"], "userId": scene.admin.caller.user })),
        ("chat", "CancelTask", json!({ "taskId": theirs["task"], "cancelledBy": scene.admin.caller.user })),
        ("tasks", "Watch", json!({ "userId": scene.admin.caller.user })),
        ("tasks", "Watch", json!({ "taskId": theirs["task"], "userId": scene.admin.caller.user })),
        (
            "approvals",
            "Approve",
            json!({ "approvalId": theirs["approval"], "decidedBy": scene.admin.caller.user }),
        ),
        ("approvals", "Reject", json!({ "approvalId": theirs["approval"], "role": "Admin" })),
        (
            "approvals",
            "RespondInfo",
            json!({ "infoId": theirs["infoRequest"], "response": "x", "userId": scene.admin.caller.user }),
        ),
        ("notifications", "Subscribe", json!({ "nodeId": theirs["node"], "permissions": ["ManageNodes"] })),
    ];
    let before = scene.app.started.gateway.db.bus().position();
    for (hub, method, argument) in forged {
        let completion = open(hub).await.invoke(method, argument.clone()).await;
        assert!(completion["error"].is_string(), "{hub} {method} {argument}: {completion}");
    }
    assert_eq!(scene.app.started.gateway.db.bus().position(), before, "nothing came of it");
}

#[tokio::test]
async fn the_tenant_that_a_request_names_is_the_callers_on_every_wire() {
    let scene = Scene::set().await;
    scene.app.tenant("acme").await;
    let http = scene.app.http().with_token(&scene.admin_token);
    let (_, session) = http.post("/api/sessions", &json!({})).await;
    let id = session["id"].as_str().unwrap();
    let asked = [
        (Method::GET, format!("/api/sessions/{id}")),
        (Method::GET, format!("/api/sessions/{id}/stream")),
        (Method::POST, "/hubs/chat/negotiate?negotiateVersion=1".to_owned()),
    ];
    for (method, path) in asked {
        for (slug, status) in [("default", 200), ("acme", 403), ("nowhere", 403)] {
            let request = http.request(method.clone(), &path).header("x-sophon-tenant", slug);
            assert_eq!(request.send().await.unwrap().status(), status, "{path} in {slug}");
        }
    }
    for (slug, status) in [("default", 200), ("acme", 403)] {
        let path = format!("/api/tenants/{slug}/sessions/{id}/stream?token={}", scene.admin_token);
        let answer = scene.app.http().request(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), status, "{slug} in front of the address");
    }
}
