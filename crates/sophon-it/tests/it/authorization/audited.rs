//! What holds for every operation of the table: what it does has one entry in the audit log, and so has a refusal.

use std::collections::BTreeMap;

use sophon_model::ports::{AuditFilter, AuditRange};
use sophon_model::{ActorKind, AuditEntry, AuditOutcome, TenantId};

use super::asker::{Asker, Cast, Is, Verdict};
use super::calls::{call_with, invoke};
use super::fixtures::{Belongings, belongings, command_of};
use super::table::{HUBS, Line, REST, Who};
use crate::support::{App, soon};

/// What changes nothing that is kept, or is a heartbeat.
const CHANGES_NOTHING: [&str; 16] = [
    "POST /api/models/check",
    "POST /api/models/local",
    "POST /api/models/providers/test",
    "POST /api/models/providers/{id}/test",
    "POST /api/nodes/me/heartbeat",
    "/hubs/chat JoinSession",
    "/hubs/chat LeaveSession",
    "/hubs/tasks Watch",
    "/hubs/tasks Unwatch",
    "/hubs/notifications Subscribe",
    "/hubs/notifications Unsubscribe",
    "/hubs/discussion Subscribe",
    "/hubs/discussion Unsubscribe",
    "/hubs/node Heartbeat",
    "/hubs/node ScopeChanged",
    // Reads the log that it adds to.
    "GET /api/admin/audit",
];
/// What the things of the table do not let anybody do, or what is sent is no good for. The core's own tests of the audit
/// log do it.
const NOT_DONE: [&str; 21] = [
    "POST /api/auth/login",
    "POST /api/auth/login/second-factor",
    "POST /api/auth/refresh",
    "POST /api/auth/password",
    "POST /api/auth/second-factor",
    "POST /api/auth/second-factor/confirm",
    "POST /api/auth/second-factor/recovery-codes",
    "POST /api/auth/second-factor/disable",
    "POST /api/auth/oidc/{provider}/begin",
    "POST /api/auth/oidc/{provider}/finish",
    "POST /api/auth/oidc/{provider}/link",
    "GET /api/auth/oidc/{provider}/sign-out",
    "POST /api/approvals/{id}/edit",
    "POST /api/discussions/{id}/runs",
    "POST /api/nodes/{id}/approve",
    "POST /api/nodes/{id}/command",
    "POST /api/nodes/{id}/reject",
    "POST /api/nodes/me/pair",
    "POST /api/sessions/{id}/messages/{messageId}/edit",
    "POST /api/sessions/{id}/regenerate",
    "/hubs/approvals Edit",
];

/// The entries of a tenant that come after a number.
async fn entries(app: &App, tenant: &TenantId, after: i64) -> Vec<AuditEntry> {
    let range = AuditRange { filter: AuditFilter::default(), after, up_to: i64::MAX };
    let tenant = tenant.clone();
    app.started.gateway.db.read(move |tx| tx.list_in(&tenant, &range, 100_000)).await.unwrap()
}

/// The number of the last one.
async fn last(app: &App, tenant: &TenantId) -> i64 {
    let tenant = tenant.clone();
    app.started.gateway.db.read(move |tx| tx.audit_head(&tenant)).await.unwrap().number
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_has_one_entry_and_what_is_read_has_none() {
    let app = App::for_many().await;
    let admin = app.admin().await;
    let tenant = admin.caller.tenant.clone();
    let (token, node) = (admin.sign_in().await, admin.node().await);
    for line in REST.iter().chain(HUBS) {
        let gateway = &app.started.gateway;
        let mut has = belongings(gateway, &admin.caller).await;
        if line.who == Who::Node {
            has.insert("command", command_of(gateway, &node).await);
        }
        let token = match line.operation {
            "POST /api/auth/logout" => admin.sign_in().await,
            _ if line.who == Who::Node => node.token.clone(),
            _ => token.clone(),
        };
        let before = last(&app, &tenant).await;
        let (is_done, request) = done(&app, line, &token, &has).await;
        assert_eq!(is_done, !NOT_DONE.contains(&line.operation), "{}", line.operation);
        let after = entries(&app, &tenant, before).await;
        // Refusals are written down by themselves, a moment later: those of an earlier call may come only now.
        let is_of_call = |entry: &&AuditEntry| is_a_request(entry) && entry.outcome != AuditOutcome::Denied;
        let mut told = after.iter().filter(is_of_call);
        let is_read = line.operation.starts_with("GET ") && line.operation != "GET /api/admin/audit/export";
        if !is_done || is_read || CHANGES_NOTHING.contains(&line.operation) {
            assert_eq!(told.next(), None, "{}", line.operation);
            continue;
        }
        let entry = told.next().unwrap_or_else(|| panic!("{} has no entry", line.operation));
        assert_eq!(told.next(), None, "{} has more than one", line.operation);
        assert_eq!(entry.outcome, AuditOutcome::Success, "{entry:?}");
        assert!(
            entry.request_id.is_some() && request.is_none_or(|id| entry.request_id == Some(id)),
            "{entry:?}"
        );
        assert_eq!(entry.address.as_deref(), Some("127.0.0.1"), "{entry:?}");
        // What is done to several things at once names them in the details.
        let has_a_thing = !["audit.export", "master_key.rotate"].contains(&entry.action.as_str())
            && entry.details.ids.is_empty();
        assert_eq!(entry.resource_id.is_some(), has_a_thing, "{entry:?}");
    }
}

/// Whether somebody asked for it: agents work meanwhile.
fn is_a_request(entry: &AuditEntry) -> bool {
    !matches!(entry.actor, ActorKind::Agent | ActorKind::System)
}

/// Calls it; whether it was done, and the id of the request. A call on a hub bears that of its connection, which is not
/// told.
async fn done(app: &App, line: &Line, token: &str, has: &Belongings) -> (bool, Option<String>) {
    if line.operation.starts_with('/') {
        let outcome = invoke(app, line, Some(token), has).await.expect("the connection is taken");
        return (outcome.is_none(), None);
    }
    let (answer, headers) = call_with(app, line, Some(token), has, &[]).await;
    let request = headers["x-sophon-request-id"].to_str().unwrap().to_owned();
    ((200..300).contains(&answer.status), Some(request))
}

/// The things that the caller names: its own.
async fn own(app: &App, asker: &Asker) -> Belongings {
    match &asker.is {
        Is::Person(person) | Is::ApiToken(person) => belongings(&app.started.gateway, &person.caller).await,
        Is::Nobody | Is::Node(_) => belongings(&app.started.gateway, &app.admin().await.caller).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_one_entry_unless_there_is_no_credential() {
    let app = App::for_many().await;
    let tenant = app.admin().await.caller.tenant;
    let cast = Box::pin(Cast::of(&app)).await;
    // By the id of the request; on hubs, where that is the connection's, by operation and user.
    let mut expected: BTreeMap<String, usize> = BTreeMap::new();
    let mut anonymous = Vec::new();
    for line in REST {
        for asker in cast.for_line(line.who).filter(|asker| asker.verdict(line.who) != Verdict::Served) {
            let has = own(&app, asker).await;
            let (answer, headers) = call_with(&app, line, asker.token.as_deref(), &has, &[]).await;
            let request = headers["x-sophon-request-id"].to_str().unwrap().to_owned();
            assert!(matches!(answer.status, 401 | 403), "{} by {}", line.operation, asker.name);
            if asker.token.is_some() {
                expected.insert(request, 1);
            } else {
                anonymous.push(request);
            }
        }
    }
    for line in HUBS {
        for asker in cast.for_line(line.who) {
            let (Verdict::Missing(_), Is::Person(person)) = (asker.verdict(line.who), &asker.is) else {
                continue;
            };
            let has = own(&app, asker).await;
            invoke(&app, line, asker.token.as_deref(), &has).await.unwrap().unwrap();
            *expected.entry(format!("{} {}", line.operation, person.caller.user)).or_default() += 1;
        }
    }
    assert!(expected.len() > 500, "{}", expected.len());
    let found = soon("all entries", async {
        loop {
            let mut all = entries(&app, &tenant, 0).await;
            all.retain(|entry| entry.action == "request.refuse");
            if all.len() >= expected.len() {
                return all;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for entry in found {
        assert_eq!(entry.outcome, AuditOutcome::Denied, "{entry:?}");
        let operation = entry.details.operation.unwrap();
        let user = entry.user_id.map(|user| user.to_string()).unwrap_or_default();
        let by = if operation.starts_with('/') {
            format!("{operation} {user}")
        } else {
            entry.request_id.unwrap()
        };
        *told.entry(by).or_default() += 1;
    }
    assert!(anonymous.iter().all(|request| !told.contains_key(request)));
    assert_eq!(told, expected);
}
