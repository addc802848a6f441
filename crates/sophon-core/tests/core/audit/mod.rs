//! The audit log: one entry for each action, none for what was not done, and nothing in it that is nobody's business.

mod agents;
mod prepared;
mod refusals;
mod retention;
mod tampering;

use std::sync::Arc;

use sophon_core::agents::{AgentChange, NewAgent};
use sophon_core::audit::verify::{Report, Verifier};
use sophon_core::audit::{canonical, key_of, line};
use sophon_core::identity::{Device, Login, NamedTenant, NewApiToken};
use sophon_core::sessions::NewSession;
use sophon_core::users::{NewUser, UserChange};
use sophon_model::ports::{AuditFilter, AuditRange};
use sophon_model::{
    ActorKind, AuditEntry, AuditEntryId, AuditOutcome, Caller, CredentialKind, Id, Origin, Page, RequestKey,
    Role,
};
use sophon_testgateway::{ADMIN_EMAIL, ADMIN_PASSWORD, Engine, Setup, TestGateway};

/// All entries, oldest first.
pub async fn entries(app: &TestGateway) -> Vec<AuditEntry> {
    let tenant = app.admin().tenant;
    let range = AuditRange { filter: AuditFilter::default(), after: 0, up_to: i64::MAX };
    app.gateway.db.read(move |tx| tx.list_in(&tenant, &range, 100_000)).await.unwrap()
}

/// The actions of all entries after that of the gateway's start.
pub async fn actions(app: &TestGateway) -> Vec<String> {
    entries(app).await.into_iter().skip(2).map(|entry| entry.action).collect()
}

/// Waits for the entry that tells of this action.
pub async fn entry(app: &TestGateway, action: &str) -> AuditEntry {
    app.until(async || entries(app).await.into_iter().find(|entry| entry.action == action)).await
}

/// Verifies entries against the checkpoints.
pub fn verified(entries: &[AuditEntry], checkpoints: &[String]) -> Report {
    let mut verifier = Verifier::new(Some(key_of(&[9; 32])));
    for (number, checkpoint) in (1..).zip(checkpoints) {
        verifier.checkpoint(number, checkpoint);
    }
    for entry in entries {
        verifier.entry(&line(entry));
    }
    verifier.finish()
}

/// The administrator, as if a wire had said from where.
fn from_somewhere(app: &TestGateway) -> Caller {
    let origin = Origin {
        address: Some([203, 0, 113, 9].into()),
        user_agent: Some("curl/8 \u{1b}[31m".into()),
        request_id: Some("req_1".into()),
    };
    Caller { origin: Arc::new(origin), ..app.admin() }
}

fn new_user() -> NewUser {
    let (email, name) = ("ann@example.com".into(), "Ann".into());
    NewUser { email, name, role: Role::Operator, password: Some("purple giraffe under water".into()) }
}

#[tokio::test]
async fn an_action_has_one_entry_that_says_who_what_and_from_where() {
    for engine in Engine::available() {
        Box::pin(is_told(Setup::default().on(engine).start().await)).await;
    }
}

async fn is_told(app: TestGateway) {
    let admin = from_somewhere(&app);
    let made = app.gateway.users.create(&admin, new_user()).await.unwrap().user;
    let change = UserChange { role: Some(Role::Viewer), ..UserChange::default() };
    app.gateway.users.update(&admin, &made.id, change).await.unwrap();
    app.gateway.users.delete(&admin, &made.id, None).await.unwrap();

    let all = entries(&app).await;
    let told: Vec<&str> = all.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(told, ["user.create", "gateway.start", "user.create", "user.update", "user.delete"]);
    let [by_system, _, created, updated, _] = &all[..] else { panic!("{all:?}") };
    assert_eq!((by_system.actor, by_system.number), (ActorKind::System, 1));
    assert_eq!((created.actor, created.outcome), (ActorKind::Person, AuditOutcome::Success));
    assert_eq!(created.user_id.as_ref(), Some(&admin.user));
    assert_eq!(created.email.as_deref(), Some(ADMIN_EMAIL));
    assert_eq!(
        (created.role.as_deref(), created.credential),
        (Some("Admin"), Some(CredentialKind::AutoAdmin))
    );
    assert_eq!(
        (created.resource_type.as_str(), created.resource_id.as_deref()),
        ("user", Some(made.id.as_str()))
    );
    assert_eq!(created.resource_name.as_deref(), Some("ann@example.com"));
    assert_eq!(created.address.as_deref(), Some("203.0.113.9"));
    assert_eq!(created.request_id.as_deref(), Some("req_1"));
    assert_eq!(updated.details.fields, ["role"]);
    assert_eq!(updated.details.role.as_deref(), Some("Viewer"));
    assert!(created.id.as_str().starts_with(AuditEntryId::PREFIX));
    let report = verified(&all, &[]);
    assert!(report.is_sound(), "{report:?}");
    assert!(canonical(created).contains(r#""userAgent":"curl/8 \u001b[31m""#));
}

#[tokio::test]
async fn what_fails_has_no_entry_and_what_is_repeated_under_its_key_has_one() {
    let app = TestGateway::offline().await;
    let agents = &app.gateway.agents;
    agents.create(&app.admin(), NewAgent::default()).await.unwrap_err();
    let key = RequestKey::new("once".into(), "POST /api/agents".into());
    let asking = Caller { request_key: Some(key), ..app.admin() };
    let new = || NewAgent { name: "Bob".into(), ..NewAgent::default() };
    let first = agents.create(&asking, new()).await.unwrap();
    assert_eq!(agents.create(&asking, new()).await.unwrap(), first);
    agents.update(&app.admin(), "nobody", AgentChange::default()).await.unwrap_err();
    assert_eq!(actions(&app).await, ["agent.create"]);
    assert_eq!(entries(&app).await.last().unwrap().resource_name.as_deref(), Some("Bob"));
}

#[tokio::test]
async fn sign_ins_and_tokens_are_told_with_what_proved_them() {
    let app = TestGateway::offline().await;
    let identity = &app.gateway.identity;
    let login = Login {
        email: ADMIN_EMAIL.into(),
        password: ADMIN_PASSWORD.into(),
        device: Device::default(),
        tenant: NamedTenant::Unnamed,
    };
    let signed_in = identity.login(login).await.unwrap();
    let refreshed =
        identity.refresh(&signed_in.refresh_token, Device::default(), NamedTenant::Unnamed).await.unwrap();
    identity.refresh(&signed_in.refresh_token, Device::default(), NamedTenant::Unnamed).await.unwrap();
    let caller = identity.authenticate(&refreshed.access_token, NamedTenant::Unnamed).await.unwrap();
    let new = NewApiToken { name: "ci".into(), permissions: None, ends: None };
    let (token, secret) = identity.create_api_token(&caller, new).await.unwrap();
    let by_token = identity.authenticate(&secret, NamedTenant::Unnamed).await.unwrap();
    app.gateway.sessions.create(&by_token, NewSession::default()).await.unwrap();
    identity.revoke_api_token(&caller, &token.id).await.unwrap();
    identity.logout(&caller).await.unwrap();
    assert_eq!(
        actions(&app).await,
        [
            "sign_in.create",
            "sign_in.refresh",
            "api_token.create",
            "session.create",
            "api_token.revoke",
            "sign_in.end"
        ]
    );
    let all = entries(&app).await;
    let [created, .., made, _, ended] = &all[2..] else { panic!("{all:?}") };
    assert_eq!(created.resource_id, ended.credential_id);
    assert_eq!(
        (made.credential, made.credential_id.as_deref()),
        (Some(CredentialKind::ApiToken), Some(token.id.as_str()))
    );
    let written: String = all.iter().map(line).collect();
    for secret in [&secret, &signed_in.refresh_token, &signed_in.access_token, ADMIN_PASSWORD] {
        assert!(!written.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_list_is_narrowed_by_each_filter_and_read_page_by_page() {
    let app = TestGateway::offline().await;
    let admin = from_somewhere(&app);
    let session = app.gateway.sessions.create(&admin, NewSession::default()).await.unwrap();
    for number in 0..5 {
        let name = format!("Agent {number}");
        app.gateway.agents.create(&admin, NewAgent { name, ..NewAgent::default() }).await.unwrap();
    }
    let list = async |filter: AuditFilter| {
        let page = Page::new(Some(200), None);
        app.gateway.audit.list(&app.admin(), filter, page).await.unwrap().items
    };
    let some = AuditFilter::default;
    assert_eq!(list(some()).await.len(), 8);
    let now = app.gateway.db.now();
    let later = now.plus(std::time::Duration::from_secs(1));
    let text = |text: &str| Some(text.to_owned());
    for (filter, count) in [
        (AuditFilter { from: Some(now), until: Some(later), ..some() }, 8),
        (AuditFilter { until: Some(now), ..some() }, 0),
        (AuditFilter { from_number: Some(3), until_number: Some(5), ..some() }, 2),
        (AuditFilter { actions: vec!["agent.create".into(), "session.create".into()], ..some() }, 6),
        (AuditFilter { outcomes: vec![AuditOutcome::Denied], ..some() }, 0),
        (AuditFilter { actors: vec![ActorKind::System], ..some() }, 2),
        (AuditFilter { user: Some(admin.user.clone()), ..some() }, 6),
        (AuditFilter { email: text(ADMIN_EMAIL), ..some() }, 6),
        (AuditFilter { role: text("Viewer"), ..some() }, 0),
        (AuditFilter { credential: Some(CredentialKind::AutoAdmin), ..some() }, 6),
        (AuditFilter { credential_id: text("tok_1"), ..some() }, 0),
        (AuditFilter { agent: Some("agent_1".into()), ..some() }, 0),
        (AuditFilter { node: Some("node_1".into()), ..some() }, 0),
        (AuditFilter { resource_type: text("agent"), ..some() }, 5),
        (AuditFilter { resource_id: text(session.id.as_str()), ..some() }, 1),
        (AuditFilter { resource_name: text("agent 3"), ..some() }, 1),
        (AuditFilter { address: text("203.0.113.9"), ..some() }, 6),
        (AuditFilter { user_agent: text("CURL"), ..some() }, 6),
        (AuditFilter { request_id: text("req_1"), ..some() }, 6),
        (AuditFilter { session: Some(session.id.clone()), ..some() }, 1),
        (AuditFilter { task: Some("task_1".into()), ..some() }, 0),
        (AuditFilter { search: text("gent 4"), ..some() }, 1),
    ] {
        assert_eq!(list(filter.clone()).await.len(), count, "{filter:?}");
    }
    let mut numbers = Vec::new();
    let mut after = None;
    loop {
        let page = app.gateway.audit.list(&admin, some(), Page::new(Some(3), after)).await.unwrap();
        numbers.extend(page.items.iter().map(|entry| entry.number));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(numbers, [8, 7, 6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn an_export_is_all_that_was_there_and_told_of_itself() {
    let app = TestGateway::offline().await;
    for _ in 0..1_200 {
        app.gateway.sessions.create(&app.admin(), NewSession::default()).await.unwrap();
    }
    let mut export = app.gateway.audit.export(&app.admin(), AuditFilter::default()).await.unwrap();
    app.gateway.sessions.create(&app.admin(), NewSession::default()).await.unwrap();
    let mut exported = Vec::new();
    loop {
        let more = export.next().await.unwrap();
        if more.is_empty() {
            break;
        }
        exported.extend(more);
    }
    assert_eq!(exported.len(), 1_203);
    assert_eq!(exported.last().unwrap().action, "audit.export");
    assert!(verified(&exported, &app.checkpoints()).is_sound());
}
