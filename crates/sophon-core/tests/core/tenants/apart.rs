//! One user in two tenants: nothing of the one is seen in the other.

use super::*;

#[tokio::test]
async fn what_happens_in_one_tenant_is_not_sent_to_the_same_user_in_another() {
    let app = TestGateway::offline().await;
    let made = acme(&app).await;
    let ann = user(&app, "ann@example.com", Role::Operator).await;
    join(&app, &made.tenant.id, &ann, Role::Operator).await;
    let token = sign_in(&app, "ann@example.com").await;
    let (home, there) =
        (acting(&app, &token, NamedTenant::Unnamed).await, acting(&app, &token, at("acme")).await);
    let gateway = &app.gateway;
    let followed = |caller: &Caller| {
        let own = caller.in_tenant();
        let subscription = gateway.db.bus().subscribe();
        for topic in [
            Topic::User(own.clone()),
            Topic::Feed(own.clone()),
            Topic::Tasks(own.clone()),
            Topic::Approvals(own),
        ] {
            subscription.follow(&topic, Start::Now);
        }
        subscription
    };
    for topic in
        [Topic::User(there.in_tenant()), Topic::Feed(there.in_tenant()), Topic::Tasks(there.in_tenant())]
    {
        assert_eq!(gateway.may_follow(&home, &topic).await.unwrap_err().kind(), Kind::NotFound, "{topic}");
    }
    let (at_home, in_acme) = (followed(&home), followed(&there));
    let sent = gateway.chat.send(&there, message(None, "a question")).await.unwrap();
    ended(&app, &there, &sent).await;
    let session = gateway.sessions.create(&home, NewSession::default()).await.unwrap();
    let mut entries = Vec::new();
    at_home.next(&mut entries).await.unwrap();
    let told = format!("{:?}", entries.iter().map(|entry| entry.value()).collect::<Vec<_>>());
    assert!(told.contains(session.id.as_str()) && !told.contains(sent.session_id.as_str()), "{told}");
    let mut entries = Vec::new();
    in_acme.next(&mut entries).await.unwrap();
    assert!(format!("{:?}", entries[0].value()).contains(sent.session_id.as_str()));
    // Nor is it listed, found or opened there.
    let page = || Page::new(None, None);
    let listed = gateway.sessions.list(&home, SessionFilter::default(), page()).await.unwrap().items;
    assert_eq!(listed.iter().map(|one| &one.session.id).collect::<Vec<_>>(), [&session.id]);
    assert!(gateway.sessions.search(&home, "question".into(), page()).await.unwrap().items.is_empty());
    assert_eq!(gateway.sessions.search(&there, "question".into(), page()).await.unwrap().items.len(), 1);
    let opened = gateway.sessions.get(Some(&home), &sent.session_id).await.unwrap_err();
    assert_eq!(opened.kind(), Kind::NotFound);
}

#[tokio::test]
async fn marks_tags_and_branches_are_those_of_one_tenant() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let made = acme(&app).await;
        let ann = user(&app, "ann@example.com", Role::Operator).await;
        join(&app, &made.tenant.id, &ann, Role::Operator).await;
        let token = sign_in(&app, "ann@example.com").await;
        let (home, there) =
            (acting(&app, &token, NamedTenant::Unnamed).await, acting(&app, &token, at("acme")).await);
        let sessions = &app.gateway.sessions;
        let sent = app.gateway.chat.send(&there, message(None, "a question")).await.unwrap();
        ended(&app, &there, &sent).await;
        let id = &sent.session_id;
        let marked = || ChangeMarks {
            is_pinned: Some(true),
            tags: Some(vec!["secret".into()]),
            ..ChangeMarks::default()
        };
        let subscription = app.gateway.db.bus().subscribe();
        subscription.follow(&Topic::User(home.in_tenant()), Start::Now);
        sessions.mark(&there, id, marked()).await.unwrap();
        // Of one's own in the other tenant, so that what is told there ends with it.
        let own = sessions.create(&home, NewSession::default()).await.unwrap();
        let mut entries = Vec::new();
        subscription.next(&mut entries).await.unwrap();
        let told = format!("{:?}", entries.iter().map(|entry| entry.value()).collect::<Vec<_>>());
        assert!(told.contains(own.id.as_str()) && !told.contains(id.as_str()), "{engine:?}: {told}");
        let tags = |found: Vec<TagUse>| found.into_iter().map(|one| one.tag).collect::<Vec<_>>();
        assert_eq!(tags(sessions.tags(&there).await.unwrap()), ["secret"]);
        assert!(tags(sessions.tags(&home).await.unwrap()).is_empty(), "{engine:?}");
        let pinned = MarksFilter { is_pinned: Some(true), ..MarksFilter::default() };
        let filter = SessionFilter { marks: pinned, ..SessionFilter::default() };
        let page = || Page::new(None, None);
        assert_eq!(sessions.list(&there, filter.clone(), page()).await.unwrap().items.len(), 1);
        assert!(sessions.list(&home, filter, page()).await.unwrap().items.is_empty());
        for refused in [
            sessions.marks(&home, id).await.map(drop),
            sessions.mark(&home, id, marked()).await.map(drop),
            sessions.mark_all(&home, vec![own.id.clone(), id.clone()], marked()).await.map(drop),
            sessions.branches(Some(&home), id).await.map(drop),
            sessions.delete_all(&home, vec![own.id.clone(), id.clone()]).await.map(drop),
            app.gateway.chat.regenerate(&home, id, None).await.map(drop),
        ] {
            assert_eq!(refused.unwrap_err().kind(), Kind::NotFound, "{engine:?}");
        }
        assert!(!sessions.marks(&home, &own.id).await.unwrap().is_pinned, "all of them or none");
    }
}

#[tokio::test]
async fn the_pins_of_one_tenant_leave_room_for_those_of_another() {
    let app = TestGateway::offline().await;
    let made = acme(&app).await;
    let ann = user(&app, "ann@example.com", Role::Operator).await;
    join(&app, &made.tenant.id, &ann, Role::Operator).await;
    let token = sign_in(&app, "ann@example.com").await;
    let (home, there) =
        (acting(&app, &token, NamedTenant::Unnamed).await, acting(&app, &token, at("acme")).await);
    let sessions = &app.gateway.sessions;
    let pin = || ChangeMarks { is_pinned: Some(true), ..ChangeMarks::default() };
    for _ in 0..MOST_PINNED {
        let id = sessions.create(&there, NewSession::default()).await.unwrap().id;
        sessions.mark(&there, &id, pin()).await.unwrap();
    }
    let one_more = sessions.create(&there, NewSession::default()).await.unwrap().id;
    assert_eq!(sessions.mark(&there, &one_more, pin()).await.unwrap_err().code(), "too_many_pinned");
    let at_home = sessions.create(&home, NewSession::default()).await.unwrap().id;
    sessions.mark(&home, &at_home, pin()).await.unwrap();
}
