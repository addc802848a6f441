//! Model providers over REST.

use http::Method;
use sophon_testkit::{ModelServer, Script};

use crate::app::TestApp;
use crate::client::json;

async fn server() -> ModelServer {
    let server = ModelServer::start(|_| Script::say("ok")).await;
    server.list(Script::models(&["m1", "m2"]));
    server
}

#[tokio::test]
async fn a_provider_is_tested_added_changed_and_removed_and_its_key_is_never_given_back() {
    let server = server().await;
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let draft = json!({ "preset": "custom", "baseUrl": server.openai_url(), "apiKey": "hunter2" });
    let test = admin.post("/api/models/providers/test", &draft).await.ok();
    assert_eq!((&test["check"]["ok"], &test["check"]["model"]), (&json!(true), &json!("m1")));
    assert_eq!(test["models"], json!(["m1", "m2"]));

    let created = admin.post("/api/models/providers", &draft).await;
    let place = created.header("location").unwrap().to_owned();
    let provider = created.expect(201);
    assert_eq!(place, format!("/api/models/providers/{}", provider["id"].as_str().unwrap()));
    assert_eq!((&provider["hasKey"], &provider["source"]), (&json!(true), &json!("added")));
    assert_eq!(provider["models"][0]["id"], "m1");
    assert!(!provider.to_string().contains("hunter2"), "{provider}");
    assert_eq!(admin.get(&place).await.ok(), provider);
    assert_eq!(admin.get("/api/bootstrap").await.ok()["offline"], false);

    let patch =
        json!({ "enabled": false, "models": [{ "id": "m2", "contextTokens": 4000, "inputPrice": 0.5 }] });
    let changed = admin.patch(&place, &patch).await.ok();
    assert_eq!((&changed["enabled"], &changed["models"][0]["contextTokens"]), (&json!(false), &json!(4000)));
    assert_eq!(admin.get("/api/bootstrap").await.ok()["offline"], true);
    admin.act(&format!("{place}/test")).await.ok();
    admin.delete(&place).await.expect(204);
    admin.get(&place).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_change_counts_for_what_was_read_and_says_what_is_wrong() {
    let server = server().await;
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let new = json!({ "preset": "custom", "baseUrl": server.openai_url(), "models": [{ "id": "m1" }] });
    let provider = admin.post("/api/models/providers", &new).await.expect(201);
    let place = format!("/api/models/providers/{}", provider["id"].as_str().unwrap());
    let tag = admin.get(&place).await.header("etag").unwrap().to_owned();
    let body = json!({ "name": "box" });
    let condition = [("if-match", tag.as_str())];
    admin.send_json(Method::PATCH, &place, &condition, &body).await.ok();
    admin.send_json(Method::PATCH, &place, &condition, &body).await.refused(412, "precondition_failed");
    for (field, patch) in [
        ("baseUrl", json!({ "baseUrl": "ftp://box.lan" })),
        ("models", json!({ "models": [] })),
        ("priority", json!({ "priority": -1 })),
    ] {
        let refused = admin.patch(&place, &patch).await.refused(422, "validation_failed");
        assert_eq!(refused["field"], field, "{refused}");
    }
    admin.patch(&place, &json!({ "url": "x" })).await.refused(422, "validation_failed");
    let taken = json!({ "preset": "custom", "name": "box", "baseUrl": server.openai_url(), "models": [{ "id": "m" }] });
    admin.post("/api/models/providers", &taken).await.refused(409, "conflict");
}

#[tokio::test]
async fn those_of_the_configuration_are_listed_as_such_and_stay() {
    let server = server().await;
    let app = TestApp::setup().model(&server).start().await;
    let admin = app.admin().await;
    let listed = admin.get("/api/models/providers").await.ok();
    let provider = &listed["items"][0];
    assert_eq!((&provider["id"], &provider["source"]), (&json!("scripted"), &json!("configuration")));
    assert_eq!((&provider["kind"], &provider["hasKey"]), (&json!("openai"), &json!(null)));
    let place = "/api/models/providers/scripted";
    admin.patch(place, &json!({ "enabled": false })).await.refused(409, "provider_is_configured");
    admin.delete(place).await.refused(409, "provider_is_configured");
    let catalog = admin.get("/api/models/catalog").await.ok();
    assert_eq!(catalog["items"][0]["model"]["id"], "scripted-1");
    assert_eq!(catalog["items"][1]["configured"], false);
    assert!(admin.get("/api/models/presets").await.ok()["items"].as_array().unwrap().len() > 10);
}
