//! The list of models that a service offers.

use sophon_egress::Limits;
use sophon_model::ports::{ModelErrorKind, ModelProvider};
use sophon_providers::{ProviderConfig, ProviderKind, build};
use sophon_testkit::{ModelServer, Script};

use crate::support::{KEY, KINDS, asking, config, egress, provider, url};

async fn listing(script: Script) -> ModelServer {
    let server = ModelServer::playing([]).await;
    server.list(script);
    server
}

async fn names(provider: &dyn ModelProvider) -> Option<Vec<String>> {
    let offered = provider.offered().await.unwrap()?;
    assert!(offered.iter().all(|model| model.provider == "main" && model.context_tokens > 0));
    Some(offered.into_iter().map(|model| model.id).collect())
}

#[tokio::test]
async fn each_format_lists_the_models_that_its_service_offers() {
    for kind in KINDS {
        let server = listing(Script::models(&["m1", "m2", "m1", "vendor/m3"])).await;
        let names = names(&*provider(kind, &server)).await.unwrap();
        assert_eq!(names, ["m1", "m2", "vendor/m3"], "{kind:?}");
        assert_eq!((server.lists(), server.requests().len()), (1, 0));
    }
}

#[tokio::test]
async fn a_configured_model_is_listed_as_it_is_configured() {
    for (kind, configured) in [(ProviderKind::Ollama, "m1:latest"), (ProviderKind::Gemini, "models/m1")] {
        let server = listing(Script::models(&["m1", "m2"])).await;
        let config =
            ProviderConfig { models: vec![configured.into()], ..config(kind, Some(url(kind, &server))) };
        let provider = build(&config, &egress(Limits::default())).unwrap();
        assert_eq!(names(&*provider).await.unwrap(), [configured, "m2"]);
    }
}

#[tokio::test]
async fn a_service_without_a_list_offers_nobody_knows_what() {
    for kind in KINDS {
        for status in [404, 405, 501] {
            let server = listing(Script::refuse(status, "what?")).await;
            assert_eq!(names(&*provider(kind, &server)).await, None, "{kind:?} {status}");
        }
    }
}

#[tokio::test]
async fn a_list_that_is_refused_says_why_and_names_the_url() {
    for kind in KINDS {
        let server = listing(Script::refuse(401, &format!("Bad key {KEY}"))).await;
        let error = provider(kind, &server).offered().await.unwrap_err();
        let url = url(kind, &server);
        assert_eq!(error.kind, ModelErrorKind::Unauthorized);
        assert_eq!(
            error.to_string(),
            format!(
                "The model provider 'main' ({url}) does not accept the API key: HTTP 401: Bad key [API key]. Check the provider's API key."
            )
        );
    }
}

#[tokio::test]
async fn what_is_no_list_and_what_is_longer_than_one_are_malformed() {
    let long = format!(r#"{{"data":[{{"id":"m1"}},{{"id":"{}"}}]}}"#, "x".repeat(10 * 1024 * 1024));
    for kind in KINDS {
        for (body, told) in [("<html>Welcome</html>", "no list of models"), (&long, "longer than 2048 KiB")] {
            let server = listing(Script::recorded(200, &[], body.to_owned())).await;
            let error = provider(kind, &server).offered().await.unwrap_err();
            assert_eq!(error.kind, ModelErrorKind::Malformed, "{kind:?}");
            assert!(error.message.contains(told), "{error}");
        }
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_unavailable_for_the_list_too() {
    let gone = ModelServer::playing([]).await.url();
    for kind in KINDS {
        let provider = build(&config(kind, Some(gone.clone())), &egress(Limits::default())).unwrap();
        let error = provider.offered().await.unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::Unavailable);
        assert!(error.to_string().contains(&gone) && error.to_string().contains("port"), "{error}");
    }
}

#[tokio::test]
async fn an_unknown_model_is_named_with_the_url() {
    for kind in KINDS {
        let server = ModelServer::playing([Script::refuse(404, "The model `m1` does not exist.")]).await;
        let error = provider(kind, &server).stream(asking("Hi")).await.err().unwrap();
        let there_is_none =
            format!("There is no model 'm1' at {} (model provider 'main')", url(kind, &server));
        assert!(error.to_string().starts_with(&there_is_none), "{error}");
    }
}
