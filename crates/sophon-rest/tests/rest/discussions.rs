//! Discussions and their runs.

use std::time::Duration;

use serde_json::Value;
use sophon_model::Role;
use sophon_testkit::{ModelServer, Script};

use crate::app::TestApp;
use crate::client::{As, json};

/// Panelists say "Tea.", and the judge decides for it.
async fn for_tea() -> ModelServer {
    let verdict = json!({ "recommendation": "Tea.", "reasoning": "It keeps.", "confidence": 1, "keyPoints": [], "dissent": [] });
    ModelServer::start(move |request| {
        let is_judge = request.last_text().ends_with("Give your verdict.");
        Script::say(&if is_judge { verdict.to_string() } else { "Tea.".into() })
    })
    .await
}

fn tea_or_coffee() -> Value {
    json!({ "topic": "Tea or coffee?", "rounds": 1, "panelists": ["sophon", { "name": "Ada", "persona": "You doubt." }] })
}

fn path(of: &Value, rest: &str) -> String {
    format!("/api/discussions/{}{rest}", of["id"].as_str().unwrap())
}

fn run_path(run: &Value, rest: &str) -> String {
    format!("/api/discussions/runs/{}{rest}", run["runId"].as_str().unwrap())
}

async fn ended(caller: &As<'_>, run: &Value) -> Value {
    let ending = async {
        loop {
            let run = caller.get(&run_path(run, "")).await.ok();
            if !run["endedAt"].is_null() {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ending).await.expect("the run ends")
}

#[tokio::test]
async fn a_discussion_is_planned_with_all_that_was_left_out_changed_listed_and_deleted() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let planned = admin.post("/api/discussions", &tea_or_coffee()).await.expect(201);
    let agent = admin.get("/api/agents/sophon").await.ok();
    assert_eq!(
        planned["panelists"],
        json!([
            { "id": "sophon", "name": "Sophon", "agentId": agent["id"] },
            { "id": "ada", "name": "Ada", "persona": "You doubt." },
        ])
    );
    assert_eq!((&planned["judge"]["id"], &planned["roundTimeoutSeconds"]), (&json!("judge"), &json!(180)));
    assert_eq!(admin.get(&path(&planned, "")).await.ok(), planned);

    let change = json!({ "rounds": 3, "judge": { "agentId": "sophon" }, "panelists": ["sophon", "sophon"] });
    let changed = admin.patch(&path(&planned, ""), &change).await.ok();
    assert_eq!((&changed["rounds"], &changed["topic"]), (&json!(3), &planned["topic"]));
    assert_eq!(changed["judge"]["agentId"], agent["id"]);
    assert_eq!(
        (&changed["panelists"][0]["id"], &changed["panelists"][1]["id"]),
        (&json!("sophon"), &json!("sophon-2"))
    );
    assert_eq!(
        (&changed["panelists"][0]["name"], &changed["panelists"][1]["name"]),
        (&json!("Sophon"), &json!("Sophon 2"))
    );

    app.clock.advance(Duration::from_secs(1));
    let other = admin.post("/api/discussions", &tea_or_coffee()).await.expect(201);
    let list = admin.get("/api/discussions?limit=1").await.ok();
    assert_eq!((&list["items"], &list["hasMore"]), (&json!([other]), &json!(true)));
    let next = format!("/api/discussions?cursor={}", list["nextCursor"].as_str().unwrap());
    assert_eq!(admin.get(&next).await.ok()["items"], json!([changed]));

    admin.delete(&path(&planned, "")).await.expect(204);
    admin.get(&path(&planned, "")).await.refused(404, "not_found");
}

#[tokio::test]
async fn what_cannot_be_a_discussion_is_refused_with_the_field_that_is_wrong() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let twice = json!({ "id": "ada", "persona": "You doubt." });
    for (field, change, named) in [
        ("topic", json!(" "), "topic"),
        ("panelists", json!(["sophon"]), "panelists"),
        ("panelists", json!(vec!["sophon"; 6]), "panelists"),
        ("panelists", json!(["sophon", "nobody"]), "panelists"),
        ("panelists", json!([twice, twice]), "panelists"),
        ("panelists", json!(["sophon", {}]), "panelists"),
        ("panelists", json!(["sophon", { "agentId": "sophon", "persona": "Both." }]), "panelists"),
        ("panelists", json!(["sophon", { "persona": "You doubt.", "id": "Not short" }]), "panelists"),
        ("panelists", json!(["sophon", { "persna": "You doubt." }]), "panelists[1].persna"),
        ("panelists", json!(["sophon", 5]), "panelists[1]"),
        ("judge", json!({ "persona": "" }), "judge"),
        ("rounds", json!(0), "rounds"),
        ("rounds", json!(11), "rounds"),
        ("roundTimeoutSeconds", json!(4), "roundTimeoutSeconds"),
        ("roundTimeoutSeconds", json!(3601), "roundTimeoutSeconds"),
    ] {
        let mut new = tea_or_coffee();
        new[field] = change;
        let details = admin.post("/api/discussions", &new).await.refused(422, "validation_failed");
        assert_eq!(details["field"], named, "{new}");
    }
    assert_eq!(admin.get("/api/discussions").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_run_is_accepted_done_and_shown_with_what_was_said_and_its_parts_in_the_ledger() {
    let model = for_tea().await;
    let app = TestApp::setup().model(&model).start().await;
    let admin = app.admin().await;
    let planned = admin.post("/api/discussions", &tea_or_coffee()).await.expect(201);
    let run = admin.act(&path(&planned, "/runs")).await.expect(202);
    assert_eq!((&run["id"], &run["discussionId"]), (&run["runId"], &planned["id"]));
    assert_eq!((&run["status"], &run["panelists"]), (&json!("queued"), &planned["panelists"]));
    let ended = ended(&admin, &run).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    assert_eq!(
        ended["verdict"],
        json!({ "recommendation": "Tea.", "reasoning": "It keeps.", "confidence": 1.0, "keyPoints": [], "dissent": [] })
    );
    let turns = ended["turns"].as_array().unwrap();
    assert_eq!(turns.len(), 2);
    assert!(turns.iter().all(|turn| turn["content"] == "Tea." && turn["status"] == "completed"));
    assert_eq!(turns[0]["contentHash"].as_str().unwrap().len(), 64);

    let task = admin.get(&format!("/api/tasks/{}", run["taskId"].as_str().unwrap())).await.ok();
    assert_eq!((&task["kind"], &task["status"]), (&json!("discussion"), &json!("completed")));
    let children = task["children"].as_array().unwrap();
    let kinds: Vec<&Value> = children.iter().map(|child| &child["kind"]).collect();
    assert_eq!(kinds, ["discussion_turn", "discussion_turn", "discussion_verdict"]);
    assert!(children.iter().all(|child| child["parentId"] == run["taskId"]));
    let runs = admin.get(&path(&planned, "/runs")).await.ok();
    assert_eq!(runs["items"][0]["verdictHash"], ended["verdictHash"]);
    admin.act(&run_path(&run, "/cancel")).await.refused(409, "conflict");
}

#[tokio::test]
async fn a_run_that_waits_ends_when_it_is_cancelled_and_one_that_runs_soon_after() {
    let app = TestApp::setup().silent_model().start().await;
    let admin = app.admin().await;
    let planned = admin.post("/api/discussions", &tea_or_coffee()).await.expect(201);
    let runs = admin.act(&path(&planned, "/runs")).await.expect(202);
    app.runs(&admin, runs["taskId"].as_str().unwrap()).await;
    let waits = admin.act(&path(&planned, "/runs")).await.expect(202);
    let cancelled = admin.act(&run_path(&waits, "/cancel")).await.ok();
    let me = admin.get("/api/auth/me").await.ok();
    assert_eq!((&cancelled["status"], &cancelled["cancelledBy"]), (&json!("cancelled"), &me["id"]));
    assert_eq!(admin.act(&run_path(&runs, "/cancel")).await.expect(202)["status"], "running");
    assert_eq!(ended(&admin, &runs).await["status"], "cancelled");
}

#[tokio::test]
async fn the_task_of_a_run_that_waits_takes_the_run_with_it() {
    let app = TestApp::setup().silent_model().start().await;
    let admin = app.admin().await;
    let planned = admin.post("/api/discussions", &tea_or_coffee()).await.expect(201);
    let first = admin.act(&path(&planned, "/runs")).await.expect(202);
    app.runs(&admin, first["taskId"].as_str().unwrap()).await;
    let waits = admin.act(&path(&planned, "/runs")).await.expect(202);
    admin.act(&format!("/api/tasks/{}/cancel", waits["taskId"].as_str().unwrap())).await.ok();
    assert_eq!(ended(&admin, &waits).await["status"], "cancelled");
}

#[tokio::test]
async fn without_a_model_provider_a_run_is_refused_with_what_to_do() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let planned = admin.post("/api/discussions", &tea_or_coffee()).await.expect(201);
    admin.act(&path(&planned, "/runs")).await.refused(409, "no_model_provider");
    assert_eq!(admin.get(&path(&planned, "/runs")).await.ok()["items"], json!([]));
}

#[tokio::test]
async fn what_is_somebody_elses_does_not_exist_and_who_only_reads_starts_nothing() {
    let app = TestApp::setup().silent_model().start().await;
    let admin = app.admin().await;
    let planned = admin.post("/api/discussions", &tea_or_coffee()).await.expect(201);
    let run = admin.act(&path(&planned, "/runs")).await.expect(202);
    for other in [app.colleague(Role::Operator).await, app.stranger().await] {
        other.get(&path(&planned, "")).await.refused(404, "not_found");
        other.patch(&path(&planned, ""), &json!({ "rounds": 1 })).await.refused(404, "not_found");
        other.delete(&path(&planned, "")).await.refused(404, "not_found");
        other.get(&path(&planned, "/runs")).await.refused(404, "not_found");
        other.act(&path(&planned, "/runs")).await.refused(404, "not_found");
        other.get(&run_path(&run, "")).await.refused(404, "not_found");
        other.act(&run_path(&run, "/cancel")).await.refused(404, "not_found");
        assert_eq!(other.get("/api/discussions").await.ok()["items"], json!([]));
    }
    let viewer = app.colleague(Role::Viewer).await;
    viewer.post("/api/discussions", &tea_or_coffee()).await.refused(403, "not_authorized");
}
