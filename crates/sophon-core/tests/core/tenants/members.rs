//! Who is a member of which tenant, and what its accounts are to others.

use super::*;

#[tokio::test]
async fn an_account_is_managed_at_home_and_nobody_gets_in_as_who_may_do_more_elsewhere() {
    let app = TestGateway::offline().await;
    let gateway = &app.gateway;
    let made = acme(&app).await;
    let boss = acting(&app, &sign_in(&app, "boss@acme.example").await, NamedTenant::Unnamed).await;
    let new =
        NewUser { email: "eve@acme.example".into(), name: "Eve".into(), role: Role::Viewer, password: None };
    let eve = gateway.users.create(&boss, new).await.unwrap().user.id;
    let password = || UserChange { password: Some(PASSWORD.into()), ..UserChange::default() };
    gateway.users.update(&boss, &eve, password()).await.unwrap();
    join(&app, &app.admin().tenant, &eve, Role::Admin).await;
    for change in [password(), UserChange { email: Some("b@acme.example".into()), ..UserChange::default() }] {
        let error = gateway.users.update(&boss, &eve, change).await.unwrap_err();
        assert_eq!(error.kind(), Kind::NotAuthorized, "she administers the deployment now: {error}");
    }
    let error = gateway.users.reset_password(&boss, &eve).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotAuthorized, "a reset lets somebody in too: {error}");
    let error = gateway.users.delete(&boss, &eve, None).await.unwrap_err();
    assert_eq!(error.code(), "member_elsewhere");
    // In the main tenant she is a guest: her role is given there, her account is not touched.
    let error = gateway.users.update(&app.admin(), &eve, password()).await.unwrap_err();
    assert_eq!(error.code(), "managed_elsewhere");
    let error = gateway.users.reset_password(&app.admin(), &eve).await.unwrap_err();
    assert_eq!(error.code(), "managed_elsewhere");
    let demote = UserChange { role: Some(Role::Viewer), ..UserChange::default() };
    gateway.users.update(&app.admin(), &eve, demote).await.unwrap();
    gateway.users.delete(&app.admin(), &eve, None).await.unwrap();
    assert_eq!(gateway.users.get(&app.admin(), &eve).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(gateway.users.get(&boss, &eve).await.unwrap().tenant_id, made.tenant.id, "she is still there");
    gateway.users.update(&boss, &eve, password()).await.unwrap();
    gateway.users.reset_password(&boss, &eve).await.unwrap();
    let suspend = UserChange { is_suspended: Some(true), ..UserChange::default() };
    gateway.users.update(&boss, &eve, suspend).await.unwrap();
}

#[tokio::test]
async fn who_manages_tenants_gives_no_more_in_the_main_one_than_it_has() {
    let app = TestGateway::offline().await;
    let tenants = &app.gateway.tenants;
    let made = acme(&app).await;
    let narrow = vec![Permission::ManageTenants];
    let role = app.gateway.roles.create(&app.admin(), "Tenants", narrow).await.unwrap().role;
    let ann = user(&app, "ann@example.com", role).await;
    let caller = acting(&app, &sign_in(&app, "ann@example.com").await, NamedTenant::Unnamed).await;
    let own = app.admin().tenant;
    let become_admin = || MembershipChange { role: Role::Admin, only_if: OnlyIf::default() };
    let error = tenants.change_member(&caller, &own, &ann, become_admin()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotAuthorized);
    let boss = made.administrator.user.id.clone();
    let new = NewMember { user: WhichUser::Id(boss), role: Role::Admin };
    assert_eq!(tenants.add_member(&caller, &own, new).await.unwrap_err().kind(), Kind::NotAuthorized);
    let admin = app.admin().user;
    let demote = MembershipChange { role: Role::Viewer, only_if: OnlyIf::default() };
    assert_eq!(
        tenants.change_member(&caller, &own, &admin, demote).await.unwrap_err().kind(),
        Kind::NotAuthorized
    );
    let new = NewMember { user: WhichUser::Email("ANN@example.com".into()), role: Role::Admin };
    tenants.add_member(&caller, &made.tenant.id, new).await.unwrap();
}

#[tokio::test]
async fn a_tenant_keeps_an_administrator_and_the_main_one_stays() {
    let app = TestGateway::offline().await;
    let tenants = &app.gateway.tenants;
    let (admin, made) = (app.admin(), acme(&app).await);
    let boss = made.administrator.user.id.clone();
    let demote = MembershipChange { role: Role::Viewer, only_if: OnlyIf::default() };
    let error = tenants.change_member(&admin, &made.tenant.id, &boss, demote).await.unwrap_err();
    assert_eq!(error.code(), "last_administrator");
    let error = tenants.remove_member(&admin, &made.tenant.id, &boss, None).await.unwrap_err();
    assert_eq!(error.code(), "home_tenant");
    let disable = || TenantChange { is_disabled: Some(true), ..TenantChange::default() };
    assert_eq!(tenants.update(&admin, &admin.tenant, disable()).await.unwrap_err().code(), "main_tenant");
    assert_eq!(tenants.delete(&admin, &made.tenant.id).await.unwrap_err().code(), "tenant_not_disabled");
    assert_eq!(tenants.delete(&admin, &admin.tenant).await.unwrap_err().code(), "tenant_not_disabled");
    // A guest who is the only administrator of a tenant cannot be suspended at home either.
    let ann = user(&app, "ann@example.com", Role::Viewer).await;
    let known = FirstAdministrator::Known(WhichUser::Id(ann.clone()));
    tenants.create(&admin, new_tenant("of-ann", known)).await.unwrap();
    let suspend = UserChange { is_suspended: Some(true), ..UserChange::default() };
    assert_eq!(
        app.gateway.users.update(&admin, &ann, suspend).await.unwrap_err().code(),
        "last_administrator"
    );
    let taken = tenants
        .create(&admin, new_tenant("acme", FirstAdministrator::Known(WhichUser::Id(admin.user.clone()))))
        .await
        .unwrap_err();
    assert_eq!(taken.kind(), Kind::Conflict);
}

#[tokio::test]
async fn who_leaves_a_tenant_hands_over_what_is_there_and_keeps_the_rest() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let (admin, made) = (app.admin(), acme(&app).await);
        let boss_id = made.administrator.user.id.clone();
        let ann = user(&app, "ann@example.com", Role::Operator).await;
        join(&app, &made.tenant.id, &ann, Role::Operator).await;
        let token = sign_in(&app, "ann@example.com").await;
        let (home, there) =
            (acting(&app, &token, NamedTenant::Unnamed).await, acting(&app, &token, at("acme")).await);
        let gateway = &app.gateway;
        let kept = gateway.sessions.create(&home, NewSession::default()).await.unwrap();
        let left = gateway.sessions.create(&there, NewSession::default()).await.unwrap();
        let tenants = &gateway.tenants;
        let refused = tenants.remove_member(&admin, &made.tenant.id, &ann, None).await.unwrap_err();
        assert_eq!((refused.code(), &refused.details().unwrap()["sessions"]), ("has_belongings", &1.into()));
        let stranger = tenants.remove_member(&admin, &made.tenant.id, &ann, Some(admin.user.clone())).await;
        assert_eq!(stranger.unwrap_err().field(), Some("reassign_to"), "an heir is a member of that tenant");
        tenants.remove_member(&admin, &made.tenant.id, &ann, Some(boss_id.clone())).await.unwrap();
        let boss = acting(&app, &sign_in(&app, "boss@acme.example").await, NamedTenant::Unnamed).await;
        let page = || Page::new(None, None);
        let his = gateway.sessions.list(&boss, SessionFilter::default(), page()).await.unwrap().items;
        assert_eq!(
            his.iter().map(|one| (&one.session.id, &one.session.owner_id)).collect::<Vec<_>>(),
            [(&left.id, &boss_id)]
        );
        let hers = gateway.sessions.list(&home, SessionFilter::default(), page()).await.unwrap().items;
        assert_eq!(hers.iter().map(|one| &one.session.id).collect::<Vec<_>>(), [&kept.id], "{engine:?}");
    }
}
