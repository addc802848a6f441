//! Which models there are, and whether their providers answer.

use sophon_core::agents::{AgentChange, NewAgent};
use sophon_core::chat::SendMessage;
use sophon_core::discussions::NewDiscussion;
use sophon_core::models::ProviderCheck;
use sophon_core::sessions::{ChangeSession, NewSession};
use sophon_model::ports::ModelErrorKind;
use sophon_model::{Error, Kind, NewPanelist, Permission, Session, TaskStatus};
use sophon_testgateway::{ProviderKind, Setup, provider, provider_at};
use sophon_testkit::{ModelServer, Script};

use crate::harness::{TestGateway, message};

const KINDS: [ProviderKind; 5] = [
    ProviderKind::OpenAi,
    ProviderKind::Responses,
    ProviderKind::Anthropic,
    ProviderKind::Gemini,
    ProviderKind::Ollama,
];

fn url(kind: ProviderKind, server: &ModelServer) -> String {
    match kind {
        ProviderKind::OpenAi | ProviderKind::Responses => server.openai_url(),
        ProviderKind::Anthropic | ProviderKind::Gemini | ProviderKind::Ollama => server.url(),
    }
}

async fn server(answer: Script, list: Script) -> ModelServer {
    let server = ModelServer::start(move |_| answer.clone()).await;
    server.list(list);
    server
}

/// A gateway with a provider of each kind that `server` plays, all with the model `m1`.
async fn app(server: &ModelServer) -> TestGateway {
    let add = |setup: Setup, kind| setup.provider(provider_at(kind, "main", "m1", url(kind, server)));
    KINDS.into_iter().fold(Setup::default(), add).start().await
}

async fn checks(app: &TestGateway) -> Vec<ProviderCheck> {
    let checks = app.gateway.models.check(&app.admin()).await.unwrap();
    assert_eq!(checks.len(), KINDS.len());
    checks
}

async fn listed(app: &TestGateway) -> Vec<(String, bool)> {
    let models = app.gateway.models.list().await;
    models.into_iter().map(|model| (model.info.id, model.is_configured)).collect()
}

#[tokio::test]
async fn what_is_configured_is_listed_first_and_then_what_the_service_offers() {
    let model = server(Script::say("ok"), Script::models(&["other", "model-0", "another"])).await;
    let app = TestGateway::with_models(&[&model]).await;
    let expected = [("model-0", true), ("other", false), ("another", false)];
    for _ in 0..3 {
        assert_eq!(
            listed(&app).await,
            expected.map(|(name, is_configured)| (name.to_owned(), is_configured))
        );
    }
    assert_eq!(model.lists(), 1, "what was seen is told again");
}

#[tokio::test]
async fn where_there_is_no_list_the_configured_models_are_all_there_are() {
    let lists = [
        Script::refuse(404, "what?"),
        Script::refuse(401, "who?"),
        Script::recorded(200, &[], "[".repeat(10_000_000)),
    ];
    for list in lists {
        let model = server(Script::say("ok"), list).await;
        let app = TestGateway::with_models(&[&model]).await;
        assert_eq!(listed(&app).await, [("model-0".to_owned(), true)]);
    }
}

#[tokio::test]
async fn another_model_answers_one_message_and_the_sessions_the_next() {
    let first = server(Script::say("first"), Script::models(&["model-0"])).await;
    let second = server(Script::say("second"), Script::models(&["wanted"])).await;
    let app = TestGateway::with_models(&[&first, &second]).await;
    let model = Some("wanted".to_owned());
    let once = SendMessage { model, ..message(None, "hi") };
    let sent = app.gateway.chat.send(&app.admin(), once).await.unwrap();
    app.completed(&sent).await;
    app.completed(&app.send_to(&sent.session_id, "again").await).await;
    let answers = app.messages(&sent.session_id).await;
    assert_eq!((answers[1].content.as_str(), answers[3].content.as_str()), ("second", "first"));
    assert_eq!(second.requests()[0].model(), "wanted");
    let session = app.gateway.sessions.get(Some(&app.admin()), &sent.session_id).await.unwrap();
    assert_eq!(session.model, None, "the session keeps its choice");
    let unknown = SendMessage { model: Some("nope".into()), ..message(None, "hi") };
    let refused = app.gateway.chat.send(&app.admin(), unknown).await.unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (Kind::ValidationFailed, Some("model")));
}

#[tokio::test]
async fn a_model_that_is_only_offered_answers_an_agent_that_prefers_it() {
    let first = server(Script::say("first"), Script::models(&["a"])).await;
    let second = server(Script::say("second"), Script::models(&["b", "wanted"])).await;
    let app = TestGateway::with_models(&[&first, &second]).await;
    let prefer = AgentChange { model: Some(Some("wanted".into())), ..AgentChange::default() };
    app.gateway.agents.update(&app.admin(), "sophon", prefer).await.unwrap();
    let sent = app.send("hi").await;
    app.completed(&sent).await;
    assert_eq!(second.requests()[0].model(), "wanted");
    assert!(first.requests().is_empty());
}

#[tokio::test]
async fn a_turn_that_fails_for_an_unknown_model_names_the_nearest() {
    let unknown = Script::refuse(404, "The model `model-0` does not exist.");
    let model = server(unknown, Script::models(&["whisper", "model-1", "model"])).await;
    let app = TestGateway::with_models(&[&model]).await;
    let sent = app.send("hi").await;
    let task = app.ended(&sent).await;
    assert_eq!(task.status, TaskStatus::Failed);
    let place = format!("There is no model 'model-0' at {}", model.openai_url());
    let error = task.error.unwrap();
    assert!(error.starts_with(&place) && error.contains("Nearest: model-1, model, whisper."), "{error}");
}

#[tokio::test]
async fn a_provider_that_answers_is_fine_in_every_format() {
    let model = server(Script::say("ok"), Script::models(&["m1", "m2"])).await;
    let app = app(&model).await;
    for check in checks(&app).await {
        assert!(check.problem.is_none(), "{check:?}");
        assert_eq!((check.model.as_str(), check.offered), ("m1", Some(2)));
        let service = check.service.unwrap();
        assert!(service.url.starts_with(&model.url()), "{service:?}");
    }
    assert_eq!(model.requests().len(), KINDS.len(), "one answer each");
}

#[tokio::test]
async fn a_provider_without_a_list_and_one_that_only_thinks_are_fine() {
    for answer in [Script::say("ok"), Script::answer().stopping_for("length")] {
        let model = server(answer, Script::refuse(405, "no")).await;
        let app = TestGateway::with_models(&[&model]).await;
        let check = app.gateway.models.check(&app.admin()).await.unwrap().remove(0);
        assert!(check.problem.is_none() && check.offered.is_none(), "{check:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_said_to_be_one_in_every_format() {
    let model = server(Script::refuse(401, "who?"), Script::refuse(401, "who?")).await;
    let app = app(&model).await;
    for check in checks(&app).await {
        let problem = check.problem.unwrap();
        assert_eq!(problem.kind, ModelErrorKind::Unauthorized);
        let (summary, next) = (problem.summary(), problem.next_step());
        assert!(
            summary.contains("does not accept the API key") && summary.contains(&model.url()),
            "{summary}"
        );
        assert_eq!(next, "Check the provider's API key.");
    }
}

#[tokio::test]
async fn a_wrong_port_is_named_in_every_format() {
    let model = ModelServer::playing([]).await;
    let app = app(&model).await;
    let gone = model.url();
    drop(model);
    for check in checks(&app).await {
        let problem = check.problem.unwrap();
        assert_eq!(problem.kind, ModelErrorKind::Unavailable, "{problem}");
        assert!(problem.summary().contains(&gone) && problem.next_step().contains("port"), "{problem}");
    }
}

#[tokio::test]
async fn an_unknown_model_is_told_with_the_nearest_names_in_every_format() {
    // Servers say it in their own words, and some in none that are understood.
    for words in ["The model `m1` does not exist.", "bad request"] {
        let model = server(Script::refuse(404, words), Script::models(&["zzz", "m12", "m1-mini"])).await;
        let app = app(&model).await;
        for check in checks(&app).await {
            let problem = check.problem.unwrap();
            assert_eq!(problem.kind, ModelErrorKind::UnknownModel, "{problem}");
            assert!(
                problem.summary().starts_with("There is no model 'm1' at http://127.0.0.1:"),
                "{problem}"
            );
            assert_eq!(problem.nearest[..2], ["m12", "m1-mini"]);
            assert!(problem.next_step().starts_with("Nearest: m12, m1-mini"), "{problem}");
        }
    }
}

#[tokio::test]
async fn a_list_without_end_does_not_hide_that_the_model_answers() {
    let long = Script::recorded(200, &[], "x".repeat(10 * 1024 * 1024));
    let model = server(Script::say("ok"), long).await;
    let app = app(&model).await;
    for check in checks(&app).await {
        assert!(check.problem.is_none() && check.offered.is_none(), "{check:?}");
    }
}

#[tokio::test]
async fn checking_takes_a_permission_and_is_nothing_where_nothing_is_configured() {
    let app = TestGateway::offline().await;
    assert!(app.gateway.models.check(&app.admin()).await.unwrap().is_empty());
    let mut caller = app.admin();
    caller.permissions = caller.permissions.without(&[Permission::ViewSystem]);
    let error = app.gateway.models.check(&caller).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotAuthorized);
}

#[tokio::test]
async fn one_broken_provider_says_nothing_of_the_others() {
    let good = server(Script::say("ok"), Script::models(&["m1"])).await;
    let bad = server(Script::refuse(503, "busy"), Script::refuse(503, "busy")).await;
    let setup =
        Setup::default().provider(provider("bad", "m1", &bad)).provider(provider("good", "m1", &good));
    let app = setup.start().await;
    let checks = app.gateway.models.check(&app.admin()).await.unwrap();
    let found: Vec<_> =
        checks.iter().map(|check| (check.provider.as_str(), check.problem.is_none())).collect();
    assert_eq!(found, [("bad", false), ("good", true)]);
}

/// The answers to a model's name wherever one is accepted.
async fn answers_to(app: &TestGateway, model: &str) -> Vec<(&'static str, Result<(), Error>)> {
    let (gateway, admin, name) = (&app.gateway, app.admin(), Some(model.to_owned()));
    let session = gateway.sessions.create(&admin, NewSession::default()).await.unwrap().id;
    let panelist = |model| {
        let persona = Some("You like tea.".to_owned());
        NewPanelist { persona, model, ..NewPanelist::default() }
    };
    let panelists = vec![panelist(None), panelist(name.clone())];
    let discussion = NewDiscussion { topic: "Tea?".into(), panelists, ..NewDiscussion::default() };
    let judged = NewDiscussion {
        panelists: vec![panelist(None), panelist(None)],
        judge: Some(panelist(name.clone())),
        ..discussion.clone()
    };
    let agent = NewAgent { name: format!("Ada {model}"), model: name.clone(), ..NewAgent::default() };
    let new = NewSession { model: name.clone(), ..NewSession::default() };
    let change = ChangeSession { model: Some(name.clone()), ..ChangeSession::default() };
    let agent_change = AgentChange { model: Some(name), ..AgentChange::default() };
    vec![
        ("model", gateway.sessions.create(&admin, new).await.map(drop)),
        ("model", gateway.sessions.update(&admin, &session, change).await.map(drop)),
        ("model", gateway.agents.create(&admin, agent).await.map(drop)),
        ("model", gateway.agents.update(&admin, "sophon", agent_change).await.map(drop)),
        ("panelists", gateway.discussions.create(&admin, discussion).await.map(drop)),
        ("judge", gateway.discussions.create(&admin, judged).await.map(drop)),
    ]
}

#[tokio::test]
async fn a_model_that_nobody_offers_is_refused_with_the_nearest_that_somebody_does() {
    let model = server(Script::say("ok"), Script::models(&["gemma-4", "model-0", "noop"])).await;
    let app = TestGateway::with_models(&[&model]).await;
    for (field, answer) in answers_to(&app, "nope").await {
        let refused = answer.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (Kind::ValidationFailed, Some(field)));
        assert!(refused.message().contains("Nearest: noop"), "{}", refused.message());
        assert_eq!(refused.details().unwrap()["nearest"][0], "noop");
    }
    for known in ["model-0", "noop"] {
        assert!(answers_to(&app, known).await.into_iter().all(|(_, answer)| answer.is_ok()), "{known}");
    }
    let offline = TestGateway::offline().await;
    assert!(answers_to(&offline, "nope").await.into_iter().all(|(_, answer)| answer.is_err()));
}

#[tokio::test]
async fn a_model_that_came_after_the_last_look_is_accepted() {
    let model = server(Script::say("ok"), Script::models(&["model-0"])).await;
    let app = TestGateway::with_models(&[&model]).await;
    assert!(answers_to(&app, "new").await.into_iter().all(|(_, answer)| answer.is_err()));
    let other = TestGateway::with_models(&[&model]).await;
    listed(&other).await;
    model.list(Script::models(&["model-0", "new"]));
    assert!(answers_to(&other, "new").await.into_iter().all(|(_, answer)| answer.is_ok()));
}

/// A new session with this model, chosen while the list of a provider could not be read.
async fn session_with(app: &TestGateway, model: &str) -> Session {
    let new = NewSession { model: Some(model.into()), ..NewSession::default() };
    app.gateway.sessions.create(&app.admin(), new).await.unwrap()
}

#[tokio::test]
async fn where_a_list_cannot_be_read_any_name_is_accepted_and_the_provider_is_asked_for_it() {
    let unknown = Script::refuse(404, "The model `nope` does not exist.");
    let model = ModelServer::start(move |request| match request.model() {
        "nope" => unknown.clone(),
        _ => Script::say("ok"),
    })
    .await;
    model.list(Script::refuse(503, "busy"));
    let app = TestGateway::with_models(&[&model]).await;
    let session = session_with(&app, "nope").await;
    let task = app.ended(&app.send_to(&session.id, "hi").await).await;
    assert!(task.error.unwrap().contains("no model 'nope'"), "another model must not answer unsaid");

    let other = server(Script::say("second"), Script::models(&["model-1"])).await;
    let app = TestGateway::with_models(&[&model, &other]).await;
    let session = session_with(&app, "nope").await.id;
    app.completed(&app.send_to(&session, "hi").await).await;
    let answer = app.messages(&session).await.remove(1);
    let fallback = answer.details.unwrap().fallback.unwrap();
    assert_eq!((fallback.requested.as_str(), fallback.model.as_str()), ("nope", "model-0"));
    assert!(fallback.reason.contains("no model 'nope'"), "{}", fallback.reason);
}

#[tokio::test]
async fn a_model_that_nobody_offers_any_more_fails_the_turn_or_another_answers_and_says_so() {
    let first = server(Script::say("first"), Script::refuse(503, "busy")).await;
    let second = server(Script::say("second"), Script::models(&["model-1"])).await;
    let app = TestGateway::with_models(&[&first]).await;
    let session = session_with(&app, "gone").await.id;
    first.list(Script::models(&["model-0", "goner"]));
    let task = app.ended(&app.send_to(&session, "hi").await).await;
    let error = task.error.unwrap();
    assert!(error.contains("'gone' any more") && error.contains("Nearest: goner"), "{error}");

    let app = TestGateway::with_models(&[&first, &second]).await;
    first.list(Script::refuse(503, "busy"));
    let session = session_with(&app, "gone").await.id;
    first.list(Script::models(&["model-0"]));
    app.completed(&app.send_to(&session, "hi").await).await;
    let answer = app.messages(&session).await.remove(1);
    let fallback = answer.details.unwrap().fallback.unwrap();
    assert_eq!((fallback.requested.as_str(), fallback.model.as_str()), ("gone", "model-0"));
    assert_eq!((fallback.provider.as_str(), answer.content.as_str()), ("provider-0", "first"));
    assert!(fallback.reason.contains("No model provider offers"), "{}", fallback.reason);
}

#[tokio::test]
async fn a_provider_whose_list_is_not_known_answers_with_its_own_model_when_another_one_fails() {
    let down = server(Script::refuse(401, "who?"), Script::models(&["model-0"])).await;
    let up = server(Script::say("second"), Script::refuse(404, "what?")).await;
    let app = TestGateway::with_models(&[&down, &up]).await;
    let session = session_with(&app, "model-0").await.id;
    app.completed(&app.send_to(&session, "hi").await).await;
    assert_eq!(up.requests()[0].model(), "model-1");
    let fallback = app.messages(&session).await.remove(1).details.unwrap().fallback.unwrap();
    assert_eq!((fallback.requested.as_str(), fallback.model.as_str()), ("model-0", "model-1"));
}

#[tokio::test]
async fn an_answer_says_that_the_first_provider_failed_and_one_as_asked_says_nothing() {
    let down = server(Script::refuse(401, "who?"), Script::refuse(401, "who?")).await;
    let up = server(Script::say("second"), Script::models(&["model-1"])).await;
    let app = TestGateway::with_models(&[&down, &up]).await;
    let sent = app.send("hi").await;
    app.completed(&sent).await;
    let fallback = app.messages(&sent.session_id).await.remove(1).details.unwrap().fallback.unwrap();
    assert_eq!((fallback.requested.as_str(), fallback.model.as_str()), ("model-0", "model-1"));
    assert!(fallback.reason.contains("does not accept the API key"), "{}", fallback.reason);

    let app = TestGateway::with_models(&[&up]).await;
    let sent = app.send("hi").await;
    app.completed(&sent).await;
    assert_eq!(app.messages(&sent.session_id).await.remove(1).details, None);
}
