//! Sessions in which several users and agents take part.

use std::time::Duration;

use fanout::Start;
use sophon_core::agents::NewAgent;
use sophon_core::sessions::{ChangeSession, MOST_PARTICIPANTS, NewSession};
use sophon_model::ports::SessionFilter;
use sophon_model::{
    Agent, Caller, Credential, Event, Kind, MessageEvent, MessageRole, Page, ParticipantKind, Permission,
    Permissions, Role, SessionId, SessionRole, SessionStatus, TaskStatus, Topic, User, UserId, Visibility,
};
use sophon_testkit::{Gate, ModelServer, Script, make};

use crate::harness::{Harness, events_until, message};

impl Harness {
    /// Another user of the administrator's tenant, who may do everything there.
    pub async fn colleague(&self) -> Caller {
        let admin = self.admin();
        let tenant = admin.tenant.clone();
        let added = self.gateway.db.write(move |unit| {
            let user = User { tenant_id: tenant, ..make::user(unit.new_id::<UserId>()) };
            make::register(unit.tx, &user, Role::Admin)?;
            Ok(user.id)
        });
        let user = added.await.unwrap();
        Caller { user, role: Role::Admin, credential: Credential::AutoAdmin, ..admin }
    }

    async fn second_agent(&self) -> Agent {
        let new = NewAgent { name: "Second".into(), ..NewAgent::default() };
        self.gateway.agents.create(&self.admin(), new).await.unwrap()
    }

    async fn who(&self, session: &SessionId) -> Vec<(ParticipantKind, String, SessionRole)> {
        let all = self.gateway.sessions.participants(&self.admin(), session).await.unwrap();
        all.into_iter().map(|one| (one.kind, one.member_id, one.role)).collect()
    }
}

#[tokio::test]
async fn a_session_begins_with_its_owner_and_its_agent_and_agents_that_are_asked_join() {
    let app = Harness::offline().await;
    let sent = app.send("hello").await;
    app.completed(&sent).await;
    let session = app.gateway.sessions.get(Some(&app.admin()), &sent.session_id).await.unwrap();
    let owner = (ParticipantKind::User, session.owner_id.to_string(), SessionRole::Owner);
    let agent = (ParticipantKind::Agent, session.agent_id.to_string(), SessionRole::Member);
    let mut expected = vec![agent, owner];
    assert_eq!(app.who(&session.id).await, expected);
    let second = app.second_agent().await;
    app.clock.advance(Duration::from_secs(1));
    let mut to_second = message(Some(&session.id), "and you?");
    to_second.agent = Some(second.slug.clone());
    let asked = app.gateway.chat.send(&app.admin(), to_second).await.unwrap();
    app.completed(&asked).await;
    expected.push((ParticipantKind::Agent, second.id.to_string(), SessionRole::Member));
    assert_eq!(app.who(&session.id).await, expected);
}

#[tokio::test]
async fn two_agents_work_in_one_session_at_once() {
    let gates = [Gate::new(), Gate::new()];
    let [one, two] = gates.clone();
    let model = ModelServer::start(move |request| {
        let gate = if request.body.to_string().contains("and you?") { &two } else { &one };
        Script::answer().wait(gate).text("Done.")
    });
    let model = model.await;
    let app = Harness::with_models(&[&model]).await;
    let first = app.send("hello").await;
    gates[0].reached().await;
    let second = app.second_agent().await;
    let mut to_second = message(Some(&first.session_id), "and you?");
    to_second.agent = Some(second.slug);
    let other = app.gateway.chat.send(&app.admin(), to_second).await.unwrap();
    // The first is still at work.
    gates[1].reached().await;
    gates.iter().for_each(Gate::open);
    app.completed(&first).await;
    app.completed(&other).await;
}

#[tokio::test]
async fn a_session_is_shared_by_role_and_what_a_role_does_not_cover_is_refused() {
    let app = Harness::offline().await;
    let (sessions, admin, bob) = (&app.gateway.sessions, app.admin(), app.colleague().await);
    let sent = app.send("hello").await;
    app.completed(&sent).await;
    let id = &sent.session_id;
    assert_eq!(sessions.get(Some(&bob), id).await.unwrap_err().kind(), Kind::NotFound);
    let write = || app.gateway.chat.send(&bob, message(Some(id), "me too"));

    sessions.share(&admin, id, &bob.user, SessionRole::Viewer).await.unwrap();
    sessions.get(Some(&bob), id).await.unwrap();
    let listed = sessions.list(&bob, SessionFilter::default(), Page::new(None, None)).await.unwrap();
    assert_eq!(listed.items.len(), 1);
    assert_eq!(write().await.unwrap_err().kind(), Kind::NotAuthorized);

    sessions.share(&admin, id, &bob.user, SessionRole::Member).await.unwrap();
    let written = write().await.unwrap();
    app.until(async || {
        let task = app.gateway.tasks.get(&bob, &written.task_id).await.unwrap().task;
        (task.status == TaskStatus::Completed).then_some(())
    })
    .await;
    let close = ChangeSession { status: Some(SessionStatus::Completed), ..ChangeSession::default() };
    let publish = ChangeSession { visibility: Some(Visibility::Public), ..ChangeSession::default() };
    let rename = ChangeSession { title: Some("Ours".into()), ..ChangeSession::default() };
    for owners_only in [close, publish] {
        let refused = sessions.update(&bob, id, owners_only).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::NotAuthorized);
    }
    sessions.update(&bob, id, rename).await.unwrap();
    assert_eq!(sessions.delete(&bob, id).await.unwrap_err().kind(), Kind::NotAuthorized);
    let carol = app.colleague().await;
    let refused = sessions.share(&bob, id, &carol.user, SessionRole::Viewer).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAuthorized);
    assert_eq!(sessions.unshare(&carol, id, &bob.user).await.unwrap_err().kind(), Kind::NotFound);

    sessions.unshare(&bob, id, &bob.user).await.unwrap();
    assert_eq!(sessions.get(Some(&bob), id).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(sessions.unshare(&admin, id, &admin.user).await.unwrap_err().kind(), Kind::Conflict);
}

#[tokio::test]
async fn what_happens_in_a_session_reaches_every_user_who_takes_part() {
    let app = Harness::offline().await;
    let (admin, bob) = (app.admin(), app.colleague().await);
    let sent = app.send("hello").await;
    app.completed(&sent).await;
    let his = app.gateway.db.bus().subscribe();
    his.follow(&Topic::Feed(bob.in_tenant()), Start::Now);
    his.follow(&Topic::User(bob.in_tenant()), Start::Now);
    app.gateway.sessions.share(&admin, &sent.session_id, &bob.user, SessionRole::Viewer).await.unwrap();
    let again = app.send_to(&sent.session_id, "again").await;
    let events = events_until(
        &his,
        |event| matches!(event, Event::Message(MessageEvent::Finished { message, .. }) if message.role == MessageRole::Agent),
    )
    .await;
    assert!(events.len() >= 5, "{events:?}");
    app.completed(&again).await;
}

#[tokio::test]
async fn who_leaves_is_told_nothing_more_also_of_what_is_being_written() {
    let gates = [Gate::new(), Gate::new()];
    let [one, two] = gates.clone();
    let script = move |_: &_| Script::answer().wait(&one).text("First.").wait(&two).text(" Second.");
    let model = ModelServer::start(script).await;
    let app = Harness::with_models(&[&model]).await;
    let (admin, bob) = (app.admin(), app.colleague().await);
    let sent = app.send("hello").await;
    gates[0].reached().await;
    let bobs = app.gateway.db.bus().subscribe();
    bobs.follow(&Topic::Feed(bob.in_tenant()), Start::Now);
    // A reader that joins while an answer is being written gets it at once.
    let (sessions, id) = (&app.gateway.sessions, &sent.session_id);
    sessions.share(&admin, id, &bob.user, SessionRole::Viewer).await.unwrap();
    gates[0].open();
    events_until(&bobs, |event| matches!(event, Event::Message(MessageEvent::Delta(_)))).await;
    gates[1].reached().await;
    sessions.unshare(&admin, id, &bob.user).await.unwrap();
    gates[1].open();
    app.completed(&sent).await;

    sessions.share(&admin, id, &bob.user, SessionRole::Viewer).await.unwrap();
    let told =
        events_until(&bobs, |event| matches!(event, Event::Session(event) if event.members.len() == 2)).await;
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn the_owner_of_a_session_sees_and_stops_what_others_ask_for_in_it() {
    let gate = Gate::new();
    let waiting = gate.clone();
    let model = ModelServer::start(move |_: &_| Script::answer().wait(&waiting).text("Done.")).await;
    let app = Harness::with_models(&[&model]).await;
    let (admin, bob, carol) = (app.admin(), app.colleague().await, app.colleague().await);
    let owner = Caller { permissions: Permissions::of(&[Permission::SendMessages]), ..bob };
    let session = app.gateway.sessions.create(&owner, NewSession::default()).await.unwrap();
    let share = |user: &Caller| {
        let (sessions, owner, user) = (app.gateway.sessions.clone(), owner.clone(), user.user.clone());
        let id = session.id.clone();
        async move { sessions.share(&owner, &id, &user, SessionRole::Member).await.unwrap() }
    };
    share(&carol).await;
    share(&admin).await;
    let asked = app.gateway.chat.send(&admin, message(Some(&session.id), "for me")).await.unwrap();
    let colleague = Caller { permissions: owner.permissions, ..carol };
    let refused = app.gateway.tasks.cancel(&colleague, &asked.task_id).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAuthorized);
    assert_eq!(app.gateway.tasks.get(&owner, &asked.task_id).await.unwrap().task.id, asked.task_id);
    gate.reached().await;
    app.gateway.tasks.cancel(&owner, &asked.task_id).await.unwrap();
    assert_eq!(app.ended(&asked).await.status, TaskStatus::Cancelled);
}

#[tokio::test]
async fn only_so_many_take_part_and_an_agent_for_whom_there_is_no_room_is_not_asked() {
    let app = Harness::offline().await;
    let (sessions, admin) = (&app.gateway.sessions, app.admin());
    let session = sessions.create(&admin, NewSession::default()).await.unwrap();
    let mut last = admin.user.clone();
    for _ in app.who(&session.id).await.len()..MOST_PARTICIPANTS {
        last = app.colleague().await.user;
        sessions.share(&admin, &session.id, &last, SessionRole::Viewer).await.unwrap();
    }
    let one_more = app.colleague().await.user;
    let refused = sessions.share(&admin, &session.id, &one_more, SessionRole::Viewer).await.unwrap_err();
    assert_eq!(refused.code(), "too_many_participants");
    let mut to_second = message(Some(&session.id), "and you?");
    to_second.agent = Some(app.second_agent().await.slug);
    let refused = app.gateway.chat.send(&admin, to_second).await.unwrap_err();
    assert_eq!(refused.code(), "too_many_participants");
    // One who is there can still get another role.
    sessions.share(&admin, &session.id, &last, SessionRole::Member).await.unwrap();
    assert_eq!(app.who(&session.id).await.len(), MOST_PARTICIPANTS);
}
