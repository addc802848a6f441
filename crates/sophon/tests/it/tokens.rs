//! `sophon tokens`.

use crate::program::Program;
use crate::real::{EMAIL, PASSWORD, serve};

#[tokio::test]
async fn tokens_are_created_listed_and_revoked() {
    let gateway = serve(true).await;
    let program = Program::new(&gateway.url);
    assert!(program.run(&["tokens"]).await.stderr.contains("You have no API tokens"));
    let create = ["tokens", "create", "--name", "CI", "--permission", "sendmessages", "--expires-in", "30d"];
    let created = program.run(&create).await;
    assert_eq!(created.status, Some(0), "{created:?}");
    let secret = created.stdout.trim_end();
    assert!(secret.starts_with("sk_") && created.stdout.lines().count() == 1, "{created:?}");
    assert!(
        created.stderr.contains("expires in 30 days. ")
            && created.stderr.contains("not shown again")
            && !created.stderr.contains(secret),
        "{created:?}"
    );

    let list = program.run(&["tokens"]).await.stdout;
    assert!(list.contains("CI") && list.contains("SendMessages") && list.contains("never"), "{list}");
    assert!(!list.contains(secret), "{list}");
    let listed = program.documents(&["tokens", "list"]).await;
    let id = listed[0]["items"][0]["id"].as_str().expect("an id").to_owned();
    let revoked = program.run(&["tokens", "revoke", &id]).await;
    assert_eq!(revoked.stdout, format!("{id} is revoked.\n"));
    let unknown = program.run(&["tokens", "revoke", &id]).await;
    assert_eq!(unknown.status, Some(1));
    assert!(unknown.stderr.contains("hint: `sophon tokens` lists what there is."), "{unknown:?}");
}

#[tokio::test]
async fn with_a_token_that_lacks_permissions_status_shows_what_it_may_see_and_names_the_rest() {
    let gateway = serve(false).await;
    let owner = Program::new(&gateway.url);
    let login = owner.run_with(&["login", "--email", EMAIL, "--password-stdin"], PASSWORD).await;
    assert_eq!(login.status, Some(0), "{login:?}");
    let create = ["tokens", "create", "--name", "narrow", "--permission", "SendMessages"];
    let secret = owner.run(&create).await.stdout;

    let program = Program::new(&gateway.url);
    let login = program.run_with(&["login", "--token", "-"], &secret).await;
    assert_eq!(login.status, Some(0), "{login:?}");
    let status = program.run(&["status"]).await;
    assert_eq!(status.status, Some(0), "{status:?}");
    assert!(
        status.stdout.contains(EMAIL) && status.stdout.contains("permission ViewActiveTasks"),
        "{status:?}"
    );
    assert_eq!(program.documents(&["status"]).await[0]["missingPermissions"][0], "ViewActiveTasks");
    let tasks = program.run(&["tasks"]).await;
    assert_eq!(tasks.status, Some(1));
    assert!(tasks.stderr.contains("hint: With an API token"), "{tasks:?}");
    assert!(!tasks.stderr.contains("Sign in"), "{tasks:?}");
}

#[tokio::test]
async fn a_permission_or_a_time_that_there_is_not_is_refused_with_those_that_there_are() {
    let program = Program::new("http://127.0.0.1:1");
    let wrong = program.run(&["tokens", "create", "--name", "CI", "--permission", "Everything"]).await;
    assert_eq!(wrong.status, Some(2));
    assert!(wrong.stderr.contains("SendMessages"), "{}", wrong.stderr);
    let wrong = program.run(&["tokens", "create", "--name", "CI", "--expires-in", "a month"]).await;
    assert!(wrong.stderr.contains("for example 30d"), "{}", wrong.stderr);
}
