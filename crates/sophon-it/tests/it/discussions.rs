//! A run of a discussion, as the hub tells it.

use serde_json::{Value, json};
use sophon_testkit::{Gate, ModelServer, Script};

use crate::support::{App, Hub};

/// Panelists say "Tea." once the gate is open, and the judge decides for it.
async fn for_tea(gate: &Gate) -> ModelServer {
    let gate = gate.clone();
    let verdict = json!({ "recommendation": "Tea.", "reasoning": "It keeps.", "confidence": 0.5, "keyPoints": [],
        "dissent": ["Coffee wakes."] });
    ModelServer::start(move |request| {
        if request.last_text().ends_with("Give your verdict.") {
            Script::say(&verdict.to_string())
        } else {
            Script::answer().wait(&gate).text("Tea.")
        }
    })
    .await
}

async fn start(app: &App) -> Value {
    let new = json!({ "topic": "Tea or coffee?", "rounds": 1,
        "panelists": [{ "name": "Ada", "persona": "You doubt." }, "sophon"] });
    let planned = app.http().post("/api/discussions", &new).await.1;
    let runs = format!("/api/discussions/{}/runs", planned["id"].as_str().unwrap());
    app.http().post(&runs, &json!({})).await.1
}

#[tokio::test]
async fn who_subscribes_is_told_of_the_run_and_who_comes_back_of_what_it_missed() {
    let gate = Gate::new();
    let model = for_tea(&gate).await;
    let app = App::with_model(&model).await;
    let mut hub = Hub::connect(&app.url(), "discussion", None).await;
    let run = start(&app).await;
    gate.reached().await;
    let subscribed =
        hub.invoke("Subscribe", json!({ "runId": run["runId"], "since": 0 })).await["result"].take();
    assert_eq!((&subscribed["status"], &subscribed["complete"]), (&json!("running"), &json!(true)));
    gate.open();
    let events = hub.events_until("DiscussionCompleted").await;
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    let expected =
        ["DiscussionStarted", "RoundStarted", "TurnStarted", "TurnStarted", "TurnCompleted", "TurnCompleted"];
    assert_eq!(names, [&expected[..], &["JudgeStarted", "Verdict", "DiscussionCompleted"]].concat());
    assert!(events.iter().all(|(_, payload)| payload["runId"] == run["runId"]));
    let (started, turn, ended) = (&events[0].1, &events[4].1, &events[8].1);
    assert_eq!((&started["topic"], &started["panelists"]), (&run["topic"], &run["panelists"]));
    assert_eq!((&turn["status"], &turn["roundNumber"]), (&json!("completed"), &json!(1)));
    assert_eq!(events[7].1["verdict"]["dissent"], json!(["Coffee wakes."]));
    let path = format!("/api/discussions/runs/{}", run["runId"].as_str().unwrap());
    let shown = app.http().get(&path).await.1;
    assert_eq!(ended["verdictHash"], shown["verdictHash"]);

    let mut late = Hub::connect(&app.url(), "discussion", None).await;
    let since = json!({ "runId": run["runId"], "since": events[3].1["seq"] });
    let caught_up = late.invoke("Subscribe", since).await["result"].take();
    assert_eq!((&caught_up["status"], &caught_up["complete"]), (&json!("completed"), &json!(true)));
    assert_eq!(late.events_until("DiscussionCompleted").await, events[4..]);
}

#[tokio::test]
async fn a_run_is_cancelled_on_the_hub_and_a_run_that_nobody_has_is_not_followed() {
    let gate = Gate::new();
    let model = for_tea(&gate).await;
    let app = App::with_model(&model).await;
    let mut hub = Hub::connect(&app.url(), "discussion", None).await;
    let run = start(&app).await;
    hub.invoke("Subscribe", run["runId"].clone()).await;
    gate.reached().await;
    let cancelled = hub.invoke("CancelRun", json!({ "runId": run["runId"] })).await;
    assert!(cancelled["error"].is_null(), "{cancelled}");
    let events = hub.events_until("DiscussionCancelled").await;
    let last = &events.last().unwrap().1;
    assert!(last["cancelledBy"].as_str().unwrap().starts_with("usr_"), "{last}");
    for method in ["Subscribe", "CancelRun"] {
        let refused = hub.invoke(method, json!({ "runId": "drun_nobody" })).await;
        assert!(refused["error"].as_str().unwrap().contains("not_found"), "{refused}");
    }
    let again = hub.invoke("CancelRun", run["runId"].clone()).await;
    assert!(again["error"].as_str().unwrap().contains("conflict"), "{again}");
}
