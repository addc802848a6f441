//! One gateway after the other is restarted behind a load balancer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use sophon_testkit::{ModelServer, Script};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::support::{Cluster, HaProxy, Http, soon};

/// How often a request is sent.
const PACE: Duration = Duration::from_millis(20);

/// Every fourth request makes a session under a key, the others read.
async fn ask(http: &Http, number: usize) -> Result<(), String> {
    let request = if number.is_multiple_of(4) {
        let key = format!("rolling-{number}");
        let made = json!({ "title": format!("Session {number}") });
        http.request(Method::POST, "/api/sessions").header("Idempotency-Key", key).json(&made)
    } else {
        http.request(Method::GET, "/api/sessions?limit=1")
    };
    let answer = request.send().await.map_err(|error| format!("request {number}: {error:?}"))?;
    let status = answer.status();
    let body = answer.text().await.map_err(|error| format!("request {number}: {error:?}"))?;
    if status.is_success() { Ok(()) } else { Err(format!("request {number}: {status} {body}")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_may_be_repeated_fails_while_each_gateway_is_restarted() {
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let unlimited = [("SOPHON__RATE_LIMITS__WRITES", "1000000")];
    let Some(mut cluster) = Cluster::start_with(3, &model, &unlimited).await else { return };
    let Some(proxy) = HaProxy::start(&cluster.gateways).await else { return };
    let (sent, failures) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let load = tokio::spawn({
        let (http, sent, failures) = (Http::new(&proxy.url), sent.clone(), failures.clone());
        async move {
            let (mut asked, mut pace) = (JoinSet::new(), tokio::time::interval(PACE));
            loop {
                pace.tick().await;
                let number = sent.fetch_add(1, Ordering::Relaxed);
                let (http, failures) = (http.clone(), failures.clone());
                asked.spawn(async move {
                    if let Err(failure) = ask(&http, number).await {
                        failures.lock().await.push(failure);
                    }
                });
                while asked.try_join_next().is_some() {}
            }
        }
    });
    for gateway in 0..cluster.gateways.len() {
        let before = sent.load(Ordering::Relaxed);
        cluster.restart(gateway).await;
        proxy.until_all_are_up(cluster.gateways.len()).await;
        soon("some requests to all gateways", async {
            while sent.load(Ordering::Relaxed) < before + 50 {
                tokio::time::sleep(PACE).await;
            }
        })
        .await;
    }
    load.abort();
    let failures = failures.lock().await;
    assert!(
        failures.is_empty(),
        "{} of {}: {:#?}",
        failures.len(),
        sent.load(Ordering::Relaxed),
        &failures[..3.min(failures.len())]
    );
    let mut titles = titles(&cluster.http(0)).await;
    titles.sort_unstable();
    assert!(
        !titles.is_empty() && titles.windows(2).all(|pair| pair[0] != pair[1]),
        "one is doubled: {titles:?}"
    );
}

async fn titles(http: &Http) -> Vec<String> {
    let (mut titles, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, page) = http.get(&format!("/api/sessions?limit=200&cursor={cursor}")).await;
        titles.extend(page["items"].as_array().unwrap().iter().map(|session| session["title"].to_string()));
        match page["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return titles,
        }
    }
}
