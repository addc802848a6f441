//! What a change comes to is in its entry, where rights or the eyes of others depend on it.

use sophon_core::roles::RoleChange;
use sophon_core::sessions::{ChangeSession, NewSession};
use sophon_core::users::UserChange;
use sophon_model::{Permission, Visibility};
use sophon_testgateway::TestGateway;

use super::{entry, new_user};

#[tokio::test]
async fn a_session_that_is_made_public_says_so() {
    let app = TestGateway::offline().await;
    let session = app.gateway.sessions.create(&app.admin(), NewSession::default()).await.unwrap();
    let change = ChangeSession { visibility: Some(Visibility::Public), ..ChangeSession::default() };
    app.gateway.sessions.update(&app.admin(), &session.id, change).await.unwrap();
    assert_eq!(entry(&app, "session.create").await.details.visibility.as_deref(), Some("private"));
    let details = entry(&app, "session.update").await.details;
    assert_eq!(details.fields, ["visibility"]);
    assert_eq!((details.visibility.as_deref(), details.status), (Some("public"), None));
}

#[tokio::test]
async fn a_role_says_which_permissions_were_added_and_removed() {
    let app = TestGateway::offline().await;
    let (roles, admin) = (&app.gateway.roles, app.admin());
    let made = vec![Permission::ViewAudit, Permission::ManageUsers];
    let role = roles.create(&admin, "Auditor", made).await.unwrap().role;
    let permissions = Some(vec![Permission::ViewAudit, Permission::ExportAudit]);
    roles.update(&admin, role, RoleChange { permissions, ..RoleChange::default() }).await.unwrap();
    let created = entry(&app, "role.create").await.details;
    let mut added = created.permissions_added;
    added.sort();
    assert_eq!(
        (added, created.permissions_removed),
        (vec!["ManageUsers".into(), "ViewAudit".into()], vec![])
    );
    let details = entry(&app, "role.update").await.details;
    assert_eq!(details.fields, ["permissions"]);
    assert_eq!(details.permissions_added, ["ExportAudit"]);
    assert_eq!(details.permissions_removed, ["ManageUsers"]);
}

#[tokio::test]
async fn a_user_who_is_suspended_has_the_new_status_in_the_entry() {
    let app = TestGateway::offline().await;
    let made = app.gateway.users.create(&app.admin(), new_user()).await.unwrap().user;
    let change = UserChange { is_suspended: Some(true), ..UserChange::default() };
    app.gateway.users.update(&app.admin(), &made.id, change).await.unwrap();
    let details = entry(&app, "user.update").await.details;
    assert_eq!((details.status.as_deref(), details.role), (Some("suspended"), None));
}
