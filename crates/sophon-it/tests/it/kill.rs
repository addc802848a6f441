//! `kill -9` at random moments, under load: what was acknowledged is there, once, and every task comes to an end.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use crate::support::{Http, Process, soon};

const KILLS: u64 = 25;
/// Kills while a task waits for a person.
const KILLS_WHILE_WAITING: usize = 20;
const SENDERS: usize = 4;

/// Sends with a fresh key until the gateway is gone. A request without an answer is sent again to the next gateway:
/// it may or may not have been accepted, and counts once either way.
async fn send_until_killed(
    http: Http,
    sender: usize,
    round: u64,
    unknown: Option<String>,
) -> (Vec<String>, Option<String>) {
    let mut accepted = Vec::new();
    let mut retry = unknown;
    for number in 0_u64.. {
        let key = retry.take().unwrap_or_else(|| format!("{sender}-{round}-{number}"));
        let request = http
            .request(reqwest::Method::POST, "/api/chat")
            .header("idempotency-key", &key)
            .json(&json!({ "content": format!("hello (key {key})") }));
        match request.send().await {
            Ok(response) if response.status() == 202 => accepted.push(key),
            Ok(response) => panic!("unexpected status {}", response.status()),
            Err(_) => return (accepted, Some(key)),
        }
    }
    unreachable!("the gateway is killed sooner or later")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_over_25_kills() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let accepted = Arc::new(Mutex::new(Vec::new()));
    let mut unknown: Vec<Option<String>> = vec![None; SENDERS];
    for round in 0..KILLS {
        let gateway = Process::start(&data).await;
        let senders: Vec<_> = unknown
            .drain(..)
            .enumerate()
            .map(|(sender, unknown)| tokio::spawn(send_until_killed(gateway.http(), sender, round, unknown)))
            .collect();
        // Spread over the moments that matter, without chance in the test itself.
        tokio::time::sleep(Duration::from_millis(20 + (round * 37) % 300)).await;
        gateway.kill().await;
        for sender in senders {
            let (sent, left) = soon("the end of the senders", sender).await.unwrap();
            accepted.lock().unwrap().extend(sent);
            unknown.push(left);
        }
    }
    let accepted = std::mem::take(&mut *accepted.lock().unwrap());
    let gateway = Process::start(&data).await;
    let http = gateway.http();
    soon("the end of all work", async {
        while http.get("/api/tasks/active").await.1["items"] != json!([]) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;

    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, page) = http.get(&format!("/api/tasks/history?limit=200{cursor}")).await;
        for task in page["items"].as_array().unwrap() {
            assert_eq!(task["status"], "completed", "{task}");
            let description = task["description"].as_str().unwrap();
            found.push(description.split("(key ").nth(1).unwrap().trim_end_matches(')').to_owned());
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let once: HashSet<&String> = found.iter().collect();
    assert_eq!(once.len(), found.len(), "a key was applied twice");
    let lost: Vec<_> = accepted.iter().filter(|key| !once.contains(key)).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged messages are lost: {lost:?}", lost.len(), accepted.len());
    assert!(accepted.len() > 200, "only {} were acknowledged: too few to prove anything", accepted.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_are_asked_and_the_tasks_that_wait_survive_20_kills() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut gateway = Process::start(&data).await;
    let remember = gateway.http().chat(None, "remember that Oscar is a cat").await;
    let session = remember["sessionId"].as_str().unwrap().to_owned();
    let forget = gateway.http().chat(Some(&session), "forget everything").await;
    let paint = gateway.http().chat(None, "ask me which colour").await;
    let asked = waiting(&gateway.http()).await;
    for round in 0..KILLS_WHILE_WAITING {
        gateway.kill().await;
        gateway = Process::start(&data).await;
        assert_eq!(waiting(&gateway.http()).await, asked, "asked again after kill {round}");
    }
    let http = gateway.http();
    let [approval, question] = &asked;
    let (status, approved) = http.post(&format!("/api/approvals/{approval}/approve"), &json!({})).await;
    assert_eq!((status.as_u16(), &approved["outcome"]), (200, &json!("approved")));
    let answer = json!({ "response": "blue" });
    let (status, answered) = http.post(&format!("/api/info-requests/{question}/respond"), &answer).await;
    assert_eq!((status.as_u16(), &answered["status"]), (200, &json!("answered")));
    for (sent, result) in [(forget, "Entries forgotten: 1."), (paint, "blue")] {
        assert_eq!(came_to(&http, &sent).await, result);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_that_is_given_in_the_moment_of_a_kill_is_used_once_or_said_to_be_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut gateway = Process::start(&data).await;
    for round in 0..KILLS_WHILE_WAITING {
        let sent = gateway.http().chat(None, "forget everything").await;
        let approval = soon("an approval", async {
            loop {
                if let Some(id) = gateway.http().get("/api/approvals").await.1["items"][0]["id"].as_str() {
                    return format!("/api/approvals/{id}");
                }
            }
        });
        let approval = approval.await;
        let (http, approve) = (gateway.http(), format!("{approval}/approve"));
        let answering = tokio::spawn(async move {
            http.request(reqwest::Method::POST, &approve).send().await.is_ok_and(|it| it.status() == 200)
        });
        // Spread over the moments from before the answer to after the action.
        tokio::time::sleep(Duration::from_millis(round as u64 * 2)).await;
        gateway.kill().await;
        let was_told = soon("the end of the request", answering).await.unwrap();

        gateway = Process::start(&data).await;
        let http = gateway.http();
        let (status, again) = http.post(&format!("{approval}/approve"), &json!({})).await;
        match status.as_u16() {
            200 => assert!(!was_told, "what was told is lost after kill {round}"),
            409 => assert_eq!(again["error"]["details"]["outcome"], "approved"),
            _ => panic!("{status} {again}"),
        }
        let result = came_to(&http, &sent).await;
        let is_unknown = result.contains("not known");
        assert!(is_unknown || result == "Entries forgotten: 0.", "{result}");
        assert!(http.get(&approval).await.1["consumedAt"].is_string());
    }
}

/// Waits for the end of a task that must come to a good one, and gives the result of its tool call.
async fn came_to(http: &Http, sent: &serde_json::Value) -> String {
    let path = format!("/api/tasks/{}", sent["taskId"].as_str().unwrap());
    let task = soon("the end of the task", async {
        loop {
            let (_, task) = http.get(&path).await;
            if task["status"] != "running" {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let task = task.await;
    assert_eq!(task["status"], "completed", "{task}");
    task["toolCalls"][0]["result"].as_str().unwrap().to_owned()
}

/// Waits until an approval and a question wait for an answer, and their tasks for it. Gives the ids of the two.
async fn waiting(http: &Http) -> [String; 2] {
    soon("an approval and a question", async {
        loop {
            let (_, approvals) = http.get("/api/approvals").await;
            let (_, questions) = http.get("/api/info-requests").await;
            let (_, active) = http.get("/api/tasks/active").await;
            let tasks = active["items"].as_array().unwrap();
            let running = tasks.iter().filter(|task| task["status"] == "running").count();
            let [approval, question] = [approvals, questions].map(|list| list["items"][0]["id"].clone());
            if let (Some(approval), Some(question), 2) = (approval.as_str(), question.as_str(), running) {
                return [approval.to_owned(), question.to_owned()];
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
}

/// Without a limit of writes.
const FAST: [(&str, &str); 1] = [("SOPHON__RATE_LIMITS__WRITES", "1000000")];

/// Makes agents until the gateway is gone.
async fn make_until_killed(http: Http, maker: usize, round: u64) {
    for number in 0_u64.. {
        let name = json!({ "name": format!("agent {maker} {round} {number}") });
        if http.request(reqwest::Method::POST, "/api/agents").json(&name).send().await.is_err() {
            return;
        }
    }
}

/// All items of a list.
async fn all(http: &Http, list: &str) -> Vec<serde_json::Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, page) = http.get(&format!("{list}limit=200{cursor}")).await;
        found.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_action_is_without_its_entry_and_no_entry_without_its_action_over_25_kills() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for round in 0..KILLS {
        let gateway = Process::start_with(&data, &FAST).await;
        let makers: Vec<_> =
            (0..SENDERS).map(|maker| tokio::spawn(make_until_killed(gateway.http(), maker, round))).collect();
        tokio::time::sleep(Duration::from_millis(20 + (round * 37) % 300)).await;
        gateway.kill().await;
        for maker in makers {
            soon("the end of the makers", maker).await.unwrap();
        }
    }
    let gateway = Process::start_with(&data, &FAST).await;
    let http = gateway.http();
    let id = |item: &serde_json::Value| item.as_str().unwrap().to_owned();
    let agents = all(&http, "/api/agents?").await;
    let made = agents.iter().filter(|agent| agent["name"].as_str().unwrap().starts_with("agent "));
    let made: HashSet<String> = made.map(|agent| id(&agent["id"])).collect();
    let entries = all(&http, "/api/admin/audit?action=agent.create&").await;
    let told: HashSet<String> = entries.iter().map(|entry| id(&entry["resource"]["id"])).collect();
    assert_eq!(told.len(), entries.len(), "an action has two entries");
    assert_eq!(told, made);
    assert!(made.len() > 200, "only {} were made: too few to prove anything", made.len());

    let exported = http.request(reqwest::Method::GET, "/api/admin/audit/export").send().await.unwrap();
    let exported = exported.text().await.unwrap();
    let checkpoints = std::fs::read_to_string(data.join("audit-checkpoints")).unwrap();
    let mut verifier = sophon_core::audit::verify::Verifier::new(None);
    for (number, line) in (1..).zip(checkpoints.lines()) {
        verifier.checkpoint(number, line);
    }
    exported.lines().for_each(|line| verifier.entry(line));
    let report = verifier.finish();
    assert!(report.is_sound(), "{report:?}");
    assert!(report.checkpoints >= KILLS, "{report:?}");
}
