//! Signing in by hand, and errors before anything is reached.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::gateway::Gateway;
use crate::program::Program;

#[tokio::test]
async fn a_token_is_looked_at_kept_privately_and_never_shown() {
    let gateway = Gateway::start(&[]).await;
    gateway.want("sk_secret", "-");
    let program = Program::new(&gateway.url);
    let wrong = program.run_with(&["login", "--token", "-"], "sk_wrong\n").await;
    assert_eq!(wrong.status, Some(1));
    assert!(
        wrong.stderr.contains("error: Who are you?\nhint: The gateway does not know this token"),
        "{}",
        wrong.stderr
    );
    assert!(wrong.stderr.contains("request: req_test"), "{}", wrong.stderr);
    assert!(!program.config().exists(), "a wrong token is not kept");

    let right = program.run_with(&["login", "--token", "-"], "sk_secret\n").await;
    assert_eq!(right.status, Some(0), "{right:?}");
    assert!(right.stdout.contains("as a@example.com (Admin)"), "{}", right.stdout);
    assert!(!right.stdout.contains("sk_secret") && !right.stderr.contains("sk_secret"));
    let mode = fs::metadata(program.config()).expect("kept").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    assert_eq!(program.run(&["chat", "hello"]).await.status, Some(0));
    assert_eq!(program.run(&["logout"]).await.status, Some(0));
    assert_eq!(program.run(&["chat", "hello"]).await.status, Some(1));
    assert!(!fs::read_to_string(program.config()).expect("kept").contains("sk_secret"));
}

#[tokio::test]
async fn a_credential_is_shown_to_no_other_gateway() {
    let (here, there) = (Gateway::start(&[]).await, Gateway::start(&[]).await);
    here.want("sk_secret", "-");
    there.want("sk_secret", "-");
    let program = Program::new(&here.url);
    assert_eq!(program.run_with(&["login", "--token", "-"], "sk_secret").await.status, Some(0));
    assert_eq!(program.run(&["chat", "hello"]).await.status, Some(0));
    assert_eq!(program.run(&["chat", "hello", "--gateway-url", &there.url]).await.status, Some(1));
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_an_error_with_a_cure() {
    let program = Program::new("http://127.0.0.1:1");
    let run = program.run(&["status"]).await;
    assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""));
    assert!(
        run.stderr.starts_with("error: the gateway at http://127.0.0.1:1/ cannot be reached"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("\nhint: Start a gateway with `sophon serve`"), "{}", run.stderr);

    let run = program.run(&["status", "--json"]).await;
    let error: Value = serde_json::from_str(&run.stderr).expect("JSON");
    assert!(error["error"]["message"].as_str().expect("a message").contains("cannot be reached"));

    let run = program.run(&["doctor"]).await;
    assert_eq!(run.status, Some(1));
    assert!(run.stdout.contains("fail  Gateway"), "{}", run.stdout);
}

#[tokio::test]
async fn what_answers_but_is_no_gateway_is_told_as_such() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = axum::Router::new().fallback(async || "<html>a router's own page</html>");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let run = Program::new(&url).run(&["sessions"]).await;
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.contains("is not a Sophon gateway"), "{}", run.stderr);
}

#[tokio::test]
async fn where_there_is_no_terminal_nobody_is_asked() {
    let gateway = Gateway::start(&[]).await;
    let run = Program::new(&gateway.url).run(&["login", "--email", "a@example.com"]).await;
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.contains("hint: Give `--email ADDRESS --password-stdin`"), "{}", run.stderr);
}
