//! Sessions and their messages.

use std::time::Duration;

use serde_json::Value;
use sophon_model::Role;

use crate::app::TestApp;
use crate::client::{As, json};

/// A session with these questions, each of them answered.
async fn session_with(app: &TestApp, caller: &As<'_>, questions: &[&str]) -> String {
    let session = caller.post("/api/sessions", &json!({})).await.expect(201)["id"].clone();
    for question in questions {
        let send = json!({ "sessionId": session, "content": question });
        let sent = caller.post("/api/chat", &send).await.expect(202);
        app.ended(caller, sent["taskId"].as_str().unwrap()).await;
    }
    format!("/api/sessions/{}", session.as_str().unwrap())
}

fn column<'a>(list: &'a Value, name: &str) -> Vec<&'a Value> {
    list["items"].as_array().unwrap().iter().map(|item| &item[name]).collect()
}

#[tokio::test]
async fn a_session_is_made_changed_and_deleted() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let new = json!({ "agentId": "sophon", "title": "Plans", "visibility": "private", "mode": "realtime", "model": "offline" });
    let session = admin.post("/api/sessions", &new).await.expect(201);
    let path = format!("/api/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!((&session["title"], &session["mode"]), (&json!("Plans"), &json!("realtime")));
    assert_eq!((&session["status"], &session["messageCount"]), (&json!("active"), &json!(0)));
    assert_eq!(admin.get(&path).await.ok(), session);
    let patch = json!({ "title": "More plans", "visibility": "public", "status": "paused", "model": null });
    let changed = admin.patch(&path, &patch).await.ok();
    assert_eq!((&changed["title"], &changed["visibility"]), (&json!("More plans"), &json!("public")));
    assert_eq!((&changed["status"], &changed["model"]), (&json!("paused"), &json!(null)));
    admin.delete(&path).await.expect(204);
    admin.get(&path).await.refused(404, "not_found");
    admin.delete(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn what_a_session_cannot_be_is_refused_with_the_field() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (new, field) in [
        (json!({ "title": "x".repeat(201) }), "title"),
        (json!({ "visibility": "secret" }), "visibility"),
        (json!({ "mode": 1 }), "mode"),
        (json!({ "model": "" }), "model"),
        (json!({ "model": "nope" }), "model"),
        (json!({ "owner": "usr_1" }), "owner"),
    ] {
        let details = admin.post("/api/sessions", &new).await.refused(422, "validation_failed");
        assert_eq!(details["field"], field, "{new}");
    }
    admin.post("/api/sessions", &json!({ "agentId": "nobody" })).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_completed_session_stays_so() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = session_with(&app, &admin, &[]).await;
    admin.patch(&path, &json!({ "status": "completed" })).await.ok();
    admin.patch(&path, &json!({ "status": "active" })).await.refused(409, "conflict");
}

#[tokio::test]
async fn the_list_is_walked_from_the_last_active_on() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for number in 0..5 {
        app.clock.advance(Duration::from_secs(1));
        admin.post("/api/sessions", &json!({ "title": format!("S{number}") })).await.expect(201);
    }
    let first = admin.get("/api/sessions?limit=2").await.ok();
    assert_eq!(column(&first, "title"), ["S4", "S3"]);
    assert_eq!(first["hasMore"], true);
    let path = format!("/api/sessions?limit=200&cursor={}", first["nextCursor"].as_str().unwrap());
    let rest = admin.get(&path).await.ok();
    assert_eq!(column(&rest, "title"), ["S2", "S1", "S0"]);
    assert_eq!((&rest["hasMore"], &rest["nextCursor"]), (&json!(false), &json!(null)));
}

#[tokio::test]
async fn the_list_is_searched_and_filtered() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.post("/api/agents", &json!({ "name": "Other" })).await.expect(201);
    admin.post("/api/sessions", &json!({ "title": "Garden plans" })).await.expect(201);
    admin.post("/api/sessions", &json!({ "title": "House plans", "agentId": "other" })).await.expect(201);
    let titles = async |query: &str| {
        let list = admin.get(&format!("/api/sessions?{query}")).await.ok();
        column(&list, "title").into_iter().cloned().collect::<Vec<_>>()
    };
    assert_eq!(titles("q=gard").await, ["Garden plans"]);
    assert_eq!(titles("q=plans&agent=other").await, ["House plans"]);
    assert_eq!(titles("q=nothing").await, Vec::<Value>::new());
    assert_eq!(titles("q=").await.len(), 2);
    assert_eq!(titles("q=%22%27%20OR%201%3D1--").await, Vec::<Value>::new());
    assert_eq!(titles("agent=agent_gone").await, Vec::<Value>::new());
    admin.get("/api/sessions?agent=nobody").await.refused(404, "not_found");
}

#[tokio::test]
async fn words_are_found_in_the_messages_of_all_sessions_and_marked() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let session = admin.post("/api/sessions", &json!({ "title": "Garden" })).await.expect(201);
    for text in ["Which roses bloom in May?", "And a rose in June?"] {
        let sent = json!({ "sessionId": session["id"], "content": text });
        admin.post("/api/chat?wait=20", &sent).await.ok();
    }
    let list = admin.get("/api/messages/search?q=ROSE&limit=200").await.ok();
    let asked: Vec<&Value> =
        list["items"].as_array().unwrap().iter().filter(|hit| hit["role"] == "user").collect();
    assert_eq!(asked.len(), 2, "{list}");
    let pieces = |hit: &Value| hit["excerpt"].clone();
    assert_eq!(
        pieces(asked[0]),
        json!([
            { "text": "And a ", "isHit": false },
            { "text": "rose", "isHit": true },
            { "text": " in June?", "isHit": false },
        ])
    );
    assert_eq!((&asked[1]["sessionTitle"], &asked[1]["sessionId"]), (&json!("Garden"), &session["id"]));
    let (first, second) = (asked[0]["id"].as_i64().unwrap(), asked[1]["id"].as_i64().unwrap());
    assert!(first > second, "the newest comes first");
    admin.get("/api/messages/search?q=%20").await.refused(422, "validation_failed");
    admin.get("/api/messages/search").await.refused(400, "invalid_request");
    assert_eq!(admin.get("/api/messages/search?q=tulip").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn messages_are_read_newest_page_first_and_then_in_both_directions() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let session = session_with(&app, &admin, &["one", "two", "three"]).await;
    let read = async |query: &str| admin.get(&format!("{session}/messages{query}")).await.ok();
    let all = read("").await;
    let numbers: Vec<i64> = column(&all, "id").into_iter().map(|id| id.as_i64().unwrap()).collect();
    assert_eq!(numbers.len(), 6);
    assert!(numbers.is_sorted());
    assert_eq!((&all["hasMore"], &all["nextCursor"]), (&json!(false), &json!(null)));
    let newest = read("?limit=2").await;
    assert_eq!((column(&newest, "id"), &newest["hasMore"]), (column(&all, "id")[4..].to_vec(), &json!(true)));
    let older = read(&format!("?limit=3&before={}", numbers[4])).await;
    assert_eq!((column(&older, "id"), &older["hasMore"]), (column(&all, "id")[1..4].to_vec(), &json!(true)));
    let later = read(&format!("?limit=2&since={}", numbers[1])).await;
    assert_eq!((column(&later, "id"), &later["hasMore"]), (column(&all, "id")[2..4].to_vec(), &json!(true)));
    let none = read(&format!("?since={}", numbers[5])).await;
    assert_eq!((&none["items"], &none["hasMore"]), (&json!([]), &json!(false)));
}

#[tokio::test]
async fn a_pager_that_knows_cursors_alone_reads_all_messages_in_both_directions() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let session = session_with(&app, &admin, &["one", "two", "three"]).await;
    let all = admin.get(&format!("{session}/messages")).await.ok();
    let numbers: Vec<i64> = column(&all, "id").into_iter().map(|id| id.as_i64().unwrap()).collect();
    for direction in ["", "&since=0"] {
        let (mut read, mut cursor) = (Vec::new(), Some(String::new()));
        while let Some(text) = cursor {
            let path = format!("{session}/messages?limit=2{direction}&cursor={text}");
            let page = admin.get(&path).await.ok();
            assert_eq!(page["hasMore"], !page["nextCursor"].is_null());
            read.extend(column(&page, "id").into_iter().map(|id| id.as_i64().unwrap()));
            cursor = page["nextCursor"].as_str().map(str::to_owned);
        }
        read.sort_unstable();
        assert_eq!(read, numbers, "{direction}");
    }
}

#[tokio::test]
async fn a_fork_begins_with_what_was_said_up_to_a_message() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let session = session_with(&app, &admin, &["one", "two"]).await;
    let messages = admin.get(&format!("{session}/messages")).await.ok();
    let second = &messages["items"][1]["messageId"];
    let fork = json!({ "fromMessageId": second, "title": "Another way" });
    let fork = admin.post(&format!("{session}/fork"), &fork).await.expect(201);
    assert_eq!((&fork["title"], &fork["messageCount"]), (&json!("Another way"), &json!(2)));
    assert_eq!(fork["forkedAtMessageId"], *second);
    assert!(session.ends_with(fork["parentSessionId"].as_str().unwrap()));
    let copies = admin.get(&format!("/api/sessions/{}/messages", fork["id"].as_str().unwrap())).await.ok();
    assert_eq!(column(&copies, "content"), column(&messages, "content")[..2]);
    let whole = admin.post(&format!("{session}/fork"), &json!({})).await.expect(201);
    assert_eq!(whole["messageCount"], 4);
    let unknown = json!({ "fromMessageId": "msg_unknown" });
    admin.post(&format!("{session}/fork"), &unknown).await.refused(404, "not_found");
}

#[tokio::test]
async fn the_last_question_is_answered_again() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let session = session_with(&app, &admin, &["calculate 1 + 1"]).await;
    let question = admin.get(&format!("{session}/messages")).await.ok()["items"][0]["messageId"].clone();
    let again = admin.act(&format!("{session}/regenerate")).await.expect(202);
    assert_eq!(again["messageId"], question);
    app.ended(&admin, again["taskId"].as_str().unwrap()).await;
    let messages = admin.get(&format!("{session}/messages")).await.ok();
    assert_eq!(column(&messages, "role"), ["user", "agent"]);
    assert_eq!([&messages["items"][0]["branch"], &messages["items"][1]["branch"]], [&json!(0), &json!(1)]);
    let empty = session_with(&app, &admin, &[]).await;
    admin.act(&format!("{empty}/regenerate")).await.refused(409, "conflict");
}

#[tokio::test]
async fn what_is_being_answered_cannot_be_answered_again() {
    let app = TestApp::setup().silent_model().start().await;
    let admin = app.admin().await;
    let sent = admin.post("/api/chat", &json!({ "content": "hello" })).await.expect(202);
    app.runs(&admin, sent["taskId"].as_str().unwrap()).await;
    let path = format!("/api/sessions/{}/regenerate", sent["sessionId"].as_str().unwrap());
    admin.act(&path).await.refused(409, "conflict");
}

#[tokio::test]
async fn sessions_of_others_do_not_exist() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let session = session_with(&app, &admin, &["hello"]).await;
    for other in [app.colleague(Role::Admin).await, app.stranger().await] {
        assert_eq!(other.get("/api/sessions").await.ok()["items"], json!([]));
        let fork = format!("{session}/fork");
        for answer in [
            other.get(&session).await,
            other.get(&format!("{session}/messages")).await,
            other.patch(&session, &json!({ "title": "mine" })).await,
            other.delete(&session).await,
            other.post(&fork, &json!({})).await,
            other.act(&format!("{session}/regenerate")).await,
        ] {
            answer.refused(404, "not_found");
        }
    }
    assert_eq!(admin.get(&session).await.ok()["title"], "hello");
}

#[tokio::test]
async fn a_public_session_is_read_by_anybody_and_written_by_its_owner() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let session = session_with(&app, &admin, &["hello"]).await;
    let messages = format!("{session}/messages");
    app.anonymous().get(&session).await.refused(401, "unauthenticated");
    app.anonymous().get(&messages).await.refused(401, "unauthenticated");
    app.anonymous().get("/api/sessions/ses_unknown").await.refused(401, "unauthenticated");
    admin.patch(&session, &json!({ "visibility": "public" })).await.ok();
    assert_eq!(app.anonymous().get(&session).await.ok()["title"], "hello");
    assert_eq!(app.anonymous().get(&messages).await.ok()["items"].as_array().unwrap().len(), 2);
    app.bearing(Some("stale".into())).get(&session).await.refused(401, "unauthenticated");
    let stranger = app.stranger().await;
    stranger.get(&session).await.ok();
    stranger.patch(&session, &json!({ "title": "mine" })).await.refused(404, "not_found");
    stranger.delete(&session).await.refused(404, "not_found");
    stranger.post(&format!("{session}/fork"), &json!({})).await.expect(201);
}

#[tokio::test]
async fn a_viewer_cannot_write() {
    let app = TestApp::start().await;
    let viewer = app.colleague(Role::Viewer).await;
    assert_eq!(viewer.get("/api/sessions").await.ok()["items"], json!([]));
    let details = viewer.post("/api/sessions", &json!({})).await.refused(403, "not_authorized");
    assert_eq!(details, json!({ "permission": "SendMessages" }));
}

#[tokio::test]
async fn sessions_are_chosen_by_status_and_time_and_a_cursor_counts_for_one_order() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut ids = Vec::new();
    for title in ["One", "Two"] {
        let new = admin.post("/api/sessions", &json!({ "title": title })).await.expect(201);
        ids.push(new["id"].as_str().unwrap().to_owned());
    }
    admin.patch(&format!("/api/sessions/{}", ids[0]), &json!({ "status": "paused" })).await.ok();
    for (query, count) in [
        ("status=paused", 1),
        ("sort=created", 2),
        ("createdFrom=2000-01-01T00:00:00Z", 2),
        ("createdUntil=2000-01-01T00:00:00Z", 0),
        ("updatedUntil=2000-01-01T00:00:00Z", 0),
    ] {
        let list = admin.get(&format!("/api/sessions?{query}")).await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{query}");
    }
    let first = admin.get("/api/sessions?sort=created&limit=1").await.ok();
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = admin.get(&format!("/api/sessions?sort=created&cursor={cursor}")).await.ok();
    assert_eq!(second["hasMore"], false);
    admin.get(&format!("/api/sessions?cursor={cursor}")).await.refused(400, "invalid_request");
    admin.get("/api/sessions?sort=title").await.refused(400, "invalid_request");
}

#[tokio::test]
async fn a_list_holds_what_is_asked_for_beside_each_session() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.post("/api/sessions", &json!({})).await.expect(201);
    let asked = session_with(&app, &admin, &["How are you?"]).await;
    let plain = admin.get("/api/sessions").await.ok();
    for name in ["agent", "participants", "lastMessage"] {
        assert!(plain["items"][0].get(name).is_none(), "{name} was not asked for");
    }
    let list = admin.get("/api/sessions?expand=agent,participants,lastMessage").await.ok();
    let [answered, empty] = list["items"].as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!(answered["agent"], admin.get("/api/agents/sophon").await.ok());
    assert_eq!(answered["participants"], admin.get(&format!("{asked}/participants")).await.ok()["items"]);
    let messages = admin.get(&format!("{asked}/messages")).await.ok();
    assert_eq!(answered["lastMessage"], messages["items"][1]);
    assert_eq!((empty.get("lastMessage"), &empty["agent"]), (None, &answered["agent"]));
    let details = admin.get("/api/sessions?expand=agent,owner").await.refused(400, "invalid_request");
    assert_eq!(details["field"], "expand");
}

#[tokio::test]
async fn a_session_is_exported_for_people_and_for_programs() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let questions: Vec<String> = (0..3).map(|number| format!("calculate {number} + 1")).collect();
    let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
    let session = session_with(&app, &admin, &questions).await;
    let markdown = admin.get(&format!("{session}/export")).await;
    assert_eq!(markdown.header("content-type"), Some("text/markdown; charset=utf-8"));
    let name = markdown.header("content-disposition").unwrap();
    assert!(name.starts_with("attachment; filename=\"calculate 0 + 1.md\""), "{name}");
    let text = &markdown.text;
    assert!(text.starts_with("# calculate 0 + 1\n\n## User, "), "{text}");
    assert!(text.contains("*Used `calculator.evaluate`.*\n\nThe result is **3**.\n"), "{text}");
    assert!(!text.contains("arguments"), "{text}");

    let export = admin.get(&format!("{session}/export?format=json")).await;
    let json: Value = serde_json::from_str(&export.text).unwrap();
    assert_eq!(json["messages"].as_array().unwrap().len(), 6);
    let listed = admin.get(&format!("{session}/messages")).await.ok();
    assert_eq!((&json["messages"], &json["session"]), (&listed["items"], &admin.get(&session).await.ok()));
    let empty = session_with(&app, &admin, &[]).await;
    let export = admin.get(&format!("{empty}/export?format=json")).await.ok();
    assert_eq!(export["messages"], json!([]));
    admin.get(&format!("{session}/export?format=pdf")).await.refused(400, "invalid_request");
}

#[tokio::test]
async fn a_message_is_edited_on_a_branch_of_its_own() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let session = session_with(&app, &admin, &["calculate 1 + 1"]).await;
    let question = admin.get(&format!("{session}/messages")).await.ok()["items"][0].clone();
    let edit = format!("{session}/messages/{}/edit", question["messageId"].as_str().unwrap());
    let edited = admin.post(&edit, &json!({ "content": "calculate 2 + 2" })).await.expect(202);
    app.ended(&admin, edited["taskId"].as_str().unwrap()).await;
    let branches = admin.get(&format!("{session}/branches")).await.ok();
    let expected = [&json!(1), &json!(0), &question["id"]];
    let branch = &branches["items"][0];
    assert_eq!([&branch["branch"], &branch["parent"], &branch["forksAt"]], expected);
    assert_eq!(admin.get(&session).await.ok()["branch"], 1);
    let messages = admin.get(&format!("{session}/messages")).await.ok();
    assert_eq!(column(&messages, "content")[0], "calculate 2 + 2");
    let shown = admin.patch(&session, &json!({ "branch": 0 })).await.ok();
    assert_eq!(shown["branch"], 0);
    let messages = admin.get(&format!("{session}/messages")).await.ok();
    assert_eq!(column(&messages, "content")[0], "calculate 1 + 1");
    admin.patch(&session, &json!({ "branch": 7 })).await.refused(422, "validation_failed");
    let unknown = json!({ "model": "nobody-offers-this" });
    admin.post(&format!("{session}/regenerate"), &unknown).await.refused(422, "validation_failed");
}
