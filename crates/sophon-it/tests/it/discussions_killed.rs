//! `kill -9` in the middle of a discussion: it goes on, and nothing that was said is lost or said twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use sophon_testkit::{Gate, ModelServer, Script};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::support::{Http, Hub, Process};

const PANELISTS: [&str; 4] = ["Ada", "Bob", "Cy", "Dan"];
const ROUNDS: usize = 3;
/// What each of them says, each time.
const SAID: &str = "Tea, says everybody.";
/// Where the lease of a killed gateway has to run out first, it is half a minute until another one goes on.
const PATIENCE: Duration = Duration::from_mins(2);

/// A gateway with a model, and where it keeps what it knows.
struct Place {
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
    /// Where the turns wait in the middle of what they say, round by round: a gateway that is killed when one has ended
    /// is killed in the middle of the next.
    gates: Vec<Gate>,
    _model: ModelServer,
}

impl Place {
    async fn with(database: Option<String>) -> Self {
        let verdict = json!({ "recommendation": "Tea.", "reasoning": "It keeps.", "confidence": 0.5,
            "keyPoints": [], "dissent": [] });
        let gates: Vec<_> = (0..PANELISTS.len() * ROUNDS).map(|_| Gate::new()).collect();
        let turns = gates.clone();
        let model = ModelServer::start(move |request| {
            let system = request.body["messages"][0]["content"].as_str().unwrap();
            match PANELISTS.iter().position(|name| system.contains(&format!("You are {name} "))) {
                None => Script::say(&verdict.to_string()),
                Some(place) => {
                    let round = request.body.to_string().matches(SAID).count() / PANELISTS.len();
                    let (begun, rest) = SAID.split_at(5);
                    Script::answer().text(begun).wait(&turns[round * PANELISTS.len() + place]).text(rest)
                }
            }
        })
        .await;
        let mut environment = vec![
            ("OPENAI_BASE_URL", model.openai_url()),
            ("OPENAI_API_KEY", "key".into()),
            ("SOPHON_MODEL", "scripted-1".into()),
        ];
        environment.extend(database.map(|url| ("SOPHON__DATABASE__URL", url)));
        Self { folder: tempfile::tempdir().unwrap(), environment, gates, _model: model }
    }

    async fn start(&self) -> Process {
        let environment: Vec<_> = self.environment.iter().map(|(name, value)| (*name, &**value)).collect();
        Process::start_with(&self.folder.path().join("data"), &environment).await
    }
}

async fn begin(http: &Http) -> String {
    let panelists = PANELISTS.map(|name| json!({ "name": name, "persona": "You like tea." }));
    let new = json!({ "topic": "Tea or coffee?", "rounds": ROUNDS, "panelists": panelists });
    let planned = http.post("/api/discussions", &new).await.1;
    let runs = format!("/api/discussions/{}/runs", planned["id"].as_str().unwrap());
    let (status, run) = http.post(&runs, &json!({})).await;
    assert_eq!(status, 202, "{run}");
    run["runId"].as_str().unwrap().to_owned()
}

/// The run, once it has ended or more than `turns` turns have.
async fn after(http: &Http, run: &str, turns: usize) -> Value {
    let path = format!("/api/discussions/runs/{run}");
    let looking = async {
        loop {
            let shown = http.get(&path).await.1;
            if shown["endedAt"].is_string() || ended_turns(&shown).len() > turns {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, looking).await.expect("the run goes on")
}

/// The turns that have ended, by round and panelist.
fn ended_turns(run: &Value) -> BTreeMap<String, Value> {
    let ended = run["turns"].as_array().unwrap().iter().filter(|turn| turn["endedAt"].is_string());
    ended.map(|turn| (turn_name(&turn["round"], &turn["panelistId"]), turn.clone())).collect()
}

fn turn_name(round: &Value, panelist: &Value) -> String {
    format!("{round} {panelist}")
}

/// Kills the gateway so often, each time that something more was said, and looks at what is left at the end.
async fn assert_a_run_survives(place: Place, kills: usize) {
    let mut gateway = place.start().await;
    let run = begin(&gateway.http()).await;
    let mut kept = BTreeMap::new();
    let (before_kills, after_kills) = place.gates.split_at(kills);
    for gate in before_kills {
        gate.open();
        let shown = after(&gateway.http(), &run, kept.len()).await;
        assert_eq!(shown["endedAt"], Value::Null, "{shown}");
        let ended = ended_turns(&shown);
        assert!(kept.iter().all(|(name, turn)| ended.get(name) == Some(turn)), "{kept:?} {ended:?}");
        kept = ended;
        gateway.kill().await;
        gateway = place.start().await;
    }
    after_kills.iter().for_each(Gate::open);
    let shown = after(&gateway.http(), &run, usize::MAX).await;
    assert_eq!((&shown["status"], &shown["error"]), (&json!("completed"), &Value::Null));
    assert_eq!(shown["verdict"]["recommendation"], "Tea.");
    let turns = ended_turns(&shown);
    assert_eq!(shown["turns"].as_array().unwrap().len(), PANELISTS.len() * ROUNDS);
    assert_eq!(turns.len(), PANELISTS.len() * ROUNDS);
    assert!(turns.values().all(|turn| turn["content"] == SAID), "{turns:?}");
    assert!(kept.iter().all(|(name, turn)| turns.get(name) == Some(turn)), "what was said is kept as it was");

    // The record tells each end once.
    let mut hub = Hub::connect(&gateway.url, "discussion", None).await;
    let subscribed = hub.invoke("Subscribe", json!({ "runId": run, "since": 0 })).await["result"].take();
    assert_eq!(subscribed["complete"], true, "{subscribed}");
    let told = hub.events_until("DiscussionCompleted").await;
    let completed: Vec<_> = told.iter().filter(|(name, _)| name == "TurnCompleted").collect();
    let once: BTreeSet<_> =
        completed.iter().map(|(_, turn)| turn_name(&turn["roundNumber"], &turn["panelistId"])).collect();
    assert_eq!((completed.len(), once.len()), (turns.len(), turns.len()), "{told:?}");
    for event in ["DiscussionStarted", "JudgeStarted", "Verdict"] {
        assert_eq!(told.iter().filter(|(name, _)| name == event).count(), 1, "{event}: {told:?}");
    }
    gateway.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_over_10_kills() {
    assert_a_run_survives(Place::with(None).await, 10).await;
}

/// Each kill costs the half minute of a lease here. The only test that has the server's own schema.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_over_2_kills_on_postgres() {
    if let Some(url) = postgres_url() {
        assert_a_run_survives(Place::with(Some(url)).await, 2).await;
    }
}

/// The server to test on (`scripts/with-postgres` starts one); without it there is nothing to be tested there.
#[expect(clippy::disallowed_methods, reason = "a test has no configuration but its environment")]
fn postgres_url() -> Option<String> {
    std::env::var("SOPHON_TEST_POSTGRES_URL").ok()
}
