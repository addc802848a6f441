//! What holds for every operation of the table: what makes or does something is applied once for each key, and what
//! changes something changes only what it was meant for.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::calls::{Answer, call_with};
use super::fixtures::{Belongings, belongings};
use super::table::{Line, REST};
use crate::support::App;

/// What the things of the table do not let anybody do, each time alike: a conflict is no answer that is kept.
const REFUSED: [&str; 7] = [
    "POST /api/approvals/{id}/edit",
    "POST /api/discussions/{id}/runs",
    "POST /api/nodes/{id}/approve",
    "POST /api/nodes/{id}/command",
    "POST /api/nodes/{id}/reject",
    "POST /api/sessions/{id}/messages/{messageId}/edit",
    "POST /api/sessions/{id}/regenerate",
];

/// An administrator who calls operations of the table.
struct Calling {
    app: App,
    token: String,
    document: Value,
    has: Belongings,
}

impl Calling {
    async fn start() -> Self {
        let app = App::for_many().await;
        let admin = app.admin().await;
        let (token, has) = (admin.sign_in().await, belongings(&app.started.gateway, &admin.caller).await);
        let (_, document) = app.http().get("/swagger/v1/swagger.json").await;
        Self { app, token, document, has }
    }

    /// The table's lines whose operation takes this header.
    fn that_take(&self, header: &str) -> Vec<&'static Line> {
        let takes = |line: &&Line| {
            let (method, path) = line.operation.split_once(' ').unwrap();
            let operation = &self.document["paths"][path][method.to_lowercase()];
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            parameters.into_iter().any(|parameter| parameter["name"] == header && parameter["in"] == "header")
        };
        REST.iter().filter(takes).collect()
    }

    /// With things that no call has touched yet.
    async fn with_new_things(&mut self) {
        let admin = self.app.admin().await;
        self.has = belongings(&self.app.started.gateway, &admin.caller).await;
    }

    async fn call(&self, line: &Line, headers: &[(&str, &str)]) -> (Answer, HeaderMap) {
        call_with(&self.app, line, Some(&self.token), &self.has, headers).await
    }
}

/// Whether work goes on by itself once it was done: then the gateway tells of that work meanwhile.
fn wakes_a_turn(line: &Line) -> bool {
    ["/api/approvals/", "/api/info-requests/"].iter().any(|prompts| line.operation.contains(prompts))
}

fn is_replayed(headers: &HeaderMap) -> bool {
    headers.get("idempotency-replayed").is_some_and(|value| value == "true")
}

/// The same request in other words: one blank more, or another file.
fn other(line: &Line) -> Line {
    let other = match line.with {
        "" => " {}".to_owned(),
        form if form.starts_with('"') => {
            serde_json::from_str::<String>(form).unwrap().replacen("\r\n\r\na", "\r\n\r\nb", 1)
        }
        json => format!(" {json}"),
    };
    Line { with: Box::leak(Value::from(other).to_string().into_boxed_str()), ..*line }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_or_does_something_is_applied_once_for_each_key() {
    let mut calling = Calling::start().await;
    let lines = calling.that_take("Idempotency-Key");
    assert!(lines.len() >= 20, "{}", lines.len());
    for line in lines {
        calling.with_new_things().await;
        let key = line.operation.replace([' ', '{', '}'], "");
        let headers = [("idempotency-key", key.as_str())];
        let (first, told) = calling.call(line, &headers).await;
        let is_done = (200..300).contains(&first.status);
        assert_eq!(is_done, !REFUSED.contains(&line.operation), "{}: {first:?}", line.operation);
        if !is_done {
            continue;
        }
        assert!(!is_replayed(&told), "{}", line.operation);
        let before = calling.app.started.gateway.db.bus().position();
        let (again, told_again) = calling.call(line, &headers).await;
        assert_eq!(again, first, "{}", line.operation);
        assert!(is_replayed(&told_again), "{}", line.operation);
        assert_eq!(told_again.get("location"), told.get("location"), "{}", line.operation);
        if first.status != 202 && !wakes_a_turn(line) {
            let now = calling.app.started.gateway.db.bus().position();
            assert_eq!(now, before, "{}: it did something", line.operation);
        }
        let (other, _) = calling.call(&other(line), &headers).await;
        assert_eq!(other.status, 409, "{}: {other:?}", line.operation);
        assert_eq!(other.body["error"]["code"], "idempotency_conflict", "{}", line.operation);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_post_takes_a_key_but_those_that_have_a_reason() {
    let calling = Calling::start().await;
    let keyed: Vec<&str> = calling.that_take("Idempotency-Key").iter().map(|line| line.operation).collect();
    let unkeyed = REST.iter().map(|line| line.operation).filter(|operation| operation.starts_with("POST "));
    let unkeyed: Vec<&str> = unkeyed.filter(|operation| !keyed.contains(operation)).collect();
    let with_a_reason = [
        // The caller is not signed in yet, or not any more.
        "POST /api/auth/login",
        "POST /api/auth/login/second-factor",
        "POST /api/auth/oidc/{provider}/begin",
        "POST /api/auth/oidc/{provider}/finish",
        // Connecting twice is connecting once.
        "POST /api/auth/oidc/{provider}/link",
        // Not signed in any more.
        "POST /api/auth/refresh",
        "POST /api/auth/logout",
        // A digest of two passwords is not to be kept, and the first change counts: the second has another present one.
        "POST /api/auth/password",
        // A digest of a password is not to be kept, and a code is good once. Each makes secrets that are shown once.
        "POST /api/auth/second-factor",
        "POST /api/auth/second-factor/confirm",
        "POST /api/auth/second-factor/recovery-codes",
        "POST /api/auth/second-factor/disable",
        // Changes nothing.
        "POST /api/models/check",
        "POST /api/models/local",
        "POST /api/models/providers/test",
        "POST /api/models/providers/{id}/test",
        // A node's own: the first report counts, and a heartbeat is a heartbeat.
        "POST /api/nodes/me/pair",
        "POST /api/nodes/me/heartbeat",
        "POST /api/nodes/me/commands/{commandId}/result",
    ];
    assert_eq!(unkeyed, with_a_reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_meanwhile_is_not_written_over() {
    let mut calling = Calling::start().await;
    let lines = calling.that_take("If-Match");
    let changes = |line: &&Line| line.operation.starts_with("PUT ") || line.operation.starts_with("PATCH ");
    let all: Vec<&str> = REST.iter().filter(changes).map(|line| line.operation).collect();
    assert_eq!(lines.iter().map(|line| line.operation).collect::<Vec<_>>(), all);
    for line in lines {
        calling.with_new_things().await;
        let (_, path) = line.operation.split_once(' ').unwrap();
        let look = Line { operation: Box::leak(format!("GET {path}").into_boxed_str()), with: "", ..*line };
        let (before, seen) = calling.call(&look, &[]).await;
        let tag = seen["etag"].to_str().unwrap().to_owned();
        for condition in
            [("if-match", "\"0\""), ("if-match", "W/\"0\""), ("if-none-match", "*"), ("if-none-match", &tag)]
        {
            let (refused, _) = calling.call(line, &[condition]).await;
            assert_eq!(refused.status, 412, "{} {condition:?}: {refused:?}", line.operation);
            assert_eq!(refused.body["error"]["code"], "precondition_failed", "{}", line.operation);
        }
        assert_eq!(calling.call(&look, &[]).await.0, before, "{}: it was changed", line.operation);
        let (changed, told) = calling.call(line, &[("if-match", &tag)]).await;
        assert_eq!(changed.status, 200, "{}: {changed:?}", line.operation);
        let (again, _) = calling.call(line, &[("if-match", &tag)]).await;
        let is_same = changed == before;
        assert!(again.status == 412 || is_same, "{}: {again:?}", line.operation);
        let (_, seen) = calling.call(&look, &[]).await;
        assert_eq!(seen.get("etag"), told.get("etag"), "{}", line.operation);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_client_has_already_is_not_sent_again() {
    let calling = Calling::start().await;
    let lines = calling.that_take("If-None-Match");
    let lines: Vec<_> = lines.into_iter().filter(|line| line.operation.starts_with("GET ")).collect();
    assert!(lines.len() >= 30, "{}", lines.len());
    // These show how long what goes on has been going on, or when it was last seen.
    let moving = [
        "GET /api/bootstrap",
        "GET /api/ops/gateways",
        "GET /api/tasks/active",
        "GET /api/tasks/history",
        "GET /api/tasks/{id}",
    ];
    for line in lines.into_iter().filter(|line| !moving.contains(&line.operation)) {
        let (first, seen) = calling.call(line, &[]).await;
        if first.status != 200 {
            continue;
        }
        let tag = seen["etag"].to_str().unwrap().to_owned();
        let (again, told) = calling.call(line, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, &again.body), (304, &Value::Null), "{}: {again:?}", line.operation);
        assert_eq!(told["etag"], tag.as_str(), "{}", line.operation);
        assert_eq!(
            calling.call(line, &[("if-none-match", "\"0\"")]).await.0.status,
            200,
            "{}",
            line.operation
        );
    }
}
