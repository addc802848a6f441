//! `sophon admin` and `sophon password`.

use crate::program::Program;
use crate::real::{EMAIL, PASSWORD, serve};

const NEW_PASSWORD: &str = "purple giraffe under water";

#[tokio::test]
async fn a_user_is_made_changes_the_first_password_and_is_suspended_and_deleted() {
    let gateway = serve(false).await;
    let admin = Program::new(&gateway.url);
    admin.run_with(&["login", "--email", EMAIL, "--password-stdin"], PASSWORD).await;
    let create = ["admin", "users", "create", "ada@example.com", "--name", "Ada", "--role", "Operator"];
    let created = admin.run(&create).await;
    assert_eq!(created.status, Some(0), "{created:?}");
    let first = created.stdout.trim_end();
    assert!(created.stderr.contains("has to change this password"), "{created:?}");

    let ada = Program::new(&gateway.url);
    let login = ["login", "--email", "ada@example.com", "--password-stdin"];
    let signed_in = ada.run_with(&login, first).await;
    assert!(signed_in.stderr.contains("change it with `sophon password`"), "{signed_in:?}");
    let due = ada.run(&["sessions"]).await;
    assert_eq!(due.status, Some(1));
    assert!(due.stderr.contains("Choose one of your own first"), "{due:?}");
    let changed = ada.run_with(&["password", "--stdin"], &format!("{first}\n{NEW_PASSWORD}\n")).await;
    assert_eq!(changed.status, Some(0), "{changed:?}");
    assert_eq!(ada.run(&["sessions"]).await.status, Some(0));

    let listed = admin.documents(&["admin", "users", "--search", "ada"]).await;
    let id = listed[0]["items"][0]["id"].as_str().expect("an id").to_owned();
    let suspended = admin.run(&["admin", "users", "suspend", &id]).await;
    assert_eq!(suspended.stdout, "Ada (ada@example.com) is suspended.\n");
    assert_eq!(ada.run(&["sessions"]).await.status, Some(1));
    let unsure = admin.run(&["admin", "users", "delete", &id]).await;
    assert!(unsure.stderr.contains("hint: Say `--yes` if you mean it."), "{unsure:?}");
    let deleted = admin.run(&["admin", "users", "delete", &id, "--yes"]).await;
    assert_eq!(deleted.status, Some(0), "{deleted:?}");
    assert!(!admin.run(&["admin", "users"]).await.stdout.contains("ada@example.com"));
}

#[tokio::test]
async fn roles_are_made_given_changed_and_deleted() {
    let gateway = serve(true).await;
    let admin = Program::new(&gateway.url);
    let created =
        admin.documents(&["admin", "roles", "create", "Support", "--permission", "viewusers"]).await;
    let id = created[0]["id"].as_str().expect("an id").to_owned();
    let list = admin.run(&["admin", "roles"]).await.stdout;
    assert!(list.contains("Operator") && list.contains("Support") && list.contains("ViewUsers"), "{list}");
    let user = admin
        .documents(&["admin", "users", "create", "bob@example.com", "--name", "Bob", "--role", &id])
        .await;
    assert_eq!(user[0]["user"]["role"], id.as_str());
    let in_use = admin.run(&["admin", "roles", "delete", &id, "--yes"]).await;
    assert!(in_use.stderr.contains("Users who have this role: 1."), "{in_use:?}");
    let changed = admin.documents(&["admin", "roles", "update", &id, "--permission", "SendMessages"]).await;
    assert_eq!(changed[0]["permissions"], serde_json::json!(["SendMessages"]));
    let built_in = admin.run(&["admin", "roles", "update", "Operator", "--name", "Boss"]).await;
    assert!(built_in.stderr.contains("Operator is built in"), "{built_in:?}");
    let shown = admin.run(&["admin", "roles", "show", "Viewer"]).await.stdout;
    assert!(shown.contains("ViewBudgets") && shown.contains("See budgets."), "{shown}");
}
