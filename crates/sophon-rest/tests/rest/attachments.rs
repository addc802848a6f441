//! Files, up and down.

use http::Method;
use sophon_model::Role;

use crate::app::TestApp;
use crate::client::{As, json};

async fn uploaded(caller: &As<'_>, name: &str, content: &str) -> String {
    let file = caller.upload(name, content).await.expect(201);
    file["key"].as_str().unwrap().to_owned()
}

async fn download(caller: &As<'_>, key: &str, headers: &[(&str, &str)]) -> crate::client::Answer {
    caller.send(Method::GET, &format!("/api/attachments/{key}"), headers, axum::body::Body::empty()).await
}

#[tokio::test]
async fn a_file_comes_back_to_be_saved_and_never_as_a_page() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let page = "<!doctype html><script>alert(1)</script>";
    let file = admin.upload("../evil \u{202e}名.html", page).await.expect(201);
    assert_eq!(
        (&file["size"], &file["mime"], &file["name"]),
        (&json!(40), &json!("text/html"), &json!("evil 名.html"))
    );
    let answer = download(&admin, file["key"].as_str().unwrap(), &[]).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, page));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"evil _.html\"; filename*=UTF-8''evil%20%E5%90%8D.html")
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(answer.header("content-security-policy").unwrap().contains("sandbox"));
    assert_eq!(answer.header("content-length"), Some("40"));
}

#[tokio::test]
async fn a_part_of_a_file_can_be_asked_for() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = uploaded(&admin, "a.txt", "0123456789").await;
    let part = download(&admin, &key, &[("range", "bytes=2-4")]).await;
    assert_eq!((part.status, part.text.as_str()), (206, "234"));
    assert_eq!(part.header("content-range"), Some("bytes 2-4/10"));
    let etag = part.header("etag").unwrap().to_owned();
    let current = download(&admin, &key, &[("range", "bytes=-1"), ("if-range", &etag)]).await;
    assert_eq!(current.text, "9");
    let outdated = download(&admin, &key, &[("range", "bytes=-1"), ("if-range", "\"x\"")]).await;
    assert_eq!((outdated.status, outdated.text.as_str()), (200, "0123456789"));
    let beyond = download(&admin, &key, &[("range", "bytes=10-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */10")));
}

#[tokio::test]
async fn a_file_that_was_damaged_on_disk_is_an_error_and_not_a_file() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = uploaded(&admin, "a.txt", "0123456789").await;
    let folders = std::fs::read_dir(app.files()).unwrap().map(|entry| entry.unwrap().path());
    let kept =
        folders.filter(|folder| !folder.ends_with("incoming")).flat_map(|folder| folder.read_dir().unwrap());
    let kept: Vec<_> = kept.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(kept.len(), 1);
    std::fs::write(&kept[0], "0123456780").unwrap();
    download(&admin, &key, &[]).await.refused(500, "internal_error");
    uploaded(&admin, "b.txt", "0123456789").await;
    assert_eq!(download(&admin, &key, &[]).await.text, "0123456789", "uploading it again mends it");
}

#[tokio::test]
async fn a_file_is_its_owners_until_it_is_sent_and_then_its_sessions() {
    let app = TestApp::start().await;
    let (admin, operator) = (app.admin().await, app.colleague(Role::Operator).await);
    let key = uploaded(&admin, "a.txt", "hello").await;
    download(&operator, &key, &[]).await.refused(404, "not_found");
    let steal = json!({ "content": "mine", "attachments": [{ "key": key }] });
    operator.post("/api/chat", &steal).await.refused(422, "validation_failed");
    let send = json!({ "content": "look", "attachments": [{ "key": key }] });
    let sent = admin.post("/api/chat", &send).await.expect(202);
    app.ended(&admin, sent["taskId"].as_str().unwrap()).await;
    download(&operator, &key, &[]).await.refused(404, "not_found");
    download(&app.anonymous(), &key, &[]).await.refused(401, "unauthenticated");
    let session = format!("/api/sessions/{}", sent["sessionId"].as_str().unwrap());
    admin.patch(&session, &json!({ "visibility": "public" })).await.ok();
    for reader in [&operator, &app.anonymous()] {
        assert_eq!(download(reader, &key, &[]).await.text, "hello");
    }
    admin.delete(&session).await.expect(204);
    download(&admin, &key, &[]).await.refused(404, "not_found");
}

#[tokio::test]
async fn what_is_no_form_with_a_file_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.post("/api/attachments", &json!({})).await.refused(415, "unsupported_media_type");
    let form = [("content-type", "multipart/form-data; boundary=edge")];
    let broken = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhalf";
    let answer = admin.send(Method::POST, "/api/attachments", &form, broken.into()).await;
    answer.refused(400, "invalid_request");
    let other = "--edge\r\nContent-Disposition: form-data; name=\"fiel\"\r\n\r\nx\r\n--edge--\r\n";
    let answer = admin.send(Method::POST, "/api/attachments", &form, other.into()).await;
    answer.refused(422, "validation_failed");
    let viewer = app.colleague(Role::Viewer).await;
    viewer.upload("a.txt", "x").await.refused(403, "not_authorized");
}

#[tokio::test]
async fn the_limits_tell_how_much_there_is() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    uploaded(&admin, "a.txt", "0123456789").await;
    let limits = admin.get("/api/attachments/limits").await.ok();
    let told = json!({ "fileBytes": 26_214_400, "filesPerMessage": 10, "quotaBytes": 2_147_483_648_u64, "usedBytes": 10 });
    assert_eq!(limits, told);
}

#[tokio::test]
async fn the_largest_file_fits_and_one_byte_more_does_not() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let largest = vec![b'x'; 25 * 1024 * 1024];
    let file = admin.upload("large.txt", &largest).await.expect(201);
    assert_eq!(file["size"], json!(largest.len()));
    let answer = download(&admin, file["key"].as_str().unwrap(), &[]).await;
    assert_eq!(answer.text.len(), largest.len());
    let more = [largest.as_slice(), b"x"].concat();
    admin.upload("larger.txt", more).await.refused(413, "payload_too_large");
}
