//! Attachments: who may have them, what becomes of them, and what a model is told of them.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use sophon_core::attachments::{NewAttachment, Quotas, UNSENT_KEPT};
use sophon_core::chat::SendMessage;
use sophon_core::sessions::Fork;
use sophon_model::{AttachmentId, Caller, Result, SessionId, SessionRole, StoredAttachment};
use sophon_testgateway::{Engine, Setup, TestGateway, message};
use sophon_testkit::{ModelServer, Script};

use crate::harness::Harness;

/// More than an hour: contents are held for one, and collected each.
const HOURS: Duration = Duration::from_mins(125);

async fn upload(app: &TestGateway, name: &str, content: &[u8]) -> Result<StoredAttachment> {
    upload_as(app, &app.admin(), name, content).await
}

async fn upload_as(
    app: &TestGateway,
    caller: &Caller,
    name: &str,
    content: &[u8],
) -> Result<StoredAttachment> {
    let pieces: Vec<_> = content.chunks(10_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let upload = app.gateway.attachments.begin_upload(caller).await?;
    let new = NewAttachment { name: Some(name.into()), mime: None };
    upload.take(new, stream::iter(pieces).boxed()).await
}

async fn send(
    app: &TestGateway,
    session: Option<&SessionId>,
    text: &str,
    files: &[&AttachmentId],
) -> SessionId {
    send_as(app, &app.admin(), session, text, files).await.expect("it is sent")
}

async fn send_as(
    app: &TestGateway,
    caller: &Caller,
    session: Option<&SessionId>,
    text: &str,
    files: &[&AttachmentId],
) -> Result<SessionId> {
    let attachments = files.iter().map(|id| (*id).clone()).collect();
    let send = SendMessage { attachments, ..message(session, text) };
    let sent = app.gateway.chat.send(caller, send).await?;
    app.completed(&sent).await;
    Ok(sent.session_id)
}

async fn content(app: &TestGateway, id: &AttachmentId) -> Result<Vec<u8>> {
    content_for(app, &app.admin(), id).await
}

async fn content_for(app: &TestGateway, caller: &Caller, id: &AttachmentId) -> Result<Vec<u8>> {
    let found = app.gateway.attachments.get(Some(caller), id).await?;
    let size = found.size.unsigned_abs();
    let pieces: Vec<Bytes> = app.gateway.attachments.read(&found, 0..size).await?.try_collect().await?;
    Ok(pieces.concat())
}

fn files(app: &TestGateway) -> usize {
    let folders = std::fs::read_dir(app.files()).unwrap().map(|entry| entry.unwrap().path());
    let count = |folder: std::path::PathBuf| std::fs::read_dir(folder).unwrap().count();
    folders.filter(|folder| !folder.ends_with("incoming")).map(count).sum()
}

/// Has the queue looked at: nothing else tells it that the clock was moved.
async fn wake(app: &TestGateway) {
    let sent = app.send("wake up").await;
    app.completed(&sent).await;
}

/// Lets time pass until the contents that nothing refers to are gone.
async fn until_files(app: &TestGateway, wanted: usize) {
    app.until(async || {
        app.clock.advance(HOURS);
        wake(app).await;
        (files(app) == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_attachment_goes_with_one_message_and_with_its_session() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let stored = upload(&app, "a.txt", b"hello").await.unwrap();
        let session = send(&app, None, "calculate 1 + 1", &[&stored.id]).await;
        let sent = &app.messages(&session).await[0].attachments[0];
        assert_eq!((sent.key.as_str(), sent.mime.as_str(), sent.size), (stored.id.as_str(), "text/plain", 5));
        assert_eq!(content(&app, &stored.id).await.unwrap(), b"hello");
        let answer = &app.messages(&session).await[1].content;
        assert!(answer.contains('2'), "the offline agent makes nothing of files: {answer}");

        let again = SendMessage { attachments: vec![stored.id.clone()], ..message(None, "again") };
        let refused = app.gateway.chat.send(&app.admin(), again).await;
        assert_eq!(refused.err().map(|error| error.code()), Some("validation_failed"));
        let refused = app.gateway.attachments.delete(&app.admin(), &stored.id).await;
        assert_eq!(refused.err().map(|error| error.code()), Some("conflict"));

        app.gateway.sessions.delete(&app.admin(), &session).await.unwrap();
        let gone = content(&app, &stored.id).await;
        assert_eq!(gone.err().map(|error| error.code()), Some("not_found"));
    }
}

#[tokio::test]
async fn participants_have_the_files_of_a_session_and_those_that_write_attach_their_own() {
    let app = Harness::offline().await;
    let stored = upload(&app, "a.txt", b"hello").await.unwrap();
    let session = send(&app, None, "calculate 1 + 1", &[&stored.id]).await;
    let (viewer, member) = (app.colleague().await, app.colleague().await);
    let read = |caller: Caller| {
        let (app, id) = (&app, &stored.id);
        async move { content_for(app, &caller, id).await.map_err(|error| error.code()) }
    };
    assert_eq!(read(viewer.clone()).await, Err("not_found"));
    for (user, role) in [(&viewer, SessionRole::Viewer), (&member, SessionRole::Member)] {
        app.gateway.sessions.share(&app.admin(), &session, &user.user, role).await.unwrap();
    }
    assert_eq!(read(viewer.clone()).await.unwrap(), b"hello");

    let theirs = upload_as(&app, &viewer, "b.txt", b"of a viewer").await.unwrap();
    let refused = send_as(&app, &viewer, Some(&session), "look", &[&theirs.id]).await;
    assert_eq!(refused.err().map(|error| error.code()), Some("not_authorized"));
    let refused = send_as(&app, &member, Some(&session), "look", &[&theirs.id]).await;
    assert_eq!(refused.err().map(|error| error.code()), Some("validation_failed"), "it is another's");
    let own = upload_as(&app, &member, "c.txt", b"of a member").await.unwrap();
    send_as(&app, &member, Some(&session), "calculate 2 + 2", &[&own.id]).await.unwrap();
    assert_eq!(content_for(&app, &viewer, &own.id).await.unwrap(), b"of a member");

    app.gateway.sessions.unshare(&app.admin(), &session, &member.user).await.unwrap();
    let refused = content_for(&app, &member, &own.id).await;
    assert_eq!(refused.err().map(|error| error.code()), Some("not_found"), "it is the session's by now");
}

#[tokio::test]
async fn a_copy_keeps_its_files_when_the_session_goes_that_it_was_copied_from() {
    let app = TestGateway::offline().await;
    let stored = upload(&app, "a.txt", b"hello").await.unwrap();
    let session = send(&app, None, "calculate 1 + 1", &[&stored.id]).await;
    let fork = app.gateway.sessions.fork(&app.admin(), &session, Fork::default()).await.unwrap();
    app.gateway.sessions.delete(&app.admin(), &session).await.unwrap();
    let copied = AttachmentId::from(app.messages(&fork.id).await[0].attachments[0].key.as_str());
    assert_ne!(copied, stored.id);
    assert_eq!(content(&app, &copied).await.unwrap(), b"hello");
}

#[tokio::test]
async fn a_quota_is_kept_also_by_uploads_at_once() {
    for engine in Engine::available() {
        let quotas = Quotas { user: 50, tenant: 1_000, ..Quotas::default() };
        let app = Setup::default().on(engine).settings(|settings| settings.quotas = quotas).start().await;
        let uploads = (0..10).map(|n| {
            let app = &app;
            async move { upload(app, "a.txt", format!("{n:020}").as_bytes()).await }
        });
        let outcomes = futures_util::future::join_all(uploads).await;
        let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
        assert_eq!(outcomes.len() - refused.len(), 2, "{refused:?}");
        assert!(refused.iter().all(|error| error.code() == "quota_exceeded"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_file_is_refused_as_soon_as_it_has_more_than_there_is_room_for() {
    let quotas = Quotas { file: 100, user: 150, tenant: 160 };
    let app = Harness::with_quotas(quotas).await;
    let upload_of = async |caller: &Caller, size: usize| {
        let pieces = stream::iter(0..size / 10).map(|_| Ok(Bytes::from_static(b"1234567890")));
        // More would be asked for if this were not refused before.
        let pieces = pieces.chain(stream::once(async { panic!("all of the file was read") }));
        let upload = app.gateway.attachments.begin_upload(caller).await?;
        upload.take(NewAttachment::default(), pieces.boxed()).await
    };
    let code = |outcome: Result<StoredAttachment>| outcome.err().map(|error| error.code());
    assert_eq!(code(upload_of(&app.admin(), 110).await), Some("payload_too_large"));
    upload(&app, "a.txt", &[b'x'; 100]).await.unwrap();
    assert_eq!(code(upload_of(&app.admin(), 60).await), Some("quota_exceeded"), "the user's");
    let colleague = app.colleague().await;
    assert_eq!(code(upload_of(&colleague, 70).await), Some("quota_exceeded"), "the tenant's");
    let usage = app.gateway.attachments.usage(&app.admin()).await.unwrap();
    assert_eq!((usage.file, usage.quota, usage.used), (100, 150, 100));
}

#[tokio::test]
async fn copies_of_files_count_so_that_copying_does_not_go_on_for_ever() {
    let quotas = Quotas { user: 120, ..Quotas::default() };
    let app = Harness::with_quotas(quotas).await;
    let stored = upload(&app, "a.txt", &[b'x'; 50]).await.unwrap();
    let session = send(&app, None, "calculate 1 + 1", &[&stored.id]).await;
    app.gateway.sessions.fork(&app.admin(), &session, Fork::default()).await.unwrap();
    let refused = app.gateway.sessions.fork(&app.admin(), &session, Fork::default()).await;
    assert_eq!(refused.err().map(|error| error.code()), Some("quota_exceeded"));
}

#[tokio::test]
async fn what_nothing_refers_to_is_deleted_and_the_rest_stays() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let kept = upload(&app, "kept.txt", b"kept").await.unwrap();
        let gone = upload(&app, "gone.txt", b"gone").await.unwrap();
        let session = send(&app, None, "calculate 1 + 1", &[&kept.id]).await;
        assert_eq!(files(&app), 2);
        app.gateway.attachments.delete(&app.admin(), &gone.id).await.unwrap();
        until_files(&app, 1).await;
        assert_eq!(content(&app, &kept.id).await.unwrap(), b"kept");

        let again = upload(&app, "gone.txt", b"gone").await.unwrap();
        assert_eq!(content(&app, &again.id).await.unwrap(), b"gone", "it can be put again");
        app.clock.advance(UNSENT_KEPT);
        until_files(&app, 1).await;
        assert!(content(&app, &again.id).await.is_err(), "what is not sent within a day is forgotten");
        assert_eq!(content(&app, &kept.id).await.unwrap(), b"kept");

        app.gateway.sessions.delete(&app.admin(), &session).await.unwrap();
        until_files(&app, 0).await;
    }
}

/// The same content is uploaded over and over while it is collected. No upload may end up without its content.
#[tokio::test]
async fn uploads_and_the_collector_do_not_get_in_each_others_way() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        for _ in 0..10 {
            let first = upload(&app, "a.txt", b"the same").await.unwrap();
            app.gateway.attachments.delete(&app.admin(), &first.id).await.unwrap();
            app.clock.advance(HOURS);
            let ((), stored) = tokio::join!(wake(&app), upload(&app, "a.txt", b"the same"));
            let stored = stored.unwrap();
            app.clock.advance(HOURS);
            wake(&app).await;
            assert_eq!(content(&app, &stored.id).await.unwrap(), b"the same");
            app.gateway.attachments.delete(&app.admin(), &stored.id).await.unwrap();
        }
    }
}

async fn asked_with(files: &[(&str, &[u8])]) -> String {
    let server = ModelServer::playing([Script::say("ok")]).await;
    let app = TestGateway::with_models(&[&server]).await;
    let mut ids = Vec::new();
    for (name, content) in files {
        ids.push(upload(&app, name, content).await.unwrap().id);
    }
    send(&app, None, "Look at these.", &ids.iter().collect::<Vec<_>>()).await;
    server.requests()[0].last_text()
}

#[tokio::test]
async fn a_model_is_told_of_every_file_and_shown_those_that_are_text() {
    let long = "0123456789".repeat(5_000);
    let asked = asked_with(&[
        ("notes.md", b"# Buy milk"),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("long.txt", long.as_bytes()),
    ])
    .await;
    assert!(asked.starts_with("Look at these."), "{asked}");
    for told in [
        "\"notes.md\" (text/plain, 10 bytes): its content is:",
        "# Buy milk",
        "\"photo.png\" (image/png, 16 bytes): its content is not text",
        "\"long.txt\" (text/plain, 50000 bytes): its first 32768 bytes are shown; the rest is left out.",
    ] {
        assert!(asked.contains(told), "{told}\n{}", &asked[..600]);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_named_with_the_reason() {
    let half = "x".repeat(32 * 1024);
    let file = |name| (name, half.as_bytes());
    let asked = asked_with(&[file("1.txt"), file("2.txt"), file("3.txt"), file("4.txt")]).await;
    assert!(
        asked.contains("\"4.txt\" (text/plain, 32768 bytes): its content is left out"),
        "{}",
        asked.len()
    );
    assert_eq!(asked.matches("<external_content ").count(), 3);
}
