use fanout::Start;
use sophon_core::sessions::{ChangeSession, Fork};
use sophon_model::ports::{AuditFilter, SessionFilter};
use sophon_model::{
    Caller, Event, Kind, MessageEvent, MessageRole, Page, RequestKey, SessionStatus, TaskEvent,
};

use crate::harness::{Harness, events_until, message};

#[tokio::test]
async fn a_message_makes_a_session_that_is_named_after_it_and_gets_an_answer() {
    let app = Harness::offline().await;
    let sent = app.send("Hello there\nsecond line").await;
    let task = app.completed(&sent).await;
    assert_eq!(task.description, "Hello there");
    let session = app.gateway.sessions.get(Some(&app.admin()), &sent.session_id).await.unwrap();
    assert_eq!((session.title.as_str(), session.message_count), ("Hello there", 2));
    let messages = app.messages(&sent.session_id).await;
    let roles: Vec<_> = messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [MessageRole::User, MessageRole::Agent]);
    assert!(messages[1].content.contains("offline agent"));
    assert_eq!(messages[1].reply_to.as_ref(), Some(&sent.message_id));
    assert!(messages[0].number < messages[1].number);
}

#[tokio::test]
async fn a_unit_that_gave_way_and_was_run_again_did_what_it_did_once() {
    let app = Harness::that_gives_way().await;
    let first = app.send("calculate 1+1").await;
    app.completed(&first).await;
    let events = app.follow(&first.session_id, Start::Now);
    let sent = app.send_to(&first.session_id, "calculate 2+2").await;
    let seen = events_until(&events, |event| matches!(event, Event::Task(TaskEvent::Completed(_)))).await;
    let begun = |event: &Event| {
        matches!(event, Event::Message(MessageEvent::Created { .. } | MessageEvent::Opened { .. }))
    };
    assert_eq!(seen.iter().filter(|seen| begun(seen.value())).count(), 2, "the question and its answer");
    let numbers: Vec<u64> = seen.iter().map(|seen| seen.seq()).filter(|&number| number > 0).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    assert_eq!(app.messages(&sent.session_id).await.len(), 4);
    let sends = AuditFilter { actions: vec!["message.send".into()], ..AuditFilter::default() };
    let entries = app.gateway.audit.list(&app.admin(), sends, Page::new(None, None)).await.unwrap();
    assert_eq!(entries.items.len(), 2);
}

/// The administrator, with a request that asks for something under a key.
fn asking(app: &Harness, key: &str, asked: &str) -> Caller {
    Caller { request_key: Some(RequestKey::new(key.into(), asked.into())), ..app.admin() }
}

#[tokio::test]
async fn the_same_key_is_applied_once_and_another_request_under_it_is_a_conflict() {
    let app = Harness::offline().await;
    let send = async |caller: &Caller| app.gateway.chat.send(caller, message(None, "once")).await;
    let first = send(&asking(&app, "key-1", "once")).await.unwrap();
    let asked_again = asking(&app, "key-1", "once");
    let again = send(&asked_again).await.unwrap();
    assert!(again.replayed && asked_again.request_key.unwrap().is_replayed() && !first.replayed);
    assert_eq!((first.task_id, first.message_id), (again.task_id, again.message_id));
    let other = send(&asking(&app, "key-1", "twice")).await.unwrap_err();
    assert_eq!((other.kind(), other.code()), (Kind::Conflict, "idempotency_conflict"));
}

#[tokio::test]
async fn a_hundred_concurrent_sends_with_one_key_are_one() {
    let app = Harness::offline().await;
    let admin = asking(&app, "k", "once");
    let sends = (0..100).map(|_| app.gateway.chat.send(&admin, message(None, "once")));
    let sent = futures_util::future::join_all(sends).await;
    let fresh = sent.iter().filter(|sent| !sent.as_ref().unwrap().replayed).count();
    assert_eq!(fresh, 1);
    let page = Page::new(None, None);
    let sessions = app.gateway.sessions.list(&admin, SessionFilter::default(), page).await.unwrap();
    assert_eq!(sessions.items.len(), 1);
}

#[tokio::test]
async fn turns_of_one_session_run_one_after_the_other() {
    let app = Harness::offline().await;
    let first = app.send("calculate 1+1").await;
    let second = app.send_to(&first.session_id, "calculate 2+2").await;
    let third = app.send_to(&first.session_id, "calculate 3+3").await;
    app.completed(&third).await;
    let messages = app.messages(&first.session_id).await;
    let answers: Vec<_> = messages
        .iter()
        .filter(|message| message.role == MessageRole::Agent)
        .map(|message| &message.content)
        .collect();
    assert_eq!(answers, ["The result is **2**.", "The result is **4**.", "The result is **6**."]);
    app.completed(&second).await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_and_changes_nothing() {
    let app = Harness::offline().await;
    let admin = app.admin();
    let long = "x".repeat(100_001);
    for (text, kind) in
        [("", Kind::ValidationFailed), ("  \n", Kind::ValidationFailed), (&long, Kind::PayloadTooLarge)]
    {
        assert_eq!(app.gateway.chat.send(&admin, message(None, text)).await.unwrap_err().kind(), kind);
    }
    let nowhere = message(Some(&"ses_unknown".into()), "hello");
    assert_eq!(app.gateway.chat.send(&admin, nowhere).await.unwrap_err().kind(), Kind::NotFound);
    let mut to_nobody = message(None, "hello");
    to_nobody.agent = Some("nobody".into());
    assert_eq!(app.gateway.chat.send(&admin, to_nobody).await.unwrap_err().kind(), Kind::NotFound);
    let page = Page::new(None, None);
    assert!(
        app.gateway.sessions.list(&admin, SessionFilter::default(), page).await.unwrap().items.is_empty()
    );
}

#[tokio::test]
async fn a_completed_session_takes_no_messages_and_a_fork_of_it_does() {
    let app = Harness::offline().await;
    let (admin, sent) = (app.admin(), app.send("remember that tea is hot").await);
    app.completed(&sent).await;
    let change = ChangeSession { status: Some(SessionStatus::Completed), ..ChangeSession::default() };
    app.gateway.sessions.update(&admin, &sent.session_id, change).await.unwrap();
    let refused = app.gateway.chat.send(&admin, message(Some(&sent.session_id), "more")).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict);
    let fork = app.gateway.sessions.fork(&admin, &sent.session_id, Fork::default()).await.unwrap();
    assert_eq!(fork.parent_id.as_ref(), Some(&sent.session_id));
    app.completed(&app.send_to(&fork.id, "more").await).await;
    assert_eq!(app.messages(&fork.id).await.len(), 4);
}

#[tokio::test]
async fn a_fork_ends_with_the_message_it_is_made_from() {
    let app = Harness::offline().await;
    let sent = app.send("calculate 1+1").await;
    app.completed(&sent).await;
    app.completed(&app.send_to(&sent.session_id, "calculate 2+2").await).await;
    let messages = app.messages(&sent.session_id).await;
    let fork = Fork { from_message: Some(messages[1].id.clone()), title: Some("Other way".into()) };
    let fork = app.gateway.sessions.fork(&app.admin(), &sent.session_id, fork).await.unwrap();
    let copied: Vec<_> = app.messages(&fork.id).await.into_iter().map(|message| message.content).collect();
    assert_eq!(copied, ["calculate 1+1", "The result is **2**."]);
    assert_eq!(fork.title, "Other way");
}

#[tokio::test]
async fn regenerating_answers_the_last_question_again() {
    let app = Harness::offline().await;
    let sent = app.send("calculate 6*7").await;
    app.completed(&sent).await;
    let again = app.gateway.chat.regenerate(&app.admin(), &sent.session_id, None).await.unwrap();
    assert_eq!(again.message_id, sent.message_id);
    app.completed(&again).await;
    let contents: Vec<_> =
        app.messages(&sent.session_id).await.into_iter().map(|message| message.content).collect();
    assert_eq!(
        contents,
        ["calculate 6*7", "The result is **42**."],
        "the other answer is on a branch of its own"
    );
}
