//! Editing a message, answering a question anew, and going from one branch to another.

use sophon_core::chat::{EditMessage, Sent};
use sophon_core::sessions::{ChangeSession, Fork, NewSession};
use sophon_model::ports::SessionFilter;
use sophon_model::{Caller, Kind, MessageId, Page, Result, SessionId, SessionRole};
use sophon_testgateway::{Engine, Setup, TestGateway};
use sophon_testkit::{Gate, ModelServer, Script};

use crate::harness::{Harness, message};

async fn edit(
    app: &TestGateway,
    caller: &Caller,
    session: &SessionId,
    id: &MessageId,
    to: &str,
) -> Result<Sent> {
    let (session, message) = (session.clone(), id.clone());
    app.gateway.chat.edit(caller, EditMessage { session, message, content: to.into(), model: None }).await
}

async fn show(app: &TestGateway, session: &SessionId, branch: i64) -> Result<()> {
    let change = ChangeSession { branch: Some(branch), ..ChangeSession::default() };
    app.gateway.sessions.update(&app.admin(), session, change).await.map(drop)
}

/// What the session says.
async fn said(app: &TestGateway, session: &SessionId) -> Vec<String> {
    app.messages(session).await.into_iter().map(|message| message.content).collect()
}

/// The messages that are found by these words in all sessions.
async fn found(app: &TestGateway, words: &str) -> usize {
    let page = Page::new(None, None);
    app.gateway.sessions.search(&app.admin(), words.into(), page).await.unwrap().items.len()
}

#[tokio::test]
async fn an_edited_message_begins_a_branch_and_each_branch_can_be_shown_on_each_engine() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let admin = app.admin();
        let first = app.gateway.chat.send(&admin, message(None, "calculate 1+1")).await.unwrap();
        app.completed(&first).await;
        let id = &first.session_id;
        let second = app.gateway.chat.send(&admin, message(Some(id), "calculate 2+2")).await.unwrap();
        app.completed(&second).await;
        let original = ["calculate 1+1", "The result is **2**.", "calculate 2+2", "The result is **4**."];

        let edited = edit(&app, &admin, id, &first.message_id, "calculate 30+30").await.unwrap();
        app.completed(&edited).await;
        assert_eq!(said(&app, id).await, ["calculate 30+30", "The result is **60**."], "{engine:?}");
        assert_eq!([found(&app, "calculate").await, found(&app, "30").await], [1, 1], "{engine:?}");
        let session = app.gateway.sessions.get(Some(&admin), id).await.unwrap();
        assert_eq!((session.branch, session.message_count), (1, 6), "{engine:?}");

        // Edited once more, it is one more in the same place.
        let again = edit(&app, &admin, id, &edited.message_id, "calculate 5+5").await.unwrap();
        app.completed(&again).await;
        let branches = app.gateway.sessions.branches(Some(&admin), id).await.unwrap();
        let forks: Vec<_> = branches.iter().map(|branch| (branch.parent, branch.forks_at)).collect();
        assert_eq!(forks, [forks[0], forks[0]], "{engine:?}");

        show(&app, id, 0).await.unwrap();
        assert_eq!(said(&app, id).await, original, "{engine:?}");
        let late = edit(&app, &admin, id, &second.message_id, "calculate 9+9").await.unwrap();
        app.completed(&late).await;
        let expected = [original[0], original[1], "calculate 9+9", "The result is **18**."];
        assert_eq!(said(&app, id).await, expected, "{engine:?}");
        show(&app, id, 2).await.unwrap();
        assert_eq!(said(&app, id).await, ["calculate 5+5", "The result is **10**."], "{engine:?}");
        show(&app, id, 3).await.unwrap();
        assert_eq!(said(&app, id).await, expected, "{engine:?}");
        let unknown = show(&app, id, 9).await.unwrap_err();
        assert_eq!((unknown.kind(), unknown.field()), (Kind::ValidationFailed, Some("branch")));
        // A fork copies what is shown.
        let fork = app.gateway.sessions.fork(&admin, id, Fork::default()).await.unwrap();
        assert_eq!(said(&app, &fork.id).await, expected, "{engine:?}");
        let listed = app.gateway.sessions.list(&admin, SessionFilter::default(), Page::new(None, None));
        assert_eq!(listed.await.unwrap().items.len(), 2, "{engine:?}");
    }
}

#[tokio::test]
async fn a_model_reads_the_branch_that_is_shown_alone() {
    let model = ModelServer::start(|request| Script::say(&request.last_text().to_uppercase())).await;
    let app = Harness::with_models(&[&model]).await;
    let admin = app.admin();
    let first = app.send("vermilion").await;
    app.completed(&first).await;
    let edited = edit(&app, &admin, &first.session_id, &first.message_id, "turquoise").await.unwrap();
    app.completed(&edited).await;
    app.completed(&app.send_to(&first.session_id, "and then?").await).await;
    let asked = model.requests().last().unwrap().body.to_string();
    assert!(asked.contains("turquoise") && asked.contains("and then?"), "{asked}");
    assert!(!asked.contains("ermilion"), "{asked}");
}

#[tokio::test]
async fn history_stays_as_it_is_while_an_answer_is_added_to_it() {
    let gate = Gate::new();
    let held = gate.clone();
    let model = ModelServer::start(move |_| Script::say("At last").wait(&held)).await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("slow").await;
    model.wait_for_requests(1).await;
    let refused = edit(&app, &app.admin(), &sent.session_id, &sent.message_id, "fast").await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict);
    gate.open();
    app.completed(&sent).await;
    let edited = edit(&app, &app.admin(), &sent.session_id, &sent.message_id, "fast").await.unwrap();
    app.completed(&edited).await;
}

#[tokio::test]
async fn a_message_is_edited_by_nobody_but_its_author() {
    let app = Harness::offline().await;
    let (admin, bob) = (app.admin(), app.colleague().await);
    let sent = app.send("calculate 1+1").await;
    app.completed(&sent).await;
    let id = &sent.session_id;
    app.gateway.sessions.share(&admin, id, &bob.user, SessionRole::Member).await.unwrap();
    let refused = edit(&app, &bob, id, &sent.message_id, "mine").await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAuthorized);
    let answer = app.messages(id).await.remove(1).id;
    assert_eq!(edit(&app, &admin, id, &answer, "mine").await.unwrap_err().kind(), Kind::NotAuthorized);
    let other = app.gateway.sessions.create(&admin, NewSession::default()).await.unwrap().id;
    let elsewhere = edit(&app, &admin, &other, &sent.message_id, "mine").await.unwrap_err();
    assert_eq!(elsewhere.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_title_that_was_taken_from_a_message_follows_it_and_one_that_was_given_stays() {
    let app = Harness::offline().await;
    let admin = app.admin();
    let title =
        async |session: &SessionId| app.gateway.sessions.get(Some(&admin), session).await.unwrap().title;
    let sent = app.gateway.chat.send(&admin, message(None, "my password is hunter2")).await.unwrap();
    app.completed(&sent).await;
    let id = &sent.session_id;
    assert_eq!(title(id).await, "my password is hunter2");
    let edited = edit(&app, &admin, id, &sent.message_id, "calculate 1+1").await.unwrap();
    app.completed(&edited).await;
    assert_eq!(title(id).await, "calculate 1+1");
    let named = ChangeSession { title: Some("Sums".into()), ..ChangeSession::default() };
    app.gateway.sessions.update(&admin, id, named).await.unwrap();
    let again = edit(&app, &admin, id, &edited.message_id, "calculate 2+2").await.unwrap();
    app.completed(&again).await;
    assert_eq!(title(id).await, "Sums");
}
