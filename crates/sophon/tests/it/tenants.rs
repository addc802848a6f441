//! `sophon admin tenants`, and acting in one of several.

use crate::program::Program;
use crate::real::{EMAIL, PASSWORD, serve};

const NEW_PASSWORD: &str = "purple giraffe under water";

#[tokio::test]
async fn a_tenant_is_made_gets_a_second_user_who_acts_in_both_and_is_deleted() {
    let gateway = serve(false).await;
    let admin = Program::new(&gateway.url);
    admin.run_with(&["login", "--email", EMAIL, "--password-stdin"], PASSWORD).await;
    let create = ["create", "acme", "--name", "Acme", "--admin", "ada@example.com", "--admin-name", "Ada"];
    let created = admin.run(&[&["admin", "tenants"], &create[..]].concat()).await;
    assert_eq!(created.status, Some(0), "{created:?}");
    assert!(created.stderr.contains("is administered by ada@example.com"), "{created:?}");
    let first = created.stdout.trim_end();

    let ada = Program::new(&gateway.url);
    let login = ["login", "--email", "ada@example.com", "--password-stdin"];
    assert_eq!(ada.run_with(&login, first).await.status, Some(0));
    ada.run_with(&["password", "--stdin"], &format!("{first}\n{NEW_PASSWORD}\n")).await;
    let chat = ada.run(&["chat", "calculate 6*7"]).await;
    assert_eq!(chat.status, Some(0), "{chat:?}");
    let foreign = ada.run(&["admin", "tenants"]).await;
    assert!(foreign.stderr.contains("ManageTenants"), "she runs no gateway: {foreign:?}");

    let tenants = async |args: &[&str]| admin.run(&[&["admin", "tenants"], args].concat()).await;
    let added = tenants(&["add", "acme", EMAIL, "--role", "operator"]).await;
    assert_eq!(added.stdout, format!("{EMAIL} is a member of acme as Operator.\n"), "{added:?}");
    let listed = tenants(&[]).await.stdout;
    assert!(listed.contains("default") && listed.contains("acme"), "{listed}");
    let users = tenants(&["users", "acme"]).await.stdout;
    assert!(users.contains("ada@example.com") && users.contains("in another tenant"), "{users}");
    let there = async |args: &[&str]| admin.run(&[&["--tenant", "acme"], args].concat()).await;
    assert_eq!(there(&["chat", "calculate 2*3"]).await.status, Some(0));
    assert!(there(&["sessions"]).await.stdout.contains("calculate 2*3"));
    let home = admin.run(&["sessions"]).await;
    assert!(!home.stdout.contains("calculate"), "{home:?}");
    let unknown = admin.run(&["--tenant", "nowhere", "sessions"]).await;
    assert!(unknown.stderr.contains("do not belong to the tenant"), "{unknown:?}");

    let role = tenants(&["role", "acme", EMAIL, "Viewer"]).await;
    assert_eq!(role.stdout, format!("{EMAIL} is Viewer in acme from now on.\n"), "{role:?}");
    let last = tenants(&["role", "acme", "ada@example.com", "viewer"]).await;
    assert!(last.stderr.contains("last administrator"), "{last:?}");
    let kept = tenants(&["remove", "acme", EMAIL, "--yes"]).await;
    assert!(kept.stderr.contains("has 1 session") && kept.stderr.contains("--reassign-to"), "{kept:?}");
    let removed = tenants(&["remove", "acme", EMAIL, "--reassign-to", "Ada@example.com", "--yes"]).await;
    assert_eq!(removed.stdout, format!("{EMAIL} is no longer in acme.\n"), "{removed:?}");
    assert!(ada.run(&["sessions"]).await.stdout.contains("calculate 2*3"), "she has what was left");

    let early = tenants(&["delete", "acme", "--yes"]).await;
    assert!(early.stderr.contains("Disable the tenant first"), "{early:?}");
    assert_eq!(tenants(&["disable", "acme"]).await.stdout, "Acme (acme) is disabled.\n");
    assert_eq!(ada.run(&["sessions"]).await.status, Some(1));
    let unsure = tenants(&["delete", "acme"]).await;
    assert!(unsure.stderr.contains("hint: Say `--yes` if you mean it."), "{unsure:?}");
    assert_eq!(tenants(&["delete", "acme", "--yes"]).await.status, Some(0));
    let nobody = tenants(&["show", "nobody"]).await;
    assert!(nobody.stderr.contains("hint: `sophon admin tenants` lists what there is."), "{nobody:?}");
}
