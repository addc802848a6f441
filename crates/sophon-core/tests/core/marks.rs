//! What users keep about sessions for themselves.

use fanout::Start;
use sophon_core::live::EventDelivery;
use sophon_core::sessions::{ChangeMarks, MOST_PINNED, NewSession};
use sophon_model::ports::{MarksFilter, SessionFilter, TagUse};
use sophon_model::{Caller, Event, Kind, Marks, MarksEvent, Page, SessionId, SessionRole, Topic};
use sophon_testgateway::{Engine, Setup, TestGateway};

use crate::harness::{Harness, events_until, message};

fn pin(is_pinned: bool) -> ChangeMarks {
    ChangeMarks { is_pinned: Some(is_pinned), ..ChangeMarks::default() }
}

fn archive(is_archived: bool) -> ChangeMarks {
    ChangeMarks { is_archived: Some(is_archived), ..ChangeMarks::default() }
}

fn read(count: i64) -> ChangeMarks {
    ChangeMarks { read_count: Some(count), ..ChangeMarks::default() }
}

fn tagged(tags: &[&str]) -> ChangeMarks {
    ChangeMarks { tags: Some(tags.iter().map(ToString::to_string).collect()), ..ChangeMarks::default() }
}

async fn titled(app: &TestGateway, title: &str) -> SessionId {
    let new = NewSession { title: Some(title.into()), ..NewSession::default() };
    app.gateway.sessions.create(&app.admin(), new).await.unwrap().id
}

fn marks_of(seen: &[EventDelivery]) -> Vec<&MarksEvent> {
    let marks = seen.iter().map(|entry| entry.value());
    marks.filter_map(|event| if let Event::Marks(mark) = event { Some(mark) } else { None }).collect()
}

/// The titles of the sessions that are listed.
async fn listed(app: &TestGateway, caller: &Caller, marks: MarksFilter) -> Vec<String> {
    let filter = SessionFilter { marks, ..SessionFilter::default() };
    let list = app.gateway.sessions.list(caller, filter, Page::new(None, None)).await.unwrap();
    let mut titles: Vec<String> = list.items.into_iter().map(|listed| listed.session.title).collect();
    titles.sort_unstable();
    titles
}

#[tokio::test]
async fn an_answer_is_unread_until_its_reader_says_otherwise() {
    let app = Harness::offline().await;
    let (admin, sessions) = (app.admin(), &app.gateway.sessions);
    let sent = app.send("calculate 1+1").await;
    app.completed(&sent).await;
    let id = &sent.session_id;
    let unread = MarksFilter { is_unread: Some(true), ..MarksFilter::default() };
    assert_eq!(listed(&app, &admin, unread.clone()).await, ["calculate 1+1"]);
    let count = sessions.get(Some(&admin), id).await.unwrap().message_count;
    assert_eq!(sessions.mark(&admin, id, read(count)).await.unwrap().read_count, count);
    assert!(listed(&app, &admin, unread.clone()).await.is_empty());
    let is_read = MarksFilter { is_unread: Some(false), ..MarksFilter::default() };
    assert_eq!(listed(&app, &admin, is_read).await.len(), 1);
    let refused = sessions.mark(&admin, id, read(count + 1)).await.unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (Kind::ValidationFailed, Some("read_count")));

    let again = app.send_to(id, "calculate 2+2").await;
    app.completed(&again).await;
    assert_eq!(listed(&app, &admin, unread).await.len(), 1);
}

#[tokio::test]
async fn the_marks_of_one_who_takes_part_are_nobody_elses() {
    let app = Harness::offline().await;
    let (admin, bob) = (app.admin(), app.colleague().await);
    let sessions = &app.gateway.sessions;
    let id = titled(&app, "Ours").await;
    assert_eq!(sessions.mark(&bob, &id, pin(true)).await.unwrap_err().kind(), Kind::NotFound);
    sessions.share(&admin, &id, &bob.user, SessionRole::Viewer).await.unwrap();
    sessions.mark(&bob, &id, archive(true)).await.unwrap();
    sessions.mark(&bob, &id, tagged(&["theirs"])).await.unwrap();
    assert_eq!(sessions.marks(&admin, &id).await.unwrap(), Marks::default());
    assert_eq!(listed(&app, &admin, MarksFilter::default()).await, ["Ours"]);
    assert!(listed(&app, &bob, MarksFilter::default()).await.is_empty());
    assert!(sessions.tags(&admin).await.unwrap().is_empty());
    // Another role leaves the marks.
    sessions.share(&admin, &id, &bob.user, SessionRole::Member).await.unwrap();
    assert!(sessions.marks(&bob, &id).await.unwrap().is_archived);
    // Who writes into a session has it back in the list.
    let sent = app.gateway.chat.send(&bob, message(Some(&id), "calculate 1+1")).await.unwrap();
    app.completed(&sent).await;
    assert_eq!(listed(&app, &bob, MarksFilter::default()).await, ["Ours"]);
}

#[tokio::test]
async fn sessions_are_listed_by_their_marks_on_each_engine() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let (admin, sessions) = (app.admin(), &app.gateway.sessions);
        let [plain, pinned, archived] =
            [titled(&app, "plain").await, titled(&app, "pinned").await, titled(&app, "archived").await];
        sessions.mark(&admin, &pinned, pin(true)).await.unwrap();
        sessions.mark(&admin, &archived, archive(true)).await.unwrap();
        for (id, tags) in [(&plain, &["work", "home"][..]), (&pinned, &["work"]), (&archived, &["work"])] {
            sessions.mark(&admin, id, tagged(tags)).await.unwrap();
        }
        let with = |tag: &str| MarksFilter { tag: Some(tag.into()), ..MarksFilter::default() };
        assert_eq!(listed(&app, &admin, MarksFilter::default()).await, ["pinned", "plain"], "{engine:?}");
        assert_eq!(listed(&app, &admin, with("work")).await, ["pinned", "plain"], "{engine:?}");
        assert_eq!(listed(&app, &admin, with("home")).await, ["plain"], "{engine:?}");
        assert!(listed(&app, &admin, with("wor")).await.is_empty(), "{engine:?}");
        let old = MarksFilter { is_archived: true, ..MarksFilter::default() };
        assert_eq!(listed(&app, &admin, old).await, ["archived"], "{engine:?}");
        for (is_pinned, title) in [(true, "pinned"), (false, "plain")] {
            let filter = MarksFilter { is_pinned: Some(is_pinned), ..MarksFilter::default() };
            assert_eq!(listed(&app, &admin, filter).await, [title], "{engine:?}");
        }
        let used = |tag: &str, sessions| TagUse { tag: tag.into(), sessions };
        assert_eq!(sessions.tags(&admin).await.unwrap(), [used("work", 3), used("home", 1)], "{engine:?}");
    }
}

#[tokio::test]
async fn a_user_pins_a_bounded_number_of_sessions() {
    let app = Harness::offline().await;
    let (admin, sessions) = (app.admin(), &app.gateway.sessions);
    let mut pinned = Vec::new();
    for number in 0..MOST_PINNED {
        let id = titled(&app, &number.to_string()).await;
        sessions.mark(&admin, &id, pin(true)).await.unwrap();
        pinned.push(id);
    }
    let one_more = titled(&app, "one more").await;
    let refused = sessions.mark(&admin, &one_more, pin(true)).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Conflict, "too_many_pinned"));
    sessions.mark(&admin, &pinned[0], pin(true)).await.unwrap();
    sessions.mark(&admin, &pinned[0], pin(false)).await.unwrap();
    sessions.mark(&admin, &one_more, pin(true)).await.unwrap();
}

#[tokio::test]
async fn several_sessions_are_marked_or_deleted_at_once_or_none_of_them() {
    let app = Harness::offline().await;
    let (admin, bob) = (app.admin(), app.colleague().await);
    let sessions = &app.gateway.sessions;
    let ids = vec![titled(&app, "a").await, titled(&app, "b").await];
    let foreign = sessions.create(&bob, NewSession::default()).await.unwrap().id;
    let with_foreign = [ids.clone(), vec![foreign.clone()]].concat();
    let refused = sessions.mark_all(&admin, with_foreign.clone(), archive(true)).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound);
    assert_eq!(sessions.delete_all(&admin, with_foreign).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(listed(&app, &admin, MarksFilter::default()).await, ["a", "b"]);

    let marked = sessions.mark_all(&admin, ids.clone(), archive(true)).await.unwrap();
    assert!(marked.len() == 2 && marked.iter().all(|one| one.marks.is_archived));
    assert!(listed(&app, &admin, MarksFilter::default()).await.is_empty());
    assert_eq!(sessions.delete_all(&admin, ids.clone()).await.unwrap().len(), 2);
    assert_eq!(sessions.get(Some(&admin), &ids[0]).await.unwrap_err().kind(), Kind::NotFound);
    sessions.get(Some(&bob), &foreign).await.unwrap();
}

#[tokio::test]
async fn the_user_alone_is_told_of_a_mark_and_of_one_that_changes_nothing_nobody() {
    let app = Harness::offline().await;
    let (admin, bob) = (app.admin(), app.colleague().await);
    let sessions = &app.gateway.sessions;
    let id = titled(&app, "Ours").await;
    sessions.share(&admin, &id, &bob.user, SessionRole::Viewer).await.unwrap();
    let follow = |caller: &Caller| {
        let subscription = app.gateway.db.bus().subscribe();
        subscription.follow(&Topic::User(caller.in_tenant()), Start::Now);
        subscription.follow(&Topic::Session(id.clone()), Start::Now);
        subscription
    };
    let (admins, bobs) = (follow(&admin), follow(&bob));
    sessions.mark(&admin, &id, pin(false)).await.unwrap();
    sessions.mark(&admin, &id, pin(true)).await.unwrap();
    sessions.mark(&bob, &id, tagged(&["theirs"])).await.unwrap();
    let marked = |event: &Event| matches!(event, Event::Marks(_));
    let seen = events_until(&admins, marked).await;
    let marks: Vec<&MarksEvent> = marks_of(&seen);
    assert_eq!(marks.len(), 1);
    assert_eq!((&marks[0].session_id, &marks[0].user_id), (&id, &admin.user));
    assert!(marks[0].marks.is_pinned);
    let seen = events_until(&bobs, marked).await;
    assert!(marks_of(&seen).iter().all(|mark| mark.user_id == bob.user));
}
