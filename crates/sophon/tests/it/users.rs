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
    assert!(signed_in.stdout.contains("as ada@example.com (Operator)"), "{signed_in:?}");
    assert!(signed_in.stderr.contains("change it with `sophon password`"), "{signed_in:?}");
    let listed = admin.run(&["admin", "users"]).await.stdout;
    assert!(listed.contains("active, password due"), "{listed}");
    let due = ada.run(&["sessions"]).await;
    assert_eq!(due.status, Some(1));
    assert!(due.stderr.contains("Choose one of your own first"), "{due:?}");
    let changed = ada.run_with(&["password", "--stdin"], &format!("{first}\n{NEW_PASSWORD}\n")).await;
    assert_eq!(changed.status, Some(0), "{changed:?}");
    assert_eq!(ada.run(&["sessions"]).await.status, Some(0));

    let listed = admin.documents(&["admin", "users", "--search", "ada"]).await;
    let id = listed[0]["items"][0]["id"].as_str().expect("an id").to_owned();
    let suspended = admin.run(&["admin", "users", "suspend", "Ada@example.com"]).await;
    assert_eq!(suspended.stdout, "Ada (ada@example.com) is suspended.\n");
    let of_status = async |status: &str| admin.run(&["admin", "users", "--status", status]).await;
    assert!(of_status("suspended").await.stdout.contains("ada@example.com"));
    assert!(!of_status("active").await.stdout.contains("ada@example.com"));
    assert_eq!(of_status("asleep").await.status, Some(2));
    assert_eq!(ada.run(&["sessions"]).await.status, Some(1));
    let unsure = admin.run(&["admin", "users", "delete", &id]).await;
    assert!(unsure.stderr.contains("hint: Say `--yes` if you mean it."), "{unsure:?}");
    let deleted = admin.run(&["admin", "users", "delete", &id, "--yes"]).await;
    assert_eq!(deleted.status, Some(0), "{deleted:?}");
    assert!(!admin.run(&["admin", "users"]).await.stdout.contains("ada@example.com"));
}

#[tokio::test]
async fn a_forgotten_password_is_reset_and_what_is_ones_own_is_handed_over() {
    let gateway = serve(false).await;
    let admin = Program::new(&gateway.url);
    admin.run_with(&["login", "--email", EMAIL, "--password-stdin"], PASSWORD).await;
    for (email, role) in [("ada@example.com", "operator"), ("vera@example.com", "Viewer")] {
        let create = ["admin", "users", "create", email, "--name", "A", "--role", role];
        assert_eq!(admin.run(&create).await.status, Some(0));
    }
    let reset = admin.run(&["admin", "users", "reset-password", "ada@example.com"]).await;
    assert_eq!(reset.status, Some(0), "{reset:?}");
    assert!(reset.stderr.contains("not shown again"), "{reset:?}");
    let first = reset.stdout.trim_end();
    let ada = Program::new(&gateway.url);
    let login = ["login", "--email", "ada@example.com", "--password-stdin"];
    assert_eq!(ada.run_with(&login, first).await.status, Some(0));
    ada.run_with(&["password", "--stdin"], &format!("{first}\n{NEW_PASSWORD}\n")).await;
    assert_eq!(ada.run(&["chat", "calculate 6*7"]).await.status, Some(0));

    let delete = async |more: &[&str]| {
        admin.run(&[&["admin", "users", "delete", "ada@example.com", "--yes"], more].concat()).await
    };
    let kept = delete(&[]).await;
    assert!(
        kept.stderr.contains("This user has 1 session.") && kept.stderr.contains("--reassign-to"),
        "{kept:?}"
    );
    let viewer = delete(&["--reassign-to", "vera@example.com"]).await;
    assert!(viewer.stderr.contains("lacks SendMessages"), "{viewer:?}");
    assert_eq!(delete(&["--reassign-to", EMAIL]).await.stdout, "ada@example.com is deleted.\n");
    let unknown = admin.run(&["admin", "users", "show", "ada@example.com"]).await;
    assert!(unknown.stderr.contains("hint: `sophon admin users` lists what there is."), "{unknown:?}");
    let own = admin.run(&["admin", "users", "reset-password", EMAIL]).await;
    assert!(own.stderr.contains("hint: `sophon password` changes your own."), "{own:?}");
    for nothing in [["users", "update", "vera@example.com"], ["roles", "update", "Viewer"]] {
        let run = admin.run(&[&["admin"], &nothing[..]].concat()).await;
        assert_eq!(run.status, Some(2), "nothing is to be changed: {run:?}");
    }
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
        .documents(&["admin", "users", "create", "bob@example.com", "--name", "Bob", "--role", "support"])
        .await;
    assert_eq!(user[0]["user"]["role"], id.as_str());
    let users = admin.run(&["admin", "users", "--role", "Support"]).await.stdout;
    assert!(users.contains("Support") && !users.contains(&id) && !users.contains("Admin"), "{users}");
    let bob = admin.run(&["admin", "users", "show", "bob@example.com"]).await.stdout;
    assert!(bob.contains("Support") && !bob.contains(&id), "{bob}");
    let unknown = admin.run(&["admin", "roles", "show", "Nobody"]).await;
    assert!(unknown.stderr.contains("hint: `sophon admin roles` lists what there is."), "{unknown:?}");
    let in_use = admin.run(&["admin", "roles", "delete", "Support", "--yes"]).await;
    assert!(in_use.stderr.contains("Users who have this role: 1."), "{in_use:?}");
    let changed = admin.documents(&["admin", "roles", "update", &id, "--permission", "SendMessages"]).await;
    assert_eq!(changed[0]["permissions"], serde_json::json!(["SendMessages"]));
    let built_in = admin.run(&["admin", "roles", "update", "Operator", "--name", "Boss"]).await;
    assert!(built_in.stderr.contains("Operator is built in"), "{built_in:?}");
    let shown = admin.run(&["admin", "roles", "show", "viewer"]).await.stdout;
    assert!(shown.contains("ViewBudgets") && shown.contains("See budgets."), "{shown}");
}
