//! Agents.

use http::Method;
use sophon_model::Role;
use sophon_testkit::{ModelServer, Script};

use crate::app::TestApp;
use crate::client::json;

#[tokio::test]
async fn a_fresh_gateway_has_one_agent_known_by_id_and_slug() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let list = admin.get("/api/agents").await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let agent = admin.get("/api/agents/sophon").await.ok();
    assert_eq!(list["items"][0], agent);
    let by_id = admin.get(&format!("/api/agents/{}", agent["id"].as_str().unwrap())).await.ok();
    assert_eq!(by_id, agent);
    assert_eq!((&agent["runtime"], &agent["model"]), (&json!("model"), &json!(null)));
}

#[tokio::test]
async fn an_agent_is_made_changed_and_deleted() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let new = json!({ "name": "Research & Writing", "model": "offline", "tools": ["memory.*"], "soul": "Be brief." });
    let agent = admin.post("/api/agents", &new).await.expect(201);
    assert_eq!(agent["slug"], "research-writing");
    assert_eq!((&agent["model"], &agent["tools"]), (&json!("offline"), &json!(["memory.*"])));
    let patch = json!({ "name": "Scribe", "slug": "scribe", "description": "Writes.", "model": null });
    let changed = admin.patch("/api/agents/research-writing", &patch).await.ok();
    assert_eq!((&changed["id"], &changed["slug"]), (&agent["id"], &json!("scribe")));
    assert_eq!((&changed["model"], &changed["description"]), (&json!(null), &json!("Writes.")));
    let unchanged = admin.patch("/api/agents/scribe", &json!({})).await.ok();
    assert_eq!(unchanged["name"], "Scribe");
    admin.delete("/api/agents/scribe").await.expect(204);
    admin.get("/api/agents/scribe").await.refused(404, "not_found");
}

#[tokio::test]
async fn two_agents_cannot_share_a_slug() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.post("/api/agents", &json!({ "name": "Sophon" })).await.refused(409, "conflict");
}

#[tokio::test]
async fn the_last_agent_stays() {
    let app = TestApp::start().await;
    app.admin().await.delete("/api/agents/sophon").await.refused(409, "conflict");
}

#[tokio::test]
async fn what_an_agent_cannot_be_is_refused_with_the_field() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (new, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x".repeat(201) }), "name"),
        (json!({ "name": "日本" }), "slug"),
        (json!({ "name": "a", "model": "nope" }), "model"),
        (json!({ "name": "a", "slug": "A b" }), "slug"),
        (json!({ "name": "a", "slug": "agent_1" }), "slug"),
        (json!({ "name": "a", "tools": ["*x"] }), "tools"),
        (json!({ "name": "a", "tools": [1] }), "tools[0]"),
        (json!({ "name": "a", "soul": "x".repeat(100_001) }), "soul"),
        (json!({ "name": "a", "colour": "red" }), "colour"),
    ] {
        let details = admin.post("/api/agents", &new).await.refused(422, "validation_failed");
        assert_eq!(details["field"], field);
    }
}

#[tokio::test]
async fn its_files_are_written_as_json_or_as_markdown() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for file in ["soul", "boot", "heartbeat"] {
        let path = format!("/api/agents/sophon/{file}");
        let text = format!("# {file}\n");
        assert_eq!(admin.put(&path, &json!({ "content": text })).await.ok()["content"], text);
        assert_eq!(admin.get(&path).await.ok()["content"], text);
        let headers = [("content-type", "text/markdown; charset=utf-8")];
        let written = admin.send(Method::PUT, &path, &headers, "plain *text*".into()).await.ok();
        assert_eq!(written["content"], "plain *text*");
        assert_eq!(written["updatedAt"], "2026-11-22T12:00:00.000Z");
        assert_eq!(admin.get(&path).await.ok()["content"], "plain *text*");
    }
    let headers = [("content-type", "text/markdown")];
    let path = "/api/agents/sophon/soul";
    admin.send(Method::PUT, path, &headers, vec![0xff].into()).await.refused(400, "invalid_request");
    admin.send(Method::PUT, path, &[], "text".into()).await.refused(415, "unsupported_media_type");
    admin.put("/api/agents/nobody/soul", &json!({ "content": "" })).await.refused(404, "not_found");
}

#[tokio::test]
async fn its_tools_are_read_and_written() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = "/api/agents/sophon/tools";
    assert!(!admin.get(path).await.ok()["allowlist"].as_array().unwrap().is_empty());
    let tools = json!({ "allowlist": ["memory.*", "datetime.now"] });
    assert_eq!(admin.put(path, &tools).await.ok(), tools);
    assert_eq!(admin.get(path).await.ok(), tools);
    assert_eq!(admin.get("/api/agents/sophon").await.ok()["tools"], tools["allowlist"]);
}

#[tokio::test]
async fn a_viewer_sees_agents_and_cannot_change_them() {
    let app = TestApp::start().await;
    let viewer = app.colleague(Role::Viewer).await;
    viewer.get("/api/agents/sophon").await.ok();
    let content = json!({ "content": "" });
    for refused in [
        viewer.post("/api/agents", &json!({ "name": "a" })).await,
        viewer.patch("/api/agents/sophon", &json!({})).await,
        viewer.delete("/api/agents/sophon").await,
        viewer.put("/api/agents/sophon/soul", &content).await,
        viewer.put("/api/agents/sophon/tools", &json!({ "allowlist": [] })).await,
    ] {
        assert_eq!(refused.refused(403, "not_authorized"), json!({ "permission": "ManageAgents" }));
    }
}

#[tokio::test]
async fn agents_of_another_tenant_do_not_exist() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let id = admin.get("/api/agents/sophon").await.ok()["id"].clone();
    let path = format!("/api/agents/{}", id.as_str().unwrap());
    let stranger = app.stranger().await;
    assert_ne!(stranger.get("/api/agents/sophon").await.ok()["id"], id);
    stranger.get(&path).await.refused(404, "not_found");
    stranger.patch(&path, &json!({ "name": "Mine" })).await.refused(404, "not_found");
    stranger.delete(&path).await.refused(404, "not_found");
    stranger.get(&format!("{path}/soul")).await.refused(404, "not_found");
    stranger.put(&format!("{path}/tools"), &json!({ "allowlist": [] })).await.refused(404, "not_found");
    assert_eq!(admin.get(&path).await.ok()["name"], "Sophon");
}

#[tokio::test]
async fn the_list_is_walked_page_by_page() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for number in 0..6 {
        admin.post("/api/agents", &json!({ "name": format!("Agent {number}") })).await.expect(201);
    }
    let (mut slugs, mut path) = (Vec::new(), "/api/agents?limit=3".to_owned());
    let pages = loop {
        let page = admin.get(&path).await.ok();
        let items = page["items"].as_array().unwrap();
        slugs.extend(items.iter().map(|agent| agent["slug"].as_str().unwrap().to_owned()));
        assert_eq!(page["hasMore"], !page["nextCursor"].is_null());
        assert!(slugs.len() <= 7, "the walk ends");
        match page["nextCursor"].as_str() {
            Some(cursor) => path = format!("/api/agents?limit=3&cursor={cursor}"),
            None => break slugs.len().div_ceil(3),
        }
    };
    assert_eq!(pages, 3);
    assert_eq!(slugs, ["sophon", "agent-0", "agent-1", "agent-2", "agent-3", "agent-4", "agent-5"]);
}

#[tokio::test]
async fn models_tell_whether_they_are_configured_and_providers_whether_they_answer() {
    let server = ModelServer::start(|_| Script::refuse(404, "no such model")).await;
    server.list(Script::models(&["scripted-2", "scripted-1x"]));
    let app = TestApp::setup().model(&server).start().await;
    let admin = app.admin().await;
    let models = admin.get("/api/models").await.ok();
    let model =
        |id: &str, configured: bool| json!({ "id": id, "provider": "scripted", "configured": configured });
    let expected = [model("scripted-1", true), model("scripted-2", false), model("scripted-1x", false)];
    assert_eq!(models["items"], json!(expected));

    let mut check = admin.post("/api/models/check", &json!({})).await.ok()["items"][0].take();
    assert!(check["durationMs"].take().is_u64());
    let url = server.openai_url();
    let problem = json!({
        "kind": "unknown_model",
        "message": format!("There is no model 'scripted-1' at {url} (model provider 'scripted'): HTTP 404: no such model."),
        "nextStep": "Nearest: scripted-1x, scripted-2. Configure a model that it offers.",
        "nearest": ["scripted-1x", "scripted-2"],
    });
    let expected = json!({
        "provider": "scripted", "kind": "openai", "url": url, "model": "scripted-1", "ok": false,
        "durationMs": null, "offered": 2, "problem": problem,
    });
    assert_eq!(check, expected);
    let viewer = app.colleague(Role::Viewer).await;
    viewer.post("/api/models/check", &json!({})).await.refused(403, "not_authorized");
}

#[tokio::test]
async fn models_are_listed_for_those_who_signed_in() {
    let app = TestApp::start().await;
    let models = app.script().await.get("/api/models").await.ok();
    assert_eq!(models["items"], json!([{ "id": "offline", "provider": "sophon", "configured": true }]));
}
