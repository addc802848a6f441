//! What is asked of one gateway reaches what another one has: a turn, a connection, a machine.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sophon_testkit::{Gate, ModelServer, Script};
use tokio::time::timeout;

use crate::nodes::{pair_at, start};
use crate::support::{Cluster, Hub, soon};

/// How long a right may count elsewhere that has ended on one gateway.
const REVOKED_WITHIN: Duration = Duration::from_secs(5);
/// The same while no gateway is told.
const REVOKED_WITHOUT_NATS_WITHIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_is_cancelled_at_once_from_another_gateway() {
    let gate = Gate::new();
    let held = gate.clone();
    let model = ModelServer::start(move |_| Script::answer().text("Well").wait(&held)).await;
    // The worker looks by itself when it renews its leases: every ten seconds with these.
    let long_leases = [("SOPHON__AGENTS__LEASE_SECONDS", "30")];
    let Some(cluster) = Cluster::start_with(2, &model, &long_leases).await else { return };
    let session = cluster.session().await;
    let (task, worker) = cluster.begin_turn(&session, "Talk.").await;
    gate.reached().await;
    let asked = Instant::now();
    let other = cluster.http(cluster.other_than(worker));
    let (status, cancelled) = other.post(&format!("/api/tasks/{task}/cancel"), &json!({})).await;
    assert!(status.is_success(), "{cancelled}");
    assert_eq!(other.ended(&task).await["status"], "cancelled");
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    gate.open();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_revoked_on_one_gateway_is_gone_on_the_other_at_once() {
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let Some(cluster) = Cluster::start(2, &model).await else { return };
    assert_a_revoked_token_is_gone_within(&cluster, REVOKED_WITHIN).await;
}

/// The only test here that takes half a minute: that is how long it may take.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_revoked_while_nats_is_away_is_gone_within_30_seconds() {
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let Some(mut cluster) = Cluster::start(2, &model).await else { return };
    cluster.nats.kill().await;
    cluster.until_alone().await;
    assert_a_revoked_token_is_gone_within(&cluster, REVOKED_WITHOUT_NATS_WITHIN).await;
}

/// Revokes on one gateway a token whose owner is connected to the other.
async fn assert_a_revoked_token_is_gone_within(cluster: &Cluster, limit: Duration) {
    let (status, made) = cluster.http(1).post("/api/auth/tokens", &json!({ "name": "script" })).await;
    assert_eq!(status, 201, "{made}");
    let (id, secret) = (made["apiToken"]["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let mut hub = Hub::connect(&cluster.gateways[0].url, "chat", Some(secret)).await;
    let path = format!("/api/auth/tokens/{id}");
    let revoked = cluster.http(1).request(reqwest::Method::DELETE, &path).send().await.unwrap();
    assert!(revoked.status().is_success());
    let (status, _) = cluster.http(0).with_token(secret).get("/api/sessions").await;
    assert_eq!(status, 401, "a request is judged by what is stored");
    let close = timeout(limit, hub.next_record()).await.expect("the connection ends in time").unwrap();
    assert_eq!(close["type"], 7, "{close}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_gateways_let_in_no_more_requests_than_one() {
    const IN_A_MINUTE: u64 = 60;
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let Some(cluster) = Cluster::start(3, &model).await else { return };
    let began = Instant::now();
    let mut let_in = 0;
    for request in 0..3 * IN_A_MINUTE {
        let http = cluster.http(request as usize % 3);
        let (status, _) = http.post("/api/auth/tokens", &json!({ "name": "" })).await;
        let_in += u64::from(status != 429);
    }
    // One comes back each second; what is on its way to another gateway may be given twice.
    let most = (IN_A_MINUTE + began.elapsed().as_secs() + 1) * 11 / 10;
    assert!((IN_A_MINUTE..=most).contains(&let_in), "{let_in} of {most}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_gateways_together_give_a_stranger_no_more_attempts_than_one() {
    const IN_A_MINUTE: u64 = 10;
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let Some(cluster) = Cluster::start(3, &model).await else { return };
    let began = Instant::now();
    let mut tried = 0;
    for attempt in 0..3 * IN_A_MINUTE {
        let guess = json!({ "email": "admin@example.com", "password": format!("a wrong guess {attempt}") });
        let (status, _) = cluster.http(attempt as usize % 3).post("/api/auth/login", &guess).await;
        tried += u64::from(status == 401);
    }
    let most = IN_A_MINUTE + began.elapsed().as_secs() / 6 + 1;
    assert!((IN_A_MINUTE..=most).contains(&tried), "{tried} of {most}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_reaches_a_machine_that_is_connected_to_another_gateway() {
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let Some(cluster) = Cluster::start(2, &model).await else { return };
    let data = tempfile::tempdir().unwrap();
    let path = pair_at(&cluster.gateways[0].url, &cluster.http(0), data.path(), &["system.info"]).await;
    let _machine = start(data.path());
    cluster.http(1).node_online(&path).await;
    let mut fastest = Duration::MAX;
    for _ in 0..5 {
        let sent = Instant::now();
        let (_, told) =
            cluster.http(1).post(&format!("{path}/command"), &json!({ "command": "system.info" })).await;
        assert_eq!(told["status"], "completed", "{told}");
        fastest = fastest.min(sent.elapsed());
    }
    // Without being told, a gateway looks every two seconds, on the way there and back.
    assert!(fastest < Duration::from_secs(1), "{fastest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_busy_or_drains_hands_its_work_over_at_once() {
    let gates: [Gate; 2] = [Gate::new(), Gate::new()];
    let held = gates.clone();
    let model = ModelServer::start(move |request| {
        let first = request.last_text().contains("first");
        Script::answer().text("Well").wait(&held[usize::from(!first)])
    })
    .await;
    let workers = [("SOPHON__AGENTS__WORKERS", "1")];
    let Some(cluster) = Cluster::start_with(2, &model, &workers).await else { return };
    let (one, other) = (cluster.session().await, cluster.session().await);
    let (_, worker) = cluster.begin_turn(&one, "The first.").await;
    gates[0].reached().await;
    let sent = Instant::now();
    cluster.http(worker).chat(Some(&other), "The second.").await;
    gates[1].reached().await;
    // A gateway that is not told looks every five seconds.
    assert!(sent.elapsed() < Duration::from_secs(4), "{:?}", sent.elapsed());
    gates.iter().for_each(Gate::open);
    soon("the end of both turns", async {
        while cluster.http(0).get("/api/tasks/active").await.1["items"] != Value::Array(Vec::new()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_gateway_lists_all_and_says_how_they_are() {
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let Some(mut cluster) = Cluster::start(2, &model).await else { return };
    let http = cluster.http(0);
    let listed = async |wanted: usize, what: &str| {
        soon(what, async {
            loop {
                let (_, gateways) = http.get("/api/ops/gateways").await;
                let gateways = gateways["items"].as_array().unwrap().clone();
                if gateways.len() == wanted {
                    return gateways;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await
    };
    for gateway in listed(2, "both gateways").await {
        assert_eq!(gateway["state"], "running", "{gateway}");
        assert!(gateway["name"].as_str().unwrap().contains(':'), "{gateway}");
        assert!(gateway["missingEvents"].is_u64() && gateway["leases"].is_u64(), "{gateway}");
    }
    let (_, health) = http.get("/api/health").await;
    assert_eq!(health, json!({ "status": "ok", "backplaneConnected": true }));
    // One that stops in good order leaves the list.
    assert_eq!(cluster.gateways.remove(1).terminate().await, Some(0));
    listed(1, "the one that is left").await;
    cluster.nats.kill().await;
    cluster.until_alone().await;
    let (status, health) = http.get("/api/health").await;
    assert_eq!((status.as_u16(), &health["backplaneConnected"]), (200, &json!(false)));
}
