//! Nodes: pairing, presence, scopes, and commands by polling.

use std::time::Duration;

use serde_json::Value;
use sophon_model::Role;

use crate::app::TestApp;
use crate::client::{As, json};

async fn register(admin: &As<'_>, scopes: &[&str]) -> Value {
    let new = json!({ "displayName": "Desk", "platform": "linux", "scopes": scopes });
    admin.post("/api/nodes", &new).await.expect(201)
}

fn path_of(node: &Value) -> String {
    format!("/api/nodes/{}", node["id"].as_str().unwrap())
}

async fn pair(app: &TestApp, node: &Value) -> crate::client::Answer {
    let pairing = json!({ "nodeId": node["id"], "pairingSecret": node["pairingSecret"] });
    app.anonymous().post("/api/nodes/me/pair", &pairing).await
}

/// A node that is paired and there.
async fn paired<'a>(app: &'a TestApp, admin: &As<'_>, scopes: &[&str]) -> (Value, As<'a>) {
    let node = register(admin, scopes).await;
    admin.act(&format!("{}/approve", path_of(&node))).await.ok();
    let token = pair(app, &node).await.ok()["token"].as_str().unwrap().to_owned();
    let machine = app.bearing(Some(token));
    machine.post("/api/nodes/me/heartbeat", &json!({ "status": "online" })).await.expect(204);
    (node, machine)
}

/// Takes the next command as the node, and answers it.
async fn obey(machine: &As<'_>, result: &Value) -> Value {
    let taken = machine.get("/api/nodes/me/commands?wait=20").await.ok();
    let command = taken["items"][0].clone();
    let path = format!("/api/nodes/me/commands/{}/result", command["commandId"].as_str().unwrap());
    machine.post(&path, result).await.expect(204);
    command
}

#[tokio::test]
async fn a_node_is_registered_compared_approved_and_given_its_token_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let node = register(&admin, &["system.info"]).await;
    assert!(node["pairingSecret"].as_str().unwrap().starts_with("s_"));
    assert_eq!((&node["status"], &node["name"]), (&json!("pending"), &json!("Desk")));
    let pending = pair(&app, &node).await.ok();
    assert_eq!(pending, json!({ "status": "pending", "pairingCode": node["pairingCode"] }));
    let approve = format!("{}/approve", path_of(&node));
    admin.post(&approve, &json!({ "pairingCode": "XXX-999" })).await.refused(422, "validation_failed");
    let scopes = ["system.info", "notify.send"];
    let approved =
        admin.post(&approve, &json!({ "pairingCode": node["pairingCode"], "scopes": scopes })).await.ok();
    assert_eq!((&approved["status"], &approved["scopes"]), (&json!("approved"), &json!(scopes)));
    admin.act(&approve).await.refused(409, "conflict");
    let handed = pair(&app, &node).await.ok();
    assert_eq!(handed["status"], "approved");
    assert_eq!(handed["gatewayUrl"], format!("http://{}", app.address));
    let token = handed["token"].as_str().unwrap();
    assert!(token.starts_with(&format!("{}.", node["id"].as_str().unwrap())));
    pair(&app, &node).await.refused(409, "already_paired");
    let shown = admin.get(&path_of(&node)).await.ok();
    assert_eq!((&shown["status"], &shown["pairingCode"]), (&json!("paired"), &Value::Null));
    assert!(!shown.to_string().contains(token.split_once('.').unwrap().1));
}

#[tokio::test]
async fn ten_wrong_secrets_end_a_pairing_for_good() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let node = register(&admin, &[]).await;
    let guess = json!({ "nodeId": node["id"], "pairingSecret": "s_guess" });
    for _ in 0..10 {
        app.anonymous().post("/api/nodes/me/pair", &guess).await.refused(401, "unauthenticated");
    }
    pair(&app, &node).await.refused(401, "unauthenticated");
    admin.act(&format!("{}/approve", path_of(&node))).await.refused(409, "pairing_over");
    let unknown = json!({ "nodeId": "node_unknown", "pairingSecret": "s_guess" });
    app.anonymous().post("/api/nodes/me/pair", &unknown).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn who_guesses_many_times_at_once_is_counted_each_time() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let node = register(&admin, &[]).await;
    let guess = json!({ "nodeId": node["id"], "pairingSecret": "s_guess" });
    let stranger = app.anonymous();
    let guesses = (0..10).map(|_| stranger.post("/api/nodes/me/pair", &guess));
    for guessed in futures_util::future::join_all(guesses).await {
        guessed.refused(401, "unauthenticated");
    }
    pair(&app, &node).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_pairing_lasts_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let node = register(&admin, &[]).await;
    app.clock.advance(Duration::from_mins(15));
    pair(&app, &node).await.refused(409, "pairing_over");
    let admin = app.admin().await;
    admin.act(&format!("{}/approve", path_of(&node))).await.refused(409, "pairing_over");
}

#[tokio::test]
async fn a_node_that_is_turned_down_is_told_so() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let node = register(&admin, &[]).await;
    assert_eq!(admin.act(&format!("{}/reject", path_of(&node))).await.ok()["status"], "rejected");
    assert_eq!(pair(&app, &node).await.ok(), json!({ "status": "rejected" }));
}

#[tokio::test]
async fn a_command_is_handed_out_once_and_its_caller_gets_the_result() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, machine) = paired(&app, &admin, &["system.info"]).await;
    let path = format!("{}/command", path_of(&node));
    let command = json!({ "command": "system.info", "params": { "a": 1 } });
    let result = json!({ "ok": true, "result": { "os": "linux" } });
    let (ended, taken) = tokio::join!(admin.post(&path, &command), obey(&machine, &result));
    let ended = ended.ok();
    assert_eq!((&taken["command"], &taken["params"]), (&json!("system.info"), &json!({ "a": 1 })));
    assert_eq!((&ended["status"], &ended["ok"]), (&json!("completed"), &json!(true)));
    assert_eq!(ended["result"], json!({ "os": "linux" }));
    assert_eq!(machine.get("/api/nodes/me/commands").await.ok()["items"], json!([]));
    let again = format!("/api/nodes/me/commands/{}/result", taken["commandId"].as_str().unwrap());
    machine.post(&again, &json!({ "ok": false })).await.expect(204);
    let history = admin.get(&format!("{}/commands", path_of(&node))).await.ok();
    assert_eq!(history["items"], json!([ended]));
    let one = format!("{}/commands/{}", path_of(&node), taken["commandId"].as_str().unwrap());
    assert_eq!(admin.get(&one).await.ok(), ended);
}

#[tokio::test]
async fn a_result_that_is_too_large_is_dropped_and_said_to_be() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, machine) = paired(&app, &admin, &["system.info"]).await;
    let path = format!("{}/command", path_of(&node));
    let result = json!({ "ok": true, "result": "x".repeat(256 * 1024) });
    let command = json!({ "command": "system.info" });
    let (ended, _) = tokio::join!(admin.post(&path, &command), obey(&machine, &result));
    let ended = ended.ok();
    assert_eq!((&ended["status"], &ended["result"]), (&json!("failed"), &Value::Null));
    assert!(ended["error"]["message"].as_str().unwrap().contains("262144 bytes"), "{ended}");
}

#[tokio::test]
async fn what_the_node_refuses_is_told_in_its_words() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, machine) = paired(&app, &admin, &["node.command"]).await;
    let path = format!("{}/command", path_of(&node));
    let command = json!({ "command": "system.execute", "params": { "argv": ["true"] } });
    let refusal = json!({ "ok": false, "error": { "code": "consent_denied", "message": "No\u{0}." } });
    let (ended, _) = tokio::join!(admin.post(&path, &command), obey(&machine, &refusal));
    let ended = ended.ok();
    assert_eq!((&ended["status"], &ended["ok"]), (&json!("failed"), &json!(false)));
    assert_eq!(ended["error"], json!({ "code": "consent_denied", "message": "No\u{fffd}." }));
}

#[tokio::test]
async fn a_lost_outcome_is_unknown_until_the_node_tells_it_after_all() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, machine) = paired(&app, &admin, &["system.info"]).await;
    let path = format!("{}/command", path_of(&node));
    let command = json!({ "command": "system.info", "timeoutMs": 1_000 });
    let taking = machine.get("/api/nodes/me/commands?wait=20");
    let (ended, taken) = tokio::join!(admin.post(&path, &command), taking);
    let (ended, taken) = (ended.ok(), taken.ok());
    assert_eq!((&ended["status"], &ended["ok"]), (&json!("unknown"), &Value::Null));
    assert_eq!(ended["error"]["code"], "timeout");
    let id = taken["items"][0]["commandId"].as_str().unwrap();
    let report = json!({ "ok": true, "result": 5 });
    machine.post(&format!("/api/nodes/me/commands/{id}/result"), &report).await.expect(204);
    let late = admin.get(&format!("{}/commands/{id}", path_of(&node))).await.ok();
    assert_eq!(
        (&late["status"], &late["result"], &late["error"]),
        (&json!("completed"), &json!(5), &Value::Null)
    );
}

#[tokio::test]
async fn a_command_that_no_node_took_has_expired() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, machine) = paired(&app, &admin, &["system.info"]).await;
    let command = json!({ "command": "system.info", "timeoutMs": 1_000 });
    let ended = admin.post(&format!("{}/command", path_of(&node)), &command).await.ok();
    assert_eq!((&ended["status"], &ended["ok"]), (&json!("expired"), &json!(false)));
    assert_eq!(machine.get("/api/nodes/me/commands").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_command_whose_caller_hangs_up_before_the_node_took_it_never_reaches_the_node() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, machine) = paired(&app, &admin, &["system.info"]).await;
    let (command, history) = (format!("{}/command", path_of(&node)), format!("{}/commands", path_of(&node)));
    let first = async || admin.get(&history).await.ok()["items"][0].clone();
    let body = json!({ "command": "system.info" });
    tokio::select! {
        _ = admin.post(&command, &body) => panic!("nobody has done it"),
        () = async { while first().await.is_null() {} } => {}
    }
    let called_back = async {
        loop {
            let command = first().await;
            if command["status"] != "queued" {
                return command;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let command = tokio::time::timeout(Duration::from_secs(10), called_back).await.expect("an end");
    assert_eq!((&command["status"], &command["ok"]), (&json!("cancelled"), &json!(false)));
    assert_eq!(command["error"]["code"], "cancelled");
    assert_eq!(machine.get("/api/nodes/me/commands").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_command_outside_of_the_scopes_never_reaches_the_node() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, machine) = paired(&app, &admin, &["notify.send"]).await;
    let path = format!("{}/command", path_of(&node));
    let details = admin.post(&path, &json!({ "command": "system.info" })).await.refused(403, "scope_denied");
    assert_eq!(details, json!({ "scope": "system.info" }));
    assert_eq!(machine.get("/api/nodes/me/commands").await.ok()["items"], json!([]));
    admin.post(&format!("{}/scopes", path_of(&node)), &json!({ "scopes": ["system.info"] })).await.ok();
    let result = json!({ "ok": true });
    let (ended, _) = tokio::join!(
        async { admin.post(&path, &json!({ "command": "system.info" })).await.ok() },
        obey(&machine, &result)
    );
    assert_eq!(ended["status"], "completed");
}

#[tokio::test]
async fn a_silent_node_is_offline_after_ninety_seconds_and_is_told_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, machine) = paired(&app, &admin, &["system.info"]).await;
    assert_eq!(admin.get(&path_of(&node)).await.ok()["online"], true);
    app.clock.advance(Duration::from_secs(91));
    let goes = async {
        while admin.get(&path_of(&node)).await.ok()["online"] == true {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), goes).await.expect("the node is offline");
    let command = json!({ "command": "system.info" });
    admin.post(&format!("{}/command", path_of(&node)), &command).await.refused(409, "node_offline");
    let heartbeat = json!({ "uptime": 61.4, "cpuPercent": 12.5, "memoryMb": 900, "version": "1.0" });
    machine.post("/api/nodes/me/heartbeat", &heartbeat).await.expect(204);
    let back = admin.get(&path_of(&node)).await.ok();
    assert_eq!(
        (&back["online"], &back["uptime"], &back["version"]),
        (&json!(true), &json!(61), &json!("1.0"))
    );
}

#[tokio::test]
async fn commands_are_checked_before_anybody_is_told() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, _machine) = paired(&app, &admin, &["node.command"]).await;
    let path = format!("{}/command", path_of(&node));
    for command in [
        json!({ "command": "filesystem.read" }),
        json!({ "command": "system.info", "params": [] }),
        json!({ "command": "system.info", "timeoutMs": 999 }),
        json!({ "command": "system.info", "timeoutMs": 600_001 }),
        json!({ "command": "system.info", "shell": true }),
    ] {
        admin.post(&path, &command).await.refused(422, "validation_failed");
    }
    let large = json!({ "command": "system.info", "params": { "a": "x".repeat(64 * 1024) } });
    admin.post(&path, &large).await.refused(413, "payload_too_large");
}

#[tokio::test]
async fn a_node_token_is_good_for_the_node_alone_and_a_persons_is_not() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, machine) = paired(&app, &admin, &["system.info"]).await;
    machine.get("/api/nodes").await.refused(401, "unauthenticated");
    machine.get("/api/auth/me").await.refused(401, "unauthenticated");
    admin.get("/api/nodes/me/commands").await.refused(403, "not_authorized");
    let (_, other) = paired(&app, &admin, &["system.info"]).await;
    let path = format!("{}/command", path_of(&node));
    let command = json!({ "command": "system.info", "timeoutMs": 1_000 });
    let taking = machine.get("/api/nodes/me/commands?wait=20");
    let (_, taken) = tokio::join!(admin.post(&path, &command), taking);
    let id = taken.ok()["items"][0]["commandId"].as_str().unwrap().to_owned();
    let report = format!("/api/nodes/me/commands/{id}/result");
    other.post(&report, &json!({ "ok": true })).await.refused(404, "not_found");
    admin.delete(&path_of(&node)).await.expect(204);
    machine.get("/api/nodes/me/commands").await.refused(401, "unauthenticated");
    machine.post("/api/nodes/me/heartbeat", &json!({})).await.refused(401, "unauthenticated");
    machine.post(&report, &json!({ "ok": true })).await.refused(401, "unauthenticated");
    admin.get(&path_of(&node)).await.refused(404, "not_found");
}

#[tokio::test]
async fn who_may_not_manage_nodes_or_is_of_another_tenant_cannot() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (node, _machine) = paired(&app, &admin, &["system.info"]).await;
    let command = format!("{}/command", path_of(&node));
    let viewer = app.colleague(Role::Viewer).await;
    viewer.get("/api/nodes").await.refused(403, "not_authorized");
    viewer.get(&path_of(&node)).await.refused(403, "not_authorized");
    viewer.post(&command, &json!({ "command": "system.info" })).await.refused(403, "not_authorized");
    let stranger = app.stranger().await;
    assert_eq!(stranger.get("/api/nodes").await.ok()["items"], json!([]));
    stranger.get(&path_of(&node)).await.refused(404, "not_found");
    stranger.delete(&path_of(&node)).await.refused(404, "not_found");
    stranger.post(&command, &json!({ "command": "system.info" })).await.refused(404, "not_found");
}
