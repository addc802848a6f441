//! What is killed, stopped or cut off.

use std::time::Duration;

use serde_json::json;
use sophon_testkit::{Gate, ModelServer, Script};

use super::{joined, numbered};
use crate::support::{Cluster, Http, is_at_work, soon, streamed};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_nats_is_killed_in_the_middle_and_comes_back_empty() {
    let gates: [Gate; 2] = [Gate::new(), Gate::new()];
    let held = gates.clone();
    let model = ModelServer::start(move |_| {
        Script::answer().text("One ").wait(&held[0]).text("two ").wait(&held[1]).text("three.")
    })
    .await;
    let Some(mut cluster) = Cluster::start(2, &model).await else { return };
    let session = cluster.session().await;
    let mut hubs = Vec::new();
    for gateway in &cluster.gateways {
        hubs.push(joined(&gateway.url, &session).await);
    }
    let (_, worker) = cluster.begin_turn(&session, "Count.").await;
    let other = cluster.other_than(worker);
    gates[0].reached().await;
    hubs[other].events_until("StreamChunk").await;
    cluster.nats.kill().await;
    cluster.until_alone().await;
    // Said while nobody is told, but for one message that is stored.
    gates[0].open();
    gates[1].reached().await;
    cluster.http(worker).chat(Some(&session), "And another question.").await;
    let heard = hubs[other].events_until("ReceiveMessage").await;
    assert_eq!(heard.last().unwrap().1["content"], "And another question.");
    cluster.nats.come_back().await;
    cluster.until_connected().await;
    gates[1].open();
    let mut told = Vec::new();
    for (at, hub) in hubs.iter_mut().enumerate() {
        let mut events = hub.events_until("TaskCompleted").await;
        events.extend(hub.events_until("TaskCompleted").await);
        told.push(if at == other { [heard.clone(), events].concat() } else { events });
    }
    let from = numbered(&told[other])[0].1;
    let of_worker: Vec<_> =
        numbered(&told[worker]).into_iter().filter(|(_, number)| *number >= from).collect();
    assert_eq!(numbered(&told[other]), of_worker, "each once, in one order");
    let answers = told[other].iter().filter(|(name, _)| name == "ReceiveMessage");
    let answers: Vec<_> = answers.map(|(_, message)| message["content"].as_str().unwrap()).collect();
    assert!(answers.contains(&"One two three."), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_starts_and_serves_without_nats_and_finds_it_later() {
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let Some(mut cluster) = Cluster::start(1, &model).await else { return };
    cluster.nats.kill().await;
    cluster.add().await;
    cluster.until_alone().await;
    let session = cluster.session().await;
    let mut hub = joined(&cluster.gateways[1].url, &session).await;
    cluster.http(0).chat(Some(&session), "Are you there?").await;
    hub.events_until("TaskCompleted").await;
    cluster.nats.come_back().await;
    cluster.until_connected().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_elsewhere_sees_a_turn_go_on_whose_gateway_was_killed() {
    let gate = Gate::new();
    let held = gate.clone();
    let model = ModelServer::start(move |_| Script::answer().text("One ").wait(&held).text("two.")).await;
    let Some(mut cluster) = Cluster::start(2, &model).await else { return };
    let session = cluster.session().await;
    let (task, worker) = cluster.begin_turn(&session, "Count.").await;
    let other = cluster.other_than(worker);
    let mut hub = joined(&cluster.gateways[other].url, &session).await;
    gate.reached().await;
    let watched = cluster.http(other);
    cluster.gateways.remove(worker).kill().await;
    gate.open();
    let events = hub.events_until("TaskCompleted").await;
    assert!(
        events.iter().any(|(name, status)| name == "AgentStatus" && status["status"] == "resuming"),
        "{events:?}"
    );
    assert_eq!(streamed(&events), "One two.");
    let told = numbered(&events);
    assert!(told.is_sorted_by(|a, b| a.1 < b.1), "{told:?}");
    assert_eq!(watched.ended(&task).await["status"], "completed");
    assert_eq!(answers(&watched, &session).await, ["One two."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_slept_for_longer_than_its_lease_writes_nothing_when_it_wakes() {
    let gates: [Gate; 2] = [Gate::new(), Gate::new()];
    let held = gates.clone();
    let asked = std::sync::atomic::AtomicUsize::new(0);
    // Of the two workers each has an answer of its own.
    let model = ModelServer::start(move |_| {
        let at = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst).min(1);
        Script::answer().text(["Old", "New"][at]).wait(&held[at]).text(" answer.")
    })
    .await;
    let Some(cluster) = Cluster::start(2, &model).await else { return };
    let session = cluster.session().await;
    let (task, worker) = cluster.begin_turn(&session, "Answer.").await;
    gates[0].reached().await;
    let other = cluster.http(cluster.other_than(worker));
    let mut hub = joined(&cluster.gateways[cluster.other_than(worker)].url, &session).await;
    cluster.gateways[worker].signal("STOP").await;
    gates[1].reached().await;
    // What the model says to the old worker is in its socket when it wakes.
    gates[0].open();
    cluster.gateways[worker].signal("CONT").await;
    soon("the old worker has noticed", async {
        while is_at_work(&cluster.http(worker)).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    gates[1].open();
    let events = hub.events_until("TaskCompleted").await;
    assert_eq!(other.ended(&task).await["status"], "completed");
    assert_eq!(answers(&other, &session).await, ["New answer."]);
    assert_eq!(streamed(&events), "New answer.", "{events:?}");
}

/// What agents said in a session.
async fn answers(http: &Http, session: &str) -> Vec<String> {
    let messages = http.messages(session).await;
    let answers = messages.iter().filter(|message| message["role"] != "user");
    answers.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_many_gateways_at_once_are_told_alike_everywhere() {
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let Some(cluster) = Cluster::start(3, &model).await else { return };
    let session = cluster.session().await;
    let mut hubs = Vec::new();
    for gateway in &cluster.gateways {
        hubs.push(joined(&gateway.url, &session).await);
    }
    let marking: Vec<_> = (0..3)
        .map(|gateway| {
            let (http, path) = (cluster.http(gateway), format!("/api/sessions/{session}"));
            tokio::spawn(async move {
                for round in 0..15 {
                    let title = json!({ "title": format!("{gateway} {round}") });
                    let request = http.request(reqwest::Method::PATCH, &path).json(&title);
                    assert!(request.send().await.unwrap().status().is_success());
                }
            })
        })
        .collect();
    for marked in marking {
        soon("the end of the changes", marked).await.unwrap();
    }
    let mut told = Vec::new();
    for hub in &mut hubs {
        let mut events = Vec::new();
        while events.len() < 45 {
            let (name, payload) = hub.event().await;
            let seq = payload["seq"].as_u64();
            // That the session was made may only now be told, aside, to the user who has just connected.
            if name == "SessionUpdated" && seq != Some(0) {
                events.push((seq.unwrap(), payload["title"].clone()));
            }
        }
        told.push(events);
    }
    assert!(told[0].is_sorted_by(|a, b| a.0 < b.0), "{:?}", told[0]);
    assert_eq!(told[0], told[1]);
    assert_eq!(told[1], told[2]);
}
