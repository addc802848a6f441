//! `sophon discussions`.

use sophon_testkit::{ModelServer, Script};

use crate::program::Program;
use crate::real::{serve, serve_with};

const VERDICT: &str = r#"{"recommendation": "Move.", "reasoning": "It pays.", "confidence": 0.8,
    "keyPoints": ["One history"], "dissent": ["It is work"]}"#;

#[tokio::test]
async fn a_discussion_is_started_followed_and_shown() {
    let said = [Script::say("It is worth it."), Script::say("It is not."), Script::say(VERDICT)];
    let model = ModelServer::playing(said).await;
    let url = model.openai_url();
    let variables =
        [("OPENAI_BASE_URL", url.as_str()), ("OPENAI_API_KEY", "key"), ("SOPHON_MODEL", "scripted")];
    let gateway = serve_with(true, &variables).await;
    let program = Program::new(&gateway.url);
    assert!(program.run(&["discussions"]).await.stderr.contains("There are none"));
    let start = [
        "discussions",
        "start",
        "Should",
        "we",
        "move?",
        "--panelist",
        "Ada=You like change.",
        "--panelist",
        "Bob=You do not.",
        "--rounds",
        "1",
        "--follow",
    ];
    let run = program.run(&start).await;
    assert_eq!(run.status, Some(0), "{run:?}");
    for part in ["Should we move?", "Ada, Bob", "round 1", "It is", "Move.", "80 % sure", "• One history"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    let list = program.documents(&["discussions"]).await;
    let id = list[0]["items"][0]["id"].as_str().expect("an id");
    assert!(program.run(&["discussions"]).await.stdout.contains(id));
    let shown = program.run(&["discussions", "show", id]).await.stdout;
    assert!(shown.contains("It pays.") && shown.contains("Dissent"), "{shown}");
    let detail = program.documents(&["discussions", "show", id]).await;
    assert_eq!(detail[0]["turns"].as_array().map(Vec::len), Some(2));
    let ended = program.run(&["discussions", "cancel", id]).await;
    assert_eq!(ended.status, Some(1), "{ended:?}");
}

#[tokio::test]
async fn a_discussion_that_cannot_be_says_why() {
    let gateway = serve(true).await;
    let run = Program::new(&gateway.url).run(&["discussions", "start", "Why?", "--panelist", "sophon"]).await;
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.contains("panelists"), "{}", run.stderr);
    let none = Program::new(&gateway.url).run(&["discussions", "show", "disc_none"]).await;
    assert_eq!(none.status, Some(1));
}
