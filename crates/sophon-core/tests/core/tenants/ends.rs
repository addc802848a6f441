//! Tenants that are disabled, and deleted.

use super::*;

/// A session that everybody may read.
async fn public_session(app: &TestGateway, owner: &Caller) -> SessionId {
    let sessions = &app.gateway.sessions;
    let id = sessions.create(owner, NewSession::default()).await.unwrap().id;
    let public = ChangeSession { visibility: Some(Visibility::Public), ..ChangeSession::default() };
    sessions.update(owner, &id, public).await.unwrap();
    id
}

#[tokio::test]
async fn nobody_acts_in_a_tenant_that_is_disabled_and_its_work_ends() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).may_leave_work().start().await;
        let (admin, made) = (app.admin(), acme(&app).await);
        let ann = user(&app, "ann@example.com", Role::Operator).await;
        join(&app, &made.tenant.id, &ann, Role::Operator).await;
        let (of_boss, of_ann) =
            (sign_in(&app, "boss@acme.example").await, sign_in(&app, "ann@example.com").await);
        let boss = acting(&app, &of_boss, NamedTenant::Unnamed).await;
        let there = acting(&app, &of_ann, at("acme")).await;
        let home = acting(&app, &of_ann, NamedTenant::Unnamed).await;
        let identity = &app.gateway.identity;
        let set = async |is_disabled: bool| {
            let change = TenantChange { is_disabled: Some(is_disabled), ..TenantChange::default() };
            app.gateway.tenants.update(&admin, &made.tenant.id, change).await.unwrap();
        };
        let mut changes = identity.changes();
        let public = public_session(&app, &boss).await;
        let visited = async || app.gateway.sessions.get(None, &public).await;
        visited().await.unwrap();
        set(true).await;
        assert_eq!(visited().await.unwrap_err().kind(), Kind::Unauthenticated, "{engine:?}");
        // What was stored before may be heard of late: it is told twice where others use the database.
        let told = loop {
            let told = changes.recv().await.unwrap();
            if told.concern(&boss) && told.concern(&there) {
                break told;
            }
        };
        assert!(!told.concern(&home));
        assert_eq!(identity.standing(&boss).await.unwrap(), Ended, "{engine:?}");
        assert_eq!(identity.standing(&there).await.unwrap(), Ended);
        assert_eq!(identity.standing(&home).await.unwrap(), Unchanged, "it is out of that tenant alone");
        let gone = refused(&app, &of_ann, at("acme")).await;
        assert_eq!(gone.to_string(), refused(&app, &of_ann, at("nowhere")).await.to_string());
        assert_eq!(refused(&app, &of_boss, NamedTenant::Unnamed).await.code(), "tenant_disabled");
        set(false).await;
        visited().await.unwrap();
        assert_eq!(identity.standing(&there).await.unwrap(), Unchanged);
        acting(&app, &of_boss, NamedTenant::Unnamed).await;
    }
}

#[tokio::test]
async fn a_tenant_is_deleted_with_all_that_it_has_and_nothing_else() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let (admin, made, gateway) = (app.admin(), acme(&app).await, &app.gateway);
        let tenant = made.tenant.id.clone();
        let boss = acting(&app, &sign_in(&app, "boss@acme.example").await, NamedTenant::Unnamed).await;
        let new = NewUser {
            email: "eve@acme.example".into(),
            name: "Eve".into(),
            role: Role::Viewer,
            password: None,
        };
        let eve = gateway.users.create(&boss, new).await.unwrap().user.id;
        join(&app, &admin.tenant, &eve, Role::Viewer).await;
        let ann = user(&app, "ann@example.com", Role::Viewer).await;
        join(&app, &tenant, &ann, Role::Viewer).await;
        gateway
            .agents
            .create(&boss, NewAgent { name: "Second".into(), ..NewAgent::default() })
            .await
            .unwrap();
        gateway.roles.create(&boss, "Support", Vec::new()).await.unwrap();
        let sent = gateway.chat.send(&boss, message(None, "remember me")).await.unwrap();
        ended(&app, &boss, &sent).await;
        let own = gateway.chat.send(&admin, message(None, "remember me")).await.unwrap();
        app.ended(&own).await;
        let disable = TenantChange { is_disabled: Some(true), ..TenantChange::default() };
        gateway.tenants.update(&admin, &tenant, disable).await.unwrap();
        let deleting = gateway.tenants.delete(&admin, &tenant).await.unwrap();
        assert_eq!(deleting.status, TenantStatus::Deleting);
        let again = gateway.tenants.delete(&admin, &tenant).await;
        assert!(again.is_err_and(|error| ["tenant_deleting", "not_found"].contains(&error.code())));
        app.until(async || match gateway.tenants.get(&admin, &tenant).await {
            Err(error) if error.kind() == Kind::NotFound => Some(()),
            _ => None,
        })
        .await;
        let (gone, session, topic) =
            (tenant.clone(), sent.session_id.clone(), Topic::Session(sent.session_id.clone()));
        let (boss_id, eve_id, own_session) = (boss.user.clone(), eve.clone(), own.session_id.clone());
        let checked = gateway.db.read(move |tx| {
            assert_eq!(tx.count_in(&gone, &every::<Agent>())?, 0);
            assert_eq!(tx.count_in(&gone, &every::<CustomRole>())?, 0);
            assert_eq!(tx.count_in(&gone, &every::<Task>())?, 0);
            assert_eq!(tx.count_in(&gone, &every::<Node>())?, 0);
            assert_eq!(tx.count_in(&gone, &MemberFilter::default())?, 0);
            assert!(tx.get(&session)?.is_none());
            assert!(tx.events(&topic, 0, u64::MAX, 9)?.is_empty());
            assert!(tx.get(&boss_id)?.is_none(), "an account without a tenant is gone");
            let eve = tx.get(&eve_id)?.expect("a member of another tenant is not");
            assert!(tx.main_tenant()?.is_some_and(|main| main.id == eve.tenant_id), "that is her home now");
            assert!(tx.get(&own_session)?.is_some());
            Ok(())
        });
        checked.await.unwrap();
        let members =
            gateway.users.list(&admin, MemberFilter::default(), Page::new(None, None)).await.unwrap();
        assert_eq!(members.items.len(), 3, "{engine:?}: nobody else went");
        acting(&app, &sign_in(&app, "ann@example.com").await, NamedTenant::Unnamed).await;
    }
}
