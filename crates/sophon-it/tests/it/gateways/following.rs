//! Following on one gateway what another one does.

use serde_json::json;
use sophon_testkit::{Gate, ModelServer, Script};

use super::{joined, numbered};
use crate::support::{Cluster, Events, Hub, streamed};

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_is_told_on_another_gateway_with_the_same_numbers_in_the_same_order() {
    let words: Vec<String> = (0..30).map(|word| format!("word{word} ")).collect();
    let answer = words.concat();
    let said = answer.clone();
    let gate = Gate::new();
    let held = gate.clone();
    let model =
        ModelServer::start(move |_| Script::answer().text("So: ").wait(&held).text(&said).text("End.")).await;
    let Some(cluster) = Cluster::start(2, &model).await else { return };
    let session = cluster.session().await;
    let mut hubs = Vec::new();
    for gateway in &cluster.gateways {
        hubs.push(joined(&gateway.url, &session).await);
    }
    let mut streams = Vec::new();
    for gateway in &cluster.gateways {
        streams.push(Events::open(&gateway.url, &session, None).await);
    }
    let (_, worker) = cluster.begin_turn(&session, "Count.").await;
    // It is told while the turn runs, and not only at its end.
    for hub in &mut hubs {
        let begun = hub.events_until("StreamChunk").await;
        assert_eq!(streamed(&begun), "So: ", "worker {worker}");
    }
    gate.open();
    let mut told = Vec::new();
    for hub in &mut hubs {
        told.push(hub.events_until("TaskCompleted").await);
    }
    assert_eq!(numbered(&told[0]), numbered(&told[1]));
    assert!(numbered(&told[0]).is_sorted_by(|a, b| a.1 < b.1), "{:?}", numbered(&told[0]));
    let texts: Vec<String> = told.iter().map(|events| streamed(events)).collect();
    assert_eq!(texts, [format!("{answer}End."), format!("{answer}End.")]);
    let mut ids = Vec::new();
    for stream in &mut streams {
        let mut seen = Vec::new();
        loop {
            let (name, id, data) = stream.next().await.unwrap();
            if name != "typing" {
                seen.push((name.clone(), id));
            }
            if name == "presence" && data["status"] == "online" {
                break;
            }
        }
        ids.push(seen);
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_on_another_gateway_in_the_middle_of_a_sentence_gets_what_there_is_and_the_rest() {
    let gate = Gate::new();
    let held = gate.clone();
    let model = ModelServer::start(move |_| {
        Script::answer().text("One ").text("two ").text("three ").wait(&held).text("four.")
    })
    .await;
    let Some(cluster) = Cluster::start(2, &model).await else { return };
    let session = cluster.session().await;
    let (_, worker) = cluster.begin_turn(&session, "Count.").await;
    let mut first = joined(&cluster.gateways[worker].url, &session).await;
    gate.reached().await;
    let mut hub = Hub::connect(&cluster.gateways[cluster.other_than(worker)].url, "chat", None).await;
    // The words before the gate are published within a moment of it.
    let (so_far, rest) = loop {
        let joined = hub.invoke("JoinSession", json!({ "sessionId": session })).await;
        let pending = joined["result"]["pending"][0]["content"].as_str().map(str::to_owned);
        if let Some(pending) = pending.filter(|pending| pending.starts_with("One two three")) {
            gate.open();
            break (pending, streamed(&hub.events_until("TaskCompleted").await));
        }
    };
    assert_eq!((so_far + &rest).replace("three three ", "three "), "One two three four.");
    first.events_until("TaskCompleted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_goes_on_at_another_gateway_where_it_left_the_first() {
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let Some(cluster) = Cluster::start(2, &model).await else { return };
    let session = cluster.session().await;
    let (mut last, mut heard) = (0, Vec::new());
    for round in 0..6 {
        let gateway = &cluster.gateways[round % 2];
        let mut stream = Events::open(&gateway.url, &session, Some(last)).await;
        let mut hub = Hub::connect(&gateway.url, "chat", None).await;
        let rejoined = hub.invoke("JoinSession", json!({ "sessionId": session, "since": last })).await;
        assert_eq!(rejoined["result"]["complete"], true, "{rejoined}");
        let sent = cluster.http((round + 1) % 2).chat(Some(&session), &format!("Question {round}.")).await;
        loop {
            let (name, id, data) = stream.next().await.unwrap();
            assert_ne!(name, "resync");
            if let Ok(id) = id.parse::<u64>() {
                assert!(id > last || name == "typing", "{name} {id} after {last}");
                last = id.max(last);
            }
            if name == "message" {
                heard.push(data["messageId"].as_str().unwrap().to_owned());
            }
            // The answer, and then that the agent is there again.
            if name == "presence" && data["status"] == "online" && heard.len() == 2 * (round + 1) {
                break;
            }
        }
        let told = numbered(&hub.events_until("TaskCompleted").await);
        assert!(told.is_sorted_by(|a, b| a.1 < b.1), "{told:?}");
        cluster.http(0).ended(sent["taskId"].as_str().unwrap()).await;
    }
    let all = cluster.http(1).messages(&session).await;
    let all: Vec<_> = all.iter().map(|message| message["messageId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(heard, all, "each once");
}
