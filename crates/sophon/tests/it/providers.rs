//! What a person reads of the model providers in `sophon doctor` and `sophon status`.

use sophon_testkit::{ModelServer, Script};

use crate::program::Program;
use crate::real::{Served, serve_with};

/// A gateway with one provider, `model` of which `base_url` is to answer.
async fn gateway(base_url: &str, model: &str) -> Served {
    let variables =
        [("OPENAI_BASE_URL", base_url), ("OPENAI_API_KEY", "sk-wrong-123456"), ("SOPHON_MODEL", model)];
    serve_with(true, &variables).await
}

#[tokio::test]
async fn a_provider_that_answers_is_shown_with_its_model_and_its_address() {
    let server = ModelServer::start(|_| Script::say("ok")).await;
    server.list(Script::models(&["m1", "m2"]));
    let served = gateway(&server.openai_url(), "m1").await;
    let program = Program::new(&served.url);
    let told = format!("openai: m1 at {} answers in ", server.openai_url());

    let doctor = program.run(&["doctor"]).await;
    assert_eq!(doctor.status, Some(0), "{doctor:?}");
    assert!(doctor.stdout.contains(&told) && doctor.stdout.contains("; it offers 2 models"), "{doctor:?}");
    let status = program.run(&["status"]).await;
    assert!(status.stdout.contains(&format!("Model    {told}")), "{status:?}");

    let status = &program.documents(&["status"]).await[0]["providers"][0];
    assert_eq!(
        (&status["ok"], &status["kind"], &status["model"]),
        (&true.into(), &"openai".into(), &"m1".into())
    );
    let doctor = program.documents(&["doctor"]).await;
    let check = doctor[0]["checks"].as_array().and_then(|checks| checks.last()).expect("a check");
    assert_eq!((&check["name"], &check["state"]), (&"Models".into(), &"ok".into()));
    assert_eq!(&check["provider"]["offered"], 2);
}

#[tokio::test]
async fn a_wrong_key_and_an_unknown_model_are_told_with_what_to_do() {
    let cases = [
        (Script::refuse(401, "who?"), "does not accept the API key", "→ Check the provider's API key."),
        (Script::refuse(404, "what?"), "There is no model 'gpt-5x' at http://", "→ Nearest: gpt-5, gpt-5.5."),
    ];
    for (answer, wrong, hint) in cases {
        let server = ModelServer::start(move |_| answer.clone()).await;
        server.list(Script::models(&["gpt-5.5", "gpt-5"]));
        let served = gateway(&server.openai_url(), "gpt-5x").await;
        let program = Program::new(&served.url);
        let doctor = program.run(&["doctor"]).await;
        assert_eq!(doctor.status, Some(1), "{doctor:?}");
        assert!(doctor.stdout.contains(wrong) && doctor.stdout.contains(hint), "{doctor:?}");
        let status = program.run(&["status"]).await;
        assert_eq!(status.status, Some(0));
        assert!(status.stdout.contains(wrong) && !doctor.stdout.contains("sk-wrong"), "{status:?}");
    }
}

#[tokio::test]
async fn a_wrong_port_is_named() {
    let gone = ModelServer::playing([]).await.openai_url();
    let served = gateway(&gone, "m1").await;
    let doctor = Program::new(&served.url).run(&["doctor"]).await;
    assert_eq!(doctor.status, Some(1), "{doctor:?}");
    assert!(
        doctor.stdout.contains(&gone) && doctor.stdout.contains("address and port are right"),
        "{doctor:?}"
    );
}
