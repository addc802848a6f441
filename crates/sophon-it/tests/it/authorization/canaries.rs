//! Whatever another tenant has bears a mark. No byte of it is sent to a caller of this one.

use reqwest::Method;
use serde_json::{Value, json};
use sophon_model::{Role, TenantId, UserId};

use super::fixtures::{Belongings, belongings};
use super::table::REST;
use crate::support::{App, Events, Hub};

/// A word that nothing of the gateway's own has in it.
const MARK: &str = "kanarienvogel";

/// The columns that hold what people, agents and machines say, and whose they are: `$` stands for the tenant.
const MARKED: &[(&str, &[&str], &str)] = &[
    ("tenants", &["name", "description"], "id = $"),
    ("users", &["name", "email"], "tenant_id = $"),
    ("auth_sessions", &["user_agent", "address"], "user_id IN (SELECT id FROM users WHERE tenant_id = $)"),
    ("identity_links", &["issuer", "subject"], "user_id IN (SELECT id FROM users WHERE tenant_id = $)"),
    ("api_tokens", &["name", "hint"], "tenant_id = $"),
    ("agents", &["name", "description", "soul", "boot", "heartbeat", "model"], "tenant_id = $"),
    ("roles", &["name"], "tenant_id = $"),
    ("saved_prompts", &["command", "title", "content"], "tenant_id = $"),
    ("sessions", &["title"], "tenant_id = $"),
    ("messages", &["content"], "tenant_id = $"),
    ("tasks", &["description", "error"], "tenant_id = $"),
    ("tool_calls", &["tool", "result"], "session_id IN (SELECT id FROM sessions WHERE tenant_id = $)"),
    ("memories", &["content"], "tenant_id = $"),
    ("approvals", &["tool", "preview", "reason"], "tenant_id = $"),
    ("info_requests", &["question", "response"], "tenant_id = $"),
    ("nodes", &["name", "platform", "version"], "tenant_id = $"),
    ("node_commands", &["error_message"], "tenant_id = $"),
    ("discussions", &["topic"], "tenant_id = $"),
    ("discussion_runs", &["topic", "error"], "tenant_id = $"),
    (
        "discussion_turns",
        &["content", "error"],
        "run_id IN (SELECT id FROM discussion_runs WHERE tenant_id = $)",
    ),
    ("attachments", &["name"], "tenant_id = $"),
];

/// The tags that its users have given to sessions: a list of texts.
const TAGGED: &str = "UPDATE participants SET tags = '[\"MARK\"]' WHERE kind = 'user' AND tenant_id = '$';";

/// Puts the mark in front of all that the tenant's rows say.
fn marking(tenant: &TenantId) -> String {
    let update = |(table, columns, of): &(&str, &[&str], &str)| {
        let set: Vec<String> =
            columns.iter().map(|column| format!("{column} = '{MARK} ' || coalesce({column}, '')")).collect();
        format!("UPDATE {table} SET {} WHERE {};", set.join(", "), of.replace('$', &format!("'{tenant}'")))
    };
    let tagged = TAGGED.replace("MARK", MARK).replace('$', tenant.as_str());
    MARKED.iter().map(update).chain([tagged]).collect()
}

/// What is known of a tenant's administrator. No gateway in it: that is to be started anew.
struct Tenancy {
    tenant: TenantId,
    user: UserId,
    has: Belongings,
    token: String,
}

async fn tenancy(app: &App, slug: &'static str) -> Tenancy {
    let tenant = app.tenant(slug).await;
    let person = app.person(&tenant, Role::Admin).await;
    let has = belongings(&app.started.gateway, &person.caller).await;
    let token = person.sign_in().await;
    Tenancy { tenant, user: person.caller.user, token, has }
}

/// Fails if a text has the mark, or an id of what is theirs.
fn assert_clean(text: &str, theirs: &Tenancy, what: &str) {
    assert!(!text.contains(MARK), "{what}: {text}");
    for (thing, id) in &theirs.has {
        assert!(!text.contains(id.as_str()), "{what} names their {thing}: {text}");
    }
    assert!(!text.contains(theirs.tenant.as_str()), "{what} names their tenant: {text}");
    assert!(!text.contains(theirs.user.as_str()), "{what} names their administrator: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_another_tenant_has_is_sent_to_a_caller_of_this_one() {
    let app = App::for_many().await;
    let (own, theirs) = (tenancy(&app, "own").await, tenancy(&app, "theirs").await);
    let app = app.restart_on_changed_data(&marking(&theirs.tenant)).await;
    let http = app.http().with_token(&own.token);

    // The mark is there to be found: their own administrator finds it.
    let (_, seen) = app.http().with_token(&theirs.token).get("/api/agents").await;
    assert!(seen.to_string().contains(MARK), "{seen}");

    let mut asked = 0;
    for line in REST {
        let (method, path) = line.address(&own.has);
        if method != Method::GET || path.ends_with("/stream") {
            continue;
        }
        let (bare, query) = path.split_once('?').unwrap_or((&path, ""));
        for suffix in ["", "limit=200", &format!("q={MARK}"), &format!("search={MARK}")] {
            let query =
                [query, suffix].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
            let path = format!("{bare}?{query}");
            let answer = http.request(Method::GET, &path).send().await.unwrap();
            let headers = format!("{:?}", answer.headers());
            let text = String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned();
            // A filter that there is not is named in the refusal; nothing else says the word.
            let said = text.replace(&format!("q={MARK}"), "").replace(&format!("search={MARK}"), "");
            assert_clean(&said, &theirs, &path);
            assert_clean(&headers, &theirs, &path);
            asked += 1;
        }
    }
    // What is theirs, by its id: what is answered says no more than that there is no such thing. After all else, since the
    // audit log tells which addresses were asked for in vain.
    for line in REST.iter().filter(|line| !line.thing.is_empty()) {
        let (method, path) = line.address(&theirs.has);
        if method == Method::GET && !path.ends_with("/stream") {
            let answer = http.request(Method::GET, &path).send().await.unwrap();
            assert!([403, 404].contains(&answer.status().as_u16()), "{path}: {}", answer.status());
            let text = answer.text().await.unwrap();
            assert!(!text.contains(MARK), "{path}: {text}");
            asked += 1;
        }
    }
    assert!(asked > 150, "{asked}");
    what_happens_there_is_not_told_here(&app, &own, &theirs).await;
}

async fn what_happens_there_is_not_told_here(app: &App, own: &Tenancy, theirs: &Tenancy) {
    let http = app.http().with_token(&own.token);
    let session = own.has["session"].as_str();
    let mut hubs = Vec::new();
    for name in ["chat", "tasks", "approvals", "notifications", "discussion"] {
        hubs.push(Hub::connect(&app.url(), name, Some(&own.token)).await);
    }
    hubs[0].invoke("JoinSession", json!({ "sessionId": session })).await;
    hubs[1].invoke("Watch", Value::Null).await;
    let mut stream = Events::open_with(&http, session, None).await;
    busy(app, &theirs.token, MARK).await;
    // What comes after it on each connection is one's own.
    let sent = busy(app, &own.token, "own").await;
    http.chat(Some(session), "own").await;
    for (hub, last) in hubs.iter_mut().zip(["TaskCompleted", "TaskCompleted", "", "SystemAnnouncement", ""]) {
        let told = if last.is_empty() { hub.forget() } else { hub.events_until(last).await };
        assert_clean(&format!("{told:?}"), theirs, "a hub");
    }
    let told = stream.next().await.expect("the stream lives");
    assert_clean(&format!("{told:?}"), theirs, "the stream of a session");
    assert!(sent.is_string(), "{sent}");
}

/// Does what is told to others: a session, a turn, an announcement, a node. Returns the session.
async fn busy(app: &App, token: &str, word: &str) -> Value {
    let http = app.http().with_token(token);
    let sent = http.chat(None, word).await;
    http.ended(sent["taskId"].as_str().unwrap()).await;
    let place = format!("/api/sessions/{}", sent["sessionId"].as_str().unwrap());
    http.request(Method::PATCH, &place).json(&json!({ "title": word })).send().await.unwrap();
    let announcement = json!({ "title": word, "body": word });
    let (status, told) = http.post("/api/admin/announcements", &announcement).await;
    assert_eq!(status, 201, "{told}");
    sent["sessionId"].clone()
}
