//! `sophon models` and `sophon onboard`, against a gateway that runs and a model server that a test plays.

use sophon_testkit::{ModelServer, Script};

use crate::program::Program;
use crate::real::serve;

/// A server with one key, `good`.
async fn server() -> ModelServer {
    let server = ModelServer::start(|request| match request.header("authorization") {
        "Bearer good" => Script::say("Hello, I am here."),
        _ => Script::refuse(401, "Incorrect API key"),
    })
    .await;
    server.list(Script::models(&["text-embedding-3", "m1", "m2"]));
    server
}

#[tokio::test]
async fn a_script_sets_up_a_provider_and_gets_its_first_answer_without_a_restart() {
    let (server, gateway) = (server().await, serve(true).await);
    let program = Program::new(&gateway.url);
    assert!(program.run(&["models"]).await.stderr.contains("`sophon onboard` helps to add one"));
    let url = server.openai_url();
    let onboard = ["onboard", "--service", "custom", "--url", &url, "--api-key", "-", "--model", "m2"];
    let wrong = program.run_with(&onboard, "bad\n").await;
    assert_eq!(wrong.status, Some(1));
    assert!(
        wrong.stderr.contains("does not accept the API key")
            && wrong.stderr.contains("hint: Check the provider's API key.")
            && !wrong.stderr.contains("bad\n"),
        "{wrong:?}"
    );
    let run = program.run_with(&onboard, "good\n").await;
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(run.stdout.contains("custom is added. Its default model is m2."), "{run:?}");
    assert!(run.stdout.ends_with("Hello, I am here.\n"), "{run:?}");
    let list = program.run(&["models"]).await.stdout;
    assert!(list.contains("custom") && list.contains("enabled") && list.contains(&url), "{list}");
}

#[tokio::test]
async fn the_provider_that_was_added_says_hello_and_no_other() {
    let (first, gateway) = (server().await, serve(true).await);
    let program = Program::new(&gateway.url);
    let url = first.openai_url();
    let add = ["models", "add", "custom", "--url", &url, "--api-key", "good", "--name", "first"];
    assert_eq!(program.run(&add).await.status, Some(0));
    let second = ModelServer::start(|_| Script::say("I am the second.")).await;
    let onboard = async |model: &str| {
        let url = second.openai_url();
        program.run(&["onboard", "--service", "custom", "--url", &url, "--model", model]).await
    };
    let own = onboard("n1").await;
    assert_eq!(own.status, Some(0), "{own:?}");
    assert!(own.stdout.ends_with("I am the second.\n"), "{own:?}");
    let same = onboard("m1").await;
    assert_eq!(same.status, Some(1), "{same:?}");
    assert!(same.stderr.contains("first answered in place of custom-2"), "{same:?}");
    let asked = program.run(&["chat", "--model", "n1", "Who are you?"]).await;
    assert_eq!(asked.stdout, "I am the second.\n", "{asked:?}");
}

#[tokio::test]
async fn a_person_is_asked_for_a_model_where_the_server_lists_none() {
    let server = ModelServer::start(|request| match request.model() {
        "gpt-local" => Script::say("Hello, I am here."),
        _ => Script::refuse(404, "The model does not exist"),
    })
    .await;
    let gateway = serve(true).await;
    let mut terminal = Program::new(&gateway.url).in_terminal(&["onboard"]);
    let seen = terminal.looks(|seen| seen.contains("Number:")).await;
    let line = seen.lines().find(|line| line.contains("Other (OpenAI-compatible)")).expect("it is listed");
    terminal.types(line.split_whitespace().next().expect("a number"));
    terminal.shows("Address:").await;
    terminal.types(&server.openai_url());
    terminal.shows("API key").await;
    terminal.hides_input().await;
    terminal.types("");
    terminal.shows("it has no list of models").await;
    terminal.shows("Name of the model:").await;
    terminal.types("gpt-local");
    terminal.shows("custom is added. Its default model is gpt-local.").await;
    let (status, written) = terminal.finish().await;
    assert_eq!(status, Some(0), "{written}");
    assert!(written.contains("Hello, I am here."), "{written}");
}

#[tokio::test]
async fn without_a_terminal_nothing_is_asked() {
    let gateway = serve(true).await;
    let program = Program::new(&gateway.url);
    let run = program.run(&["onboard"]).await;
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.contains("Give `--service SERVICE` and what it needs, or `--offline`."), "{run:?}");
    let run = program.run(&["onboard", "--offline"]).await;
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(run.stdout.contains("offline agent"), "{run:?}");
}

#[tokio::test]
async fn a_person_chooses_enters_an_address_and_a_key_tries_again_and_picks_a_model() {
    let (server, gateway) = (server().await, serve(true).await);
    let mut terminal = Program::new(&gateway.url).in_terminal(&["onboard"]);
    let seen = terminal.looks(|seen| seen.contains("Number:")).await;
    let line = seen.lines().find(|line| line.contains("Other (OpenAI-compatible)")).expect("it is listed");
    terminal.types(line.split_whitespace().next().expect("a number"));
    terminal.shows("Address:").await;
    terminal.types(&server.openai_url());
    terminal.shows("API key").await;
    terminal.hides_input().await;
    terminal.types("bad");
    terminal.shows("does not accept the API key").await;
    terminal.shows("Address [").await;
    terminal.types("");
    terminal.shows("API key").await;
    terminal.hides_input().await;
    terminal.types("good");
    terminal.shows("Default model, by number or name [m1]:").await;
    terminal.types("3");
    terminal.shows("custom is added. Its default model is m2.").await;
    let (status, written) = terminal.finish().await;
    assert_eq!(status, Some(0), "{written}");
    assert!(written.contains("Hello, I am here.") && !written.contains("good"), "{written}");
}

#[tokio::test]
async fn providers_are_added_tested_ordered_disabled_and_removed() {
    let (server, gateway) = (server().await, serve(true).await);
    let program = Program::new(&gateway.url);
    let url = server.openai_url();
    let add = async |name: &str| {
        let add = ["models", "add", "custom", "--url", &url, "--api-key", "good", "--name", name];
        program.run(&add).await
    };
    for name in ["one", "two"] {
        let added = add(name).await;
        assert_eq!(
            added.stdout,
            format!("{name} is added. Its default model is m1. No restart is needed.\n")
        );
        assert!(added.stderr.starts_with(&format!("{name}: m1 at")), "{added:?}");
    }
    let asked = server.requests().len();
    let taken = add("two").await;
    assert_eq!((taken.status, server.requests().len()), (Some(1), asked));
    assert!(taken.stderr.contains("Choose another name."), "{taken:?}");
    assert_eq!(program.run(&["models", "first", "two"]).await.status, Some(0));
    assert_eq!(program.run(&["models", "disable", "one"]).await.stdout, "one is disabled.\n");
    let listed = &program.documents(&["models"]).await[0]["items"];
    assert_eq!((&listed[0]["name"], &listed[1]["name"]), (&"two".into(), &"one".into()));
    assert_eq!(listed[1]["enabled"], false);
    assert!(program.run(&["models", "test", "one"]).await.stdout.contains("one: m1 at"));
    let catalog = program.run(&["models", "catalog"]).await.stdout;
    assert!(catalog.contains("on offer") && catalog.contains("text-embedding-3"), "{catalog}");
    let services = program.run(&["models", "services"]).await.stdout;
    assert!(services.contains("openrouter") && services.contains("http://127.0.0.1:11434"), "{services}");
    assert_eq!(program.run(&["models", "find"]).await.status, Some(0));
    assert_eq!(program.run(&["models", "remove", "two", "--yes"]).await.stdout, "two is removed.\n");
    let unknown = program.run(&["models", "test", "two"]).await;
    assert!(unknown.stderr.contains("hint: `sophon models` lists what there is."), "{unknown:?}");
}
