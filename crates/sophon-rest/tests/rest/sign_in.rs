//! Signing in, staying signed in, signing out.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use sophon_model::Role;

use crate::app::{EMAIL, PASSWORD, TestApp};
use crate::client::json;

async fn tokens(app: &TestApp) -> (String, String) {
    let login = json!({ "email": EMAIL, "password": PASSWORD });
    pair(&app.anonymous().post("/api/auth/login", &login).await.ok())
}

fn pair(body: &Value) -> (String, String) {
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("accessToken"), text("refreshToken"))
}

#[tokio::test]
async fn who_signs_in_learns_who_it_is() {
    let app = TestApp::start().await;
    let login = json!({ "email": "  Admin@Example.com", "password": PASSWORD });
    let body = app.anonymous().post("/api/auth/login", &login).await.ok();
    assert_eq!(body["expiresAt"], "2026-11-22T12:15:00.000Z");
    let user = &body["user"];
    assert_eq!((&user["email"], &user["role"]), (&json!(EMAIL), &json!("Admin")));
    assert_eq!(user["tenant"]["slug"], "default");
    assert_eq!(user["createdAt"], "2026-11-22T12:00:00.000Z");
    assert!(user["permissions"].as_array().unwrap().contains(&json!("ManageAgents")));
    let me = app.bearing(Some(pair(&body).0)).get("/api/auth/me").await.ok();
    assert_eq!(&me, user);
}

#[tokio::test]
async fn a_viewer_learns_what_it_may_do() {
    let app = TestApp::start().await;
    let me = app.colleague(Role::Viewer).await.get("/api/auth/me").await.ok();
    assert_eq!(me["permissions"], json!(["ViewUsers", "ViewActiveTasks", "ViewBudgets"]));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_answer() {
    let app = TestApp::start().await;
    let mut texts = Vec::new();
    for (email, password) in [(EMAIL, "wrong"), ("nobody@example.com", PASSWORD)] {
        let login = json!({ "email": email, "password": password });
        let answer = app.anonymous().post("/api/auth/login", &login).await;
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        let id = answer.header("x-sophon-request-id").unwrap().to_owned();
        texts.push(answer.text.replace(&id, ""));
        answer.refused(401, "unauthenticated");
    }
    assert_eq!(texts[0], texts[1]);
}

#[tokio::test]
async fn attempts_to_sign_in_are_slowed_down() {
    let app = TestApp::start().await;
    let login = json!({ "email": EMAIL, "password": "wrong" });
    for _ in 0..10 {
        app.anonymous().post("/api/auth/login", &login).await.refused(401, "unauthenticated");
    }
    let answer = app.anonymous().post("/api/auth/login", &login).await;
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=6).contains(&wait), "{wait}");
    answer.refused(429, "rate_limited");
}

#[tokio::test]
async fn a_stale_credential_does_not_keep_anybody_from_signing_in() {
    let app = TestApp::start().await;
    let stale = app.bearing(Some("stale".into()));
    stale.get("/api/auth/me").await.refused(401, "unauthenticated");
    stale.get("/api/auth/config").await.ok();
    stale.post("/api/auth/login", &json!({ "email": EMAIL, "password": PASSWORD })).await.ok();
}

#[tokio::test]
async fn an_access_token_ends_with_its_time() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.get("/api/auth/me").await.ok();
    app.clock.advance(Duration::from_mins(15));
    admin.get("/api/auth/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_refresh_token_is_traded_for_a_new_pair() {
    let app = TestApp::start().await;
    let (_, refresh) = tokens(&app).await;
    app.clock.advance(Duration::from_mins(20));
    let body = app.anonymous().post("/api/auth/refresh", &json!({ "refreshToken": refresh })).await.ok();
    let (access, next) = pair(&body);
    assert_ne!(next, refresh);
    assert_eq!(body["user"]["tenant"]["slug"], "default");
    app.bearing(Some(access)).get("/api/auth/me").await.ok();
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_sign_in() {
    let app = TestApp::start().await;
    let (_, first) = tokens(&app).await;
    let other = app.admin().await;
    let anonymous = app.anonymous();
    let trade = |token: &str| json!({ "refreshToken": token });
    let (access, second) = pair(&anonymous.post("/api/auth/refresh", &trade(&first)).await.ok());
    let again = anonymous.post("/api/auth/refresh", &trade(&first)).await.ok();
    assert_eq!(pair(&again), (access.clone(), second.clone()), "the answer may have been lost");
    app.clock.advance(Duration::from_secs(31));
    anonymous.post("/api/auth/refresh", &trade(&first)).await.refused(401, "unauthenticated");
    app.bearing(Some(access)).get("/api/auth/me").await.refused(401, "unauthenticated");
    anonymous.post("/api/auth/refresh", &trade(&second)).await.refused(401, "unauthenticated");
    other.get("/api/auth/me").await.ok();
}

#[tokio::test]
async fn signing_out_ends_both_tokens_at_once() {
    let app = TestApp::start().await;
    let (access, refresh) = tokens(&app).await;
    let admin = app.bearing(Some(access));
    admin.act("/api/auth/logout").await.expect(204);
    admin.get("/api/auth/me").await.refused(401, "unauthenticated");
    let trade = json!({ "refreshToken": refresh });
    app.anonymous().post("/api/auth/refresh", &trade).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_script_cannot_sign_out() {
    let app = TestApp::start().await;
    app.script().await.act("/api/auth/logout").await.refused(409, "conflict");
}

#[tokio::test]
async fn devices_are_listed_and_can_be_signed_out_from_afar() {
    let app = TestApp::start().await;
    let login = json!({ "email": EMAIL, "password": PASSWORD });
    let phone = app
        .anonymous()
        .send_json(Method::POST, "/api/auth/login", &[("user-agent", "Phone/1.0")], &login)
        .await
        .ok();
    let phone = app.bearing(Some(pair(&phone).0));
    app.clock.advance(Duration::from_secs(1));
    let desk = app.admin().await;
    let list = desk.get("/api/auth/sessions").await.ok();
    assert_eq!((&list["nextCursor"], &list["hasMore"]), (&Value::Null, &json!(false)));
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!((&items[0]["current"], &items[1]["current"]), (&json!(true), &json!(false)));
    assert_eq!((&items[1]["userAgent"], &items[1]["address"]), (&json!("Phone/1.0"), &json!("127.0.0.1")));
    let path = format!("/api/auth/sessions/{}", items[1]["id"].as_str().unwrap());
    desk.delete(&path).await.expect(204);
    phone.get("/api/auth/me").await.refused(401, "unauthenticated");
    desk.delete(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn sign_ins_of_others_do_not_exist() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let own = admin.get("/api/auth/sessions").await.ok()["items"][0]["id"].clone();
    let viewer = app.colleague(Role::Viewer).await;
    let path = format!("/api/auth/sessions/{}", own.as_str().unwrap());
    viewer.delete(&path).await.refused(404, "not_found");
    admin.get("/api/auth/me").await.ok();
}

#[tokio::test]
async fn with_auto_admin_nobody_has_to_sign_in_but_a_bad_credential_is_still_bad() {
    let app = TestApp::setup().auto_admin().start().await;
    assert_eq!(
        app.anonymous().get("/api/auth/config").await.ok(),
        json!({ "autoAdmin": true, "providers": [], "setupNeeded": false })
    );
    assert_eq!(app.anonymous().get("/api/auth/me").await.ok()["email"], EMAIL);
    app.bearing(Some("stale".into())).get("/api/auth/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn without_auto_admin_the_page_is_told_to_ask_for_a_password() {
    let app = TestApp::start().await;
    let config = app.anonymous().get("/api/auth/config").await.ok();
    assert_eq!(config, json!({ "autoAdmin": false, "providers": [], "setupNeeded": false }));
}

#[tokio::test]
async fn an_office_signs_in_at_one_moment_from_one_address() {
    let app = TestApp::start().await;
    let login = json!({ "email": EMAIL, "password": PASSWORD });
    let answers = futures_util::future::join_all(
        (0..25).map(async |_| app.anonymous().post("/api/auth/login", &login).await),
    )
    .await;
    for answer in answers {
        answer.ok();
    }
}
