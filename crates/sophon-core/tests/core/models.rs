//! Which models there are, and whether their providers answer.

use sophon_core::agents::AgentChange;
use sophon_core::models::ProviderCheck;
use sophon_model::ports::ModelErrorKind;
use sophon_model::{Kind, Permission, TaskStatus};
use sophon_testgateway::{ProviderKind, Setup, provider, provider_at};
use sophon_testkit::{ModelServer, Script};

use crate::harness::TestGateway;

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
