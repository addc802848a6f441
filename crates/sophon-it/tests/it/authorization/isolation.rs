//! What is another tenant's, or somebody else's, does not exist: the answer is that to an id which nobody has.

use reqwest::Method;
use serde_json::json;
use sophon_model::{Permissions, Role};

use super::asker::{Asker, Is};
use super::calls::{Answer, call, invoke, send};
use super::fixtures::{Belongings, belongings, command_of, nothing};
use super::table::{HUBS, Line, REST, Who};
use crate::support::{App, Person};

/// Those who must not learn of what the first administrator has: everybody in another tenant, and for what has an owner
/// a colleague who may do the same with things of its own.
struct Others {
    stranger: Asker,
    stranger_node: Asker,
    colleagues: Vec<(Who, Asker)>,
}

impl Others {
    async fn of(app: &App) -> Self {
        let elsewhere = app.tenant("acme").await;
        let stranger = app.person(&elsewhere, Role::Admin).await;
        let node = stranger.node().await;
        let stranger_node =
            Asker { name: "a stranger's node".into(), token: Some(node.token.clone()), is: Is::Node(node) };
        let mut colleagues: Vec<(Who, Asker)> = Vec::new();
        for who in REST.iter().chain(HUBS).map(|line| line.who).filter(|who| who.is_owned()) {
            if colleagues.iter().all(|(other, _)| *other != who) {
                let permissions: Vec<_> = who.permission().into_iter().collect();
                let tenant = app.admin().await.caller.tenant;
                let colleague = app.person_with(&tenant, Permissions::of(&permissions)).await;
                colleagues.push((who, signed_in("a colleague", colleague).await));
            }
        }
        Self { stranger: signed_in("a stranger", stranger).await, stranger_node, colleagues }
    }

    fn for_line(&self, who: Who) -> impl Iterator<Item = &Asker> {
        let stranger = if who == Who::Node { &self.stranger_node } else { &self.stranger };
        let colleagues = self.colleagues.iter().filter(move |(other, _)| *other == who);
        std::iter::once(stranger).chain(colleagues.map(|(_, asker)| asker))
    }
}

async fn signed_in(name: &str, person: Person) -> Asker {
    Asker { name: name.into(), token: Some(person.sign_in().await), is: Is::Person(Box::new(person)) }
}

fn with_things(table: &[Line]) -> impl Iterator<Item = &Line> {
    let is_somebodys = |line: &&Line| !line.thing.is_empty() && !matches!(line.who, Who::HavingInMain(_));
    table.iter().filter(is_somebodys)
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_does_not_know_what_is_somebody_elses() {
    let app = App::for_many().await;
    let others = Others::of(&app).await;
    let (mut asked, mut wrong) = (0, Vec::new());
    for line in with_things(REST) {
        let theirs = belongings(&app.started.gateway, &app.admin().await.caller).await;
        for asker in others.for_line(line.who) {
            let answer = call(&app, line, asker.token.as_deref(), &theirs).await;
            let unknown = call(&app, line, asker.token.as_deref(), &nothing(&theirs)).await;
            asked += 1;
            if answer.status != 404 || answer != unknown {
                wrong.push(format!(
                    "{} by {}: {answer:?}, and of nothing {unknown:?}",
                    line.operation, asker.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked >= 50, "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hubs_do_not_know_what_is_somebody_elses() {
    let app = App::for_many().await;
    let others = Others::of(&app).await;
    let (mut asked, mut wrong) = (0, Vec::new());
    for line in with_things(HUBS) {
        let theirs = belongings(&app.started.gateway, &app.admin().await.caller).await;
        for asker in others.for_line(line.who) {
            let answer = invoke(&app, line, asker.token.as_deref(), &theirs).await;
            let unknown = invoke(&app, line, asker.token.as_deref(), &nothing(&theirs)).await;
            asked += 1;
            let is_unknown = matches!(&answer, Ok(Some(error)) if error.contains("not_found: "));
            if !is_unknown || answer != unknown {
                wrong.push(format!(
                    "{} by {}: {answer:?}, and of nothing {unknown:?}",
                    line.operation, asker.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked >= 12, "{asked}");
}

/// Calls that name a thing beside the one in their path, which is the caller's own; what they name is not.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("POST", "/api/chat", r#"{"content":"hi","agentId":"$agent"}"#),
    ("POST", "/api/sessions", r#"{"agentId":"$agent"}"#),
    ("POST", "/api/sessions/{session}/fork", r#"{"fromMessageId":"$message"}"#),
    ("GET", "/api/nodes/{node}/commands/$command", ""),
    ("GET", "/api/sessions/$session/stream", ""),
    ("POST", "/api/discussions", r#"{"topic":"T","panelists":["$agent","$agent"]}"#),
];
/// Lists that are narrowed to a thing: that which is not there gives an empty one.
const FILTERS: &[&str] = &[
    "/api/sessions?agent=$agent",
    "/api/tasks/history?session=$session",
    "/api/tasks/history?agent=$agent",
    "/api/approvals?session=$session",
    "/api/approvals?agent=$agent",
    "/api/approvals/history?session=$session",
];

/// An answer may repeat the id that it was asked for.
fn without_ids(answer: &Answer, ids: &Belongings) -> String {
    ids.values().fold(format!("{answer:?}"), |text, id| text.replace(id, "…"))
}

fn fill(text: &str, own: &Belongings, theirs: &Belongings) -> String {
    let own = own.iter().fold(text.to_owned(), |text, (thing, id)| text.replace(&format!("{{{thing}}}"), id));
    theirs.iter().rev().fold(own, |text, (thing, id)| text.replace(&format!("${thing}"), id))
}

#[tokio::test]
async fn what_a_body_or_a_query_names_is_looked_for_among_ones_own() {
    let app = App::for_many().await;
    let gateway = &app.started.gateway;
    let theirs = belongings(gateway, &app.admin().await.caller).await;
    let stranger = app.person(&app.tenant("acme").await, Role::Admin).await;
    let own = belongings(gateway, &stranger.caller).await;
    let token = stranger.sign_in().await;
    for (method, path, body) in REFERENCES {
        let ask = async |theirs: &Belongings| {
            let body = Some(fill(body, &own, theirs)).filter(|body| !body.is_empty());
            let body = body.map(|body| serde_json::from_str(&body).unwrap());
            let method: Method = method.parse().unwrap();
            send(&app, method, &fill(path, &own, theirs), Some(&token), body).await
        };
        let answer = ask(&theirs).await;
        assert!([404, 422].contains(&answer.status), "{method} {path} {body}: {answer:?}");
        let unknown = ask(&nothing(&theirs)).await;
        assert_eq!(
            without_ids(&answer, &theirs),
            without_ids(&unknown, &nothing(&theirs)),
            "{method} {path}"
        );
    }
    for path in FILTERS {
        let answer = send(&app, Method::GET, &fill(path, &own, &theirs), Some(&token), None).await;
        assert_eq!((answer.status, &answer.body["items"]), (200, &json!([])), "{path}");
    }
}

#[tokio::test]
async fn a_node_reports_on_its_own_commands_only() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let (one, other) = (admin.node().await, admin.node().await);
    let command = command_of(&app.started.gateway, &other).await;
    let path = format!("/api/nodes/me/commands/{command}/result");
    let report = Some(json!({ "ok": true }));
    let refused = send(&app, Method::POST, &path, Some(&one.token), report.clone()).await;
    assert_eq!(refused.status, 404, "{refused:?}");
    assert_eq!(send(&app, Method::POST, &path, Some(&other.token), report).await.status, 204);
}
