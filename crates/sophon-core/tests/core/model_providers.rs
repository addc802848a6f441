//! Providers that are added, changed and removed while the gateway runs.

use sophon_core::models::{ListedProvider, NewProvider, ProviderChange, ProviderTest};
use sophon_model::ports::ModelErrorKind;
use sophon_model::{
    Error, Kind, MessageRole, ModelTraits, ProviderId, ProviderModel, SecretBytes, SecretName, SecretPurpose,
    StoredProvider,
};
use sophon_testgateway::{Engine, Setup, provider};
use sophon_testkit::{Gate, ModelServer, Script};

use sophon_testgateway::TestGateway;

async fn on_each_engine(test: impl AsyncFn(TestGateway)) {
    for engine in Engine::available() {
        test(Setup::default().on(engine).start().await).await;
    }
}

async fn saying(text: &'static str) -> ModelServer {
    let server = ModelServer::start(move |_| Script::say(text)).await;
    server.list(Script::models(&["text-embedding-3", "m1", "m2"]));
    server
}

fn model(id: &str) -> ProviderModel {
    ProviderModel { id: id.into(), enabled: true, traits: ModelTraits::default() }
}

fn at(url: String) -> NewProvider {
    NewProvider {
        preset: "custom".into(),
        base_url: Some(url),
        key: Some(SecretBytes::from(b"hunter2".to_vec())),
        models: vec![model("m1")],
        is_enabled: true,
        ..NewProvider::default()
    }
}

fn named(name: &str, server: &ModelServer) -> NewProvider {
    NewProvider { name: Some(name.into()), ..at(server.openai_url()) }
}

async fn add(app: &TestGateway, new: NewProvider) -> StoredProvider {
    app.gateway.models.add(&app.admin(), new).await.expect("it is added")
}

async fn change(app: &TestGateway, id: &ProviderId, change: ProviderChange) -> Result<StoredProvider, Error> {
    app.gateway.models.change(&app.admin(), id, change).await
}

/// What is answered to a message.
async fn answer(app: &TestGateway) -> String {
    let sent = app.send("hi").await;
    app.completed(&sent).await;
    let messages = app.messages(&sent.session_id).await;
    messages.into_iter().rfind(|message| message.role == MessageRole::Agent).expect("an answer").content
}

async fn test(app: &TestGateway, new: NewProvider) -> ProviderTest {
    app.gateway.models.test_draft(&app.admin(), new, None).await.expect("it is tested")
}

async fn problem(app: &TestGateway, new: NewProvider) -> ModelErrorKind {
    test(app, new).await.check.problem.expect("there is a problem").kind
}

#[tokio::test]
async fn a_provider_answers_from_when_it_is_added_until_it_is_removed() {
    on_each_engine(async |app| {
        let server = saying("from a model").await;
        assert!(answer(&app).await.contains("offline agent"));
        let provider = add(&app, at(server.openai_url())).await;
        assert_eq!(answer(&app).await, "from a model");
        assert_eq!(server.requests()[0].header("authorization"), "Bearer hunter2");
        app.gateway.models.remove(&app.admin(), &provider.id).await.unwrap();
        assert!(answer(&app).await.contains("offline agent"));
        let again = app.gateway.models.remove(&app.admin(), &provider.id).await.unwrap_err();
        assert_eq!(again.kind(), Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_has_begun_keeps_its_provider() {
    let gate = Gate::new();
    let held = gate.clone();
    let first = ModelServer::start(move |_| Script::answer().text("first ").wait(&held).text("server")).await;
    let second = saying("second server").await;
    let app = TestGateway::offline().await;
    let provider = add(&app, at(first.openai_url())).await;
    let sent = app.send("hi").await;
    gate.reached().await;
    let key = Some(Some(SecretBytes::from(b"other".to_vec())));
    let moved = ProviderChange { base_url: Some(second.openai_url()), key, ..ProviderChange::default() };
    change(&app, &provider.id, moved).await.unwrap();
    assert_eq!(answer(&app).await, "second server");
    gate.open();
    app.completed(&sent).await;
    let messages = app.messages(&sent.session_id).await;
    assert_eq!(messages.last().unwrap().content, "first server");
}

#[tokio::test]
async fn the_order_and_whether_each_is_asked_can_be_changed() {
    on_each_engine(async |app| {
        let (one, two) = (saying("one").await, saying("two").await);
        let first = add(&app, named("one", &one)).await;
        let second = add(&app, named("two", &two)).await;
        assert_eq!(answer(&app).await, "one");
        let ahead = ProviderChange { priority: Some(0), ..ProviderChange::default() };
        let behind = ProviderChange { priority: Some(1), ..ProviderChange::default() };
        change(&app, &second.id, ahead).await.unwrap();
        change(&app, &first.id, behind).await.unwrap();
        assert_eq!(answer(&app).await, "two");
        let off = ProviderChange { is_enabled: Some(false), ..ProviderChange::default() };
        change(&app, &second.id, off).await.unwrap();
        assert_eq!(answer(&app).await, "one");
        let listed = app.gateway.models.providers(&app.admin()).await.unwrap();
        let names: Vec<_> = listed
            .into_iter()
            .map(|provider| match provider {
                ListedProvider::Added(provider) => (provider.name, provider.is_enabled),
                ListedProvider::Configured(provider) => (provider.id, true),
            })
            .collect();
        assert_eq!(names, [("two".to_owned(), false), ("one".to_owned(), true)]);
    })
    .await;
}

#[tokio::test]
async fn those_of_the_configuration_come_first_and_cannot_be_changed() {
    let (configured, added) = (saying("configured").await, saying("added").await);
    let app = Setup::default().provider(provider("main", "m0", &configured)).start().await;
    add(&app, at(added.openai_url())).await;
    assert_eq!(answer(&app).await, "configured");
    let main = ProviderId::from("main");
    let refused = change(&app, &main, ProviderChange::default()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Conflict, "provider_is_configured"));
    let kept = app.gateway.models.remove(&app.admin(), &main).await.unwrap_err();
    assert_eq!(kept.code(), "provider_is_configured");
    let taken = app.gateway.models.add(&app.admin(), named("main", &added)).await.unwrap_err();
    assert_eq!((taken.kind(), taken.field()), (Kind::Conflict, Some("name")));
    let tested = app.gateway.models.test(&app.admin(), &main).await.unwrap();
    assert!(tested.check.problem.is_none(), "{tested:?}");
}

#[tokio::test]
async fn a_key_is_sealed_goes_to_its_own_host_only_and_goes_with_its_provider() {
    on_each_engine(async |app| {
        let (server, other) = (saying("ok").await, saying("caught").await);
        let provider = add(&app, at(server.openai_url())).await;
        let name = SecretName {
            tenant: provider.tenant_id.clone(),
            owner: (&provider.id).into(),
            purpose: SecretPurpose::ProviderKey,
        };
        let stored = async || {
            let name = name.clone();
            app.gateway.db.read(move |tx| tx.secret(&name)).await.unwrap()
        };
        assert!(!stored().await.unwrap().sealed.contains("hunter"));
        let moved = ProviderChange { base_url: Some(other.openai_url()), ..ProviderChange::default() };
        let refused = change(&app, &provider.id, moved).await.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (Kind::ValidationFailed, Some("api_key")));
        let draft = NewProvider { key: None, ..at(other.openai_url()) };
        let models = &app.gateway.models;
        let refused = models.test_draft(&app.admin(), draft, Some(provider.id.clone())).await.unwrap_err();
        assert_eq!(refused.field(), Some("api_key"));
        assert!(other.requests().is_empty() && other.lists() == 0, "the key went nowhere else");
        let draft = NewProvider { key: None, ..at(server.openai_url()) };
        let tested = models.test_draft(&app.admin(), draft, Some(provider.id.clone())).await.unwrap();
        assert!(tested.check.problem.is_none(), "{tested:?}");
        assert_eq!(server.requests()[0].header("authorization"), "Bearer hunter2");
        models.remove(&app.admin(), &provider.id).await.unwrap();
        assert!(stored().await.is_none());
    })
    .await;
}

#[tokio::test]
async fn what_was_added_is_there_after_a_restart() {
    for engine in Engine::available() {
        let server = saying("still here").await;
        let app = Setup::default().on(engine).start().await;
        add(&app, at(server.openai_url())).await;
        let app = app.crash_and_restart(&[]).await;
        assert_eq!(answer(&app).await, "still here", "{engine:?}");
        assert_eq!(server.requests()[0].header("authorization"), "Bearer hunter2");
    }
}

#[tokio::test]
async fn a_provider_that_another_process_adds_to_a_shared_database_is_asked_here_as_well() {
    for engine in Engine::available().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let server = saying("ok").await;
        let app = Setup::default().on(engine).start().await;
        let here = add(&app, named("here", &server)).await;
        // What is written past the service is what another process writes.
        let elsewhere = StoredProvider {
            id: app.gateway.db.new_id(),
            name: "elsewhere".into(),
            has_key: false,
            models: vec![model("m9")],
            ..here
        };
        app.gateway.db.write(move |unit| unit.tx.insert(&elsewhere)).await.unwrap();
        app.until(async || {
            let models = app.gateway.models.list().await;
            models.into_iter().find(|model| model.info.id == "m9")
        })
        .await;
    }
}

#[tokio::test]
async fn a_draft_is_tested_before_it_is_saved_and_nothing_is_kept() {
    let app = TestGateway::offline().await;
    let server = saying("ok").await;
    let unnamed = NewProvider { models: Vec::new(), ..at(server.openai_url()) };
    let tested = test(&app, unnamed).await;
    assert!(tested.check.problem.is_none(), "{tested:?}");
    assert_eq!(tested.check.model, "m1", "the first that holds conversations");
    assert_eq!(tested.offered, ["text-embedding-3", "m1", "m2"]);
    let refusing = ModelServer::start(|_| Script::refuse(401, "Incorrect API key")).await;
    refusing.list(Script::refuse(401, "Incorrect API key"));
    assert_eq!(problem(&app, at(refusing.openai_url())).await, ModelErrorKind::Unauthorized);
    let unnamed = NewProvider { models: Vec::new(), ..at(refusing.openai_url()) };
    assert_eq!(problem(&app, unnamed).await, ModelErrorKind::Unauthorized);
    assert_eq!(problem(&app, at("http://127.0.0.1:1/v1".into())).await, ModelErrorKind::Unavailable);
    let page = ModelServer::start(|_| Script::recorded(200, &[], "<html>")).await;
    assert_eq!(problem(&app, at(page.openai_url())).await, ModelErrorKind::Unavailable);
    assert!(app.gateway.models.providers(&app.admin()).await.unwrap().is_empty());
    assert!(answer(&app).await.contains("offline agent"));
}

#[tokio::test]
async fn no_model_is_guessed_of_a_server_that_lists_none() {
    let app = TestGateway::offline().await;
    let server = ModelServer::start(|_| Script::say("ok")).await;
    let unnamed = || NewProvider { models: Vec::new(), ..at(server.openai_url()) };
    let problem = test(&app, unnamed()).await.check.problem.expect("there is no model to ask");
    assert_eq!(problem.kind, ModelErrorKind::UnknownModel);
    assert!(problem.next_step().contains("Enter the name of a model"), "{problem}");
    let refused = app.gateway.models.add(&app.admin(), unnamed()).await.unwrap_err();
    assert_eq!(refused.field(), Some("models"));
    assert!(server.requests().is_empty(), "it was not asked for a model of somebody else's");
    let tested = test(&app, at(server.openai_url())).await;
    assert!(tested.check.problem.is_none(), "{tested:?}");
    assert_eq!(add(&app, at(server.openai_url())).await.models, [model("m1")]);
}

#[tokio::test]
async fn an_address_is_kept_as_it_is_dialled() {
    let app = TestGateway::offline().await;
    let server = saying("ok").await;
    let provider = add(&app, at(format!(" {}\r\n/", server.openai_url()))).await;
    assert_eq!(provider.base_url, server.openai_url());
    let odd = format!("{}\\@localhost/", server.url());
    let key = Some(Some(SecretBytes::from(b"hunter2".to_vec())));
    let moved = ProviderChange { base_url: Some(odd), key, ..ProviderChange::default() };
    let moved = change(&app, &provider.id, moved).await.unwrap();
    assert_eq!(moved.base_url, format!("{}/@localhost", server.url()));
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_before_anything_is_paid_for() {
    let app = TestGateway::offline().await;
    let server = saying("ok").await;
    let added = add(&app, named("box", &server)).await;
    let taken = app.gateway.models.test_draft(&app.admin(), named("box", &server), None).await.unwrap_err();
    assert_eq!((taken.kind(), taken.field()), (Kind::Conflict, Some("name")));
    assert!(server.requests().is_empty());
    let tested = test(&app, named("other", &server)).await;
    assert_eq!(tested.check.provider, "other");
    app.gateway.models.test_draft(&app.admin(), named("box", &server), Some(added.id)).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_with_the_field() {
    let app = TestGateway::offline().await;
    let server = saying("ok").await;
    let url = server.openai_url();
    let price = ModelTraits { input_price: Some(-1.0), ..ModelTraits::default() };
    let cases = [
        ("preset", NewProvider { preset: "nonesuch".into(), ..at(url.clone()) }),
        ("base_url", at(String::new())),
        ("base_url", at("http://169.254.169.254/v1".into())),
        ("base_url", at("ftp://box.lan".into())),
        ("api_key", NewProvider { key: Some(SecretBytes::from(Vec::new())), ..at(url.clone()) }),
        ("api_key", NewProvider { preset: "openai".into(), ..NewProvider::default() }),
        ("models", NewProvider { models: vec![model("a"), model("a")], ..at(url.clone()) }),
        (
            "models",
            NewProvider { models: vec![ProviderModel { enabled: false, ..model("a") }], ..at(url.clone()) },
        ),
        (
            "models",
            NewProvider { models: vec![ProviderModel { traits: price, ..model("a") }], ..at(url.clone()) },
        ),
        ("models", NewProvider { models: Vec::new(), ..at("http://127.0.0.1:1/v1".into()) }),
        ("priority", NewProvider { priority: Some(-1), ..at(url.clone()) }),
        ("name", NewProvider { name: Some(" ".into()), ..at(url.clone()) }),
        ("name", NewProvider { name: Some("Sophon".into()), ..at(url.clone()) }),
        ("base_url", at("127.0.0.1:9/v1".into())),
        ("models", NewProvider { models: vec![model("gpt\u{202e}5")], ..at(url) }),
    ];
    for (field, new) in cases {
        let refused = app.gateway.models.add(&app.admin(), new).await.unwrap_err();
        assert_eq!(refused.field(), Some(field), "{refused}");
    }
    assert!(app.gateway.models.providers(&app.admin()).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_catalogue_has_what_is_known_of_each_model_and_what_is_disabled_cannot_be_asked_for() {
    let app = TestGateway::offline().await;
    let server = saying("ok").await;
    let traits =
        ModelTraits { context_tokens: Some(4_000), input_price: Some(0.5), ..ModelTraits::default() };
    let models =
        vec![ProviderModel { traits, ..model("m1") }, ProviderModel { enabled: false, ..model("m2") }];
    add(&app, NewProvider { models, ..at(server.openai_url()) }).await;
    let catalogue = app.gateway.models.catalogue().await.unwrap();
    let seen: Vec<_> = catalogue
        .iter()
        .map(|entry| (entry.model.id.as_str(), entry.model.enabled, entry.is_configured))
        .collect();
    assert_eq!(seen, [("m1", true, true), ("m2", false, true), ("text-embedding-3", true, false)]);
    assert_eq!(catalogue[0].model.traits.context_tokens, Some(4_000));
    assert_eq!(catalogue[0].model.traits.input_price, Some(0.5));
    assert_eq!(catalogue[0].model.traits.output_tokens, None, "what is assumed is not known");
    let listed: Vec<_> = app.gateway.models.list().await.into_iter().map(|model| model.info.id).collect();
    assert_eq!(listed, ["m1", "text-embedding-3"]);
}

#[tokio::test]
async fn a_model_that_calls_no_tools_is_given_none() {
    for tools in [None, Some(true), Some(false)] {
        let app = TestGateway::offline().await;
        let server = saying("ok").await;
        let traits = ModelTraits { tools, ..ModelTraits::default() };
        let models = vec![ProviderModel { traits, ..model("m1") }];
        add(&app, NewProvider { models, ..at(server.openai_url()) }).await;
        answer(&app).await;
        let given = server.requests()[0].body["tools"].as_array().map_or(0, Vec::len);
        assert_eq!(given > 0, tools != Some(false), "{tools:?}");
    }
}

#[tokio::test]
async fn a_provider_without_a_name_has_that_of_its_service_with_a_number_if_it_is_taken() {
    let app = TestGateway::offline().await;
    let server = saying("ok").await;
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(add(&app, at(server.openai_url())).await.name);
    }
    assert_eq!(names, ["custom", "custom-2", "custom-3"]);
}
