//! Keys of requests. The integration tests show that every operation which makes or does something honours them.

use http::Method;
use serde_json::Value;
use sophon_model::Role;

use crate::app::TestApp;
use crate::client::{Answer, As, json};

async fn make_agent(caller: &As<'_>, key: &str, name: &str) -> Answer {
    caller.send_json(Method::POST, "/api/agents", &[("idempotency-key", key)], &json!({ "name": name })).await
}

#[tokio::test]
async fn requests_with_one_key_at_the_same_moment_make_one_thing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let requests = (0..20).map(|_| make_agent(&admin, "race", "Scout"));
    let answers = futures_util::future::join_all(requests).await;
    let fresh = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).count();
    assert_eq!(fresh, 1);
    let place = answers[0].header("location").unwrap().to_owned();
    assert!(answers.iter().all(|answer| answer.header("location") == Some(&place)));
    let bodies: Vec<Value> = answers.into_iter().map(|answer| answer.expect(201)).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    assert_eq!(admin.get(&place).await.ok(), bodies[0]);
    assert_eq!(admin.get("/api/agents").await.ok()["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_request_that_failed_may_be_sent_again_under_its_key() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    make_agent(&admin, "k", "").await.refused(422, "validation_failed");
    make_agent(&admin, "k", "Scout").await.expect(201);
    make_agent(&admin, "k", "Other").await.refused(409, "idempotency_conflict");
}

#[tokio::test]
async fn a_key_counts_for_its_user_in_all_requests() {
    let app = TestApp::start().await;
    let (admin, operator) = (app.admin().await, app.colleague(Role::Operator).await);
    make_agent(&admin, "k", "Scout").await.expect(201);
    let elsewhere = json!({ "name": "Scout" });
    let headers = [("idempotency-key", "k")];
    let answer = admin.send_json(Method::POST, "/api/auth/tokens", &headers, &elsewhere).await;
    answer.refused(409, "idempotency_conflict");
    let own = operator.send_json(Method::POST, "/api/auth/tokens", &headers, &elsewhere).await;
    assert_eq!(own.header("idempotency-replayed"), None);
    own.expect(201);
}

#[tokio::test]
async fn a_secret_that_is_given_again_is_the_same_and_is_not_kept() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (path, body, secret) in [
        ("/api/auth/tokens", json!({ "name": "script" }), "token"),
        ("/api/nodes", json!({ "displayName": "box", "platform": "linux" }), "pairingSecret"),
    ] {
        let make = async |key| admin.send_json(Method::POST, path, &[("idempotency-key", key)], &body).await;
        let first = make("secret").await.expect(201);
        assert_eq!(make("secret").await.expect(201), first, "{path}");
        let told = first[secret].as_str().unwrap().to_owned();
        assert_ne!(make("other").await.expect(201)[secret], *told, "{path}");
        let kept = app.gateway.db.read(|tx| {
            let user = tx.first_user()?.unwrap();
            let scope = format!("request:{}:{}", user.tenant_id, user.id);
            tx.idempotent_reply(&scope, "secret", sophon_model::Timestamp::from_millis(0))
        });
        let kept = kept.await.unwrap().unwrap().reply.to_string();
        assert!(!kept.contains(&told), "{kept}");
        // The key was for this path alone.
        app.gateway
            .db
            .write(|unit| {
                let later = unit.now().plus(std::time::Duration::from_secs(1));
                unit.tx.prune_idempotent_replies(later).map(drop)
            })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_form_is_told_apart_by_its_file() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let upload = async |boundary: &str, content: &str| {
        let form = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n{content}\r\n--{boundary}--\r\n"
        );
        let kind = format!("multipart/form-data; boundary={boundary}");
        let headers = [("content-type", kind.as_str()), ("idempotency-key", "k")];
        admin.send(Method::POST, "/api/attachments", &headers, form.into()).await
    };
    let first = upload("one", "text").await.expect(201);
    assert_eq!(upload("two", "text").await.expect(201), first);
    upload("one", "other").await.refused(409, "idempotency_conflict");
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for key in ["", " ", "with blank", &"k".repeat(256)] {
        let details = make_agent(&admin, key, "Scout").await.refused(422, "validation_failed");
        assert_eq!(details["field"], "Idempotency-Key", "{key}");
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "a")];
    let answer = admin.send_json(Method::POST, "/api/agents", &twice, &json!({ "name": "Scout" })).await;
    assert_eq!(answer.refused(400, "invalid_request")["field"], "Idempotency-Key");
    make_agent(&admin, &"k".repeat(255), "Scout").await.expect(201);
    assert_eq!(admin.get("/api/agents").await.ok()["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn conditions_are_refused_where_nobody_looks_at_them() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (method, path) in [(Method::DELETE, "/api/agents/sophon"), (Method::POST, "/api/sessions")] {
        let answer = admin.send_json(method, path, &[("if-match", "\"0\"")], &json!({})).await;
        answer.refused(400, "invalid_request");
    }
    let headers = [("if-match", "no tag")];
    let answer =
        admin.send_json(Method::PUT, "/api/agents/sophon/soul", &headers, &json!({ "content": "" })).await;
    assert_eq!(answer.refused(400, "invalid_request")["field"], "If-Match");
}

#[tokio::test]
async fn of_many_changes_at_once_to_the_same_state_one_counts() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = "/api/agents/sophon/soul";
    let tag = admin.get(path).await.header("etag").unwrap().to_owned();
    let writes = (0..10).map(|number| {
        let (admin, tag) = (&admin, tag.as_str());
        async move {
            let content = json!({ "content": format!("I am number {number}.") });
            admin.send_json(Method::PUT, path, &[("if-match", tag)], &content).await
        }
    });
    let answers = futures_util::future::join_all(writes).await;
    let (written, refused): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 200);
    let [written] = written.try_into().expect("one is written");
    let now = written.header("etag").unwrap().to_owned();
    assert_eq!(admin.get(path).await.header("etag"), Some(now.as_str()));
    for answer in refused {
        answer.refused(412, "precondition_failed");
    }
}
