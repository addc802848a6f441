//! What holds for requests and answers of all routes: parameters, headers, sizes.

use std::num::NonZeroU32;

use axum::body::Body;
use futures_util::stream;
use http::Method;
use serde_json::Value;

use crate::app::TestApp;
use crate::client::json;
use crate::coverage::operations;

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

#[tokio::test]
async fn every_route_refuses_a_parameter_that_it_does_not_have() {
    let app = TestApp::start().await;
    let script = app.script().await;
    let mut asked = 0;
    for (method, path, operation) in operations() {
        let name = operation["operationId"].as_str().unwrap();
        let is_for_nodes = path.starts_with("/api/nodes/me/") && name != "pairNode";
        let caller = if is_for_nodes { continue } else { &script };
        let path = format!("{path}?lmit=1");
        let answer = caller.send(method, &path, &JSON, Body::from("{}")).await;
        let details = answer.refused(400, "invalid_request");
        assert_eq!(details["field"], "lmit", "{name}");
        asked += 1;
    }
    assert!(asked > 70, "{asked}");
    app.anonymous().get("/api/version?x=1").await.refused(400, "invalid_request");
    app.anonymous().get("/api/agents?x=1").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn every_list_has_pages_but_those_that_are_never_longer_than_one() {
    let whole = [
        "countJobs",
        "listBranches",
        "listCatalog",
        "listGateways",
        "listModels",
        "listParticipants",
        "listPresets",
        "listProviders",
        "listSessionTags",
        "takeCommands",
    ];
    for (method, _, operation) in operations() {
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
        let is_list = schema.as_str().is_some_and(|name| name.contains("/List_"));
        let name = operation["operationId"].as_str().unwrap();
        if method != Method::GET || !is_list || whole.contains(&name) {
            continue;
        }
        let parameters = operation["parameters"].as_array().unwrap();
        for wanted in ["limit", "cursor"] {
            assert!(parameters.iter().any(|parameter| parameter["name"] == wanted), "{name} has no {wanted}");
        }
    }
}

#[tokio::test]
async fn tokens_sign_ins_and_tools_come_in_pages() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for number in 0..5 {
        app.admin().await;
        admin.post("/api/auth/tokens", &json!({ "name": format!("t{number}") })).await.expect(201);
    }
    for path in ["/api/auth/tokens", "/api/auth/sessions", "/api/tools"] {
        let whole = admin.get(path).await.ok()["items"].as_array().unwrap().clone();
        let (mut read, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("{path}?limit=2&cursor={cursor}")).await.ok();
            read.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["nextCursor"].as_str() else { break };
            next.clone_into(&mut cursor);
        }
        assert_eq!(read, whole, "{path}");
        assert!(whole.len() >= 5, "{path}");
    }
}

#[tokio::test]
async fn a_body_without_required_fields_may_be_left_out() {
    let app = TestApp::start().await;
    let document = serde_json::to_value(sophon_rest::openapi()).unwrap();
    for (_, path, operation) in operations() {
        let content = &operation["requestBody"]["content"]["application/json"]["schema"];
        let text = content.to_string();
        let Some((_, name)) = text.split_once("/components/schemas/") else { continue };
        let name = name.split('"').next().unwrap();
        let is_required = operation["requestBody"]["required"] == true;
        let has_required = !document["components"]["schemas"][name]["required"].is_null();
        let is_patch = name.ends_with("Patch") || path.starts_with("/api/nodes/me/");
        assert!(!is_required || has_required || is_patch, "{path} takes no body without {name}");
    }
    let admin = app.admin().await;
    let session = admin.act("/api/sessions").await.expect(201);
    let fork = format!("/api/sessions/{}/fork", session["id"].as_str().unwrap());
    admin.act(&fork).await.expect(201);
    let nothing = stream::iter(Vec::<Result<bytes::Bytes, std::io::Error>>::new());
    admin.send(Method::POST, &fork, &[], Body::from_stream(nothing)).await.expect(201);
    let chunked = stream::iter([Ok::<_, std::io::Error>("{\"title\":\"Other\"}")]);
    let answer = admin.send(Method::POST, &fork, &JSON, Body::from_stream(chunked)).await;
    assert_eq!(answer.expect(201)["title"], "Other");
    admin.send(Method::POST, &fork, &[], Body::from("{}")).await.refused(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_file_comes_in_a_form_that_is_not_compressed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let form = [("content-type", "multipart/form-data; boundary=edge")];
    for headers in [JSON.as_slice(), &[], &[form[0], ("content-encoding", "gzip")]] {
        let answer = admin.send(Method::POST, "/api/attachments", headers, Body::from("x")).await;
        answer.refused(415, "unsupported_media_type");
    }
}

#[tokio::test]
async fn an_address_that_is_too_long_is_told_in_the_envelope() {
    let app = TestApp::start().await;
    let path = format!("/api/sessions?q={}", "x".repeat(9_000));
    app.admin().await.get(&path).await.refused(414, "uri_too_long");
}

#[tokio::test]
async fn what_was_made_says_where_it_is() {
    let app = TestApp::setup().options(|options| options.base_path = "/sophon".into()).start().await;
    let admin = app.admin().await;
    for (path, body) in [
        ("/api/agents", json!({ "name": "Scout" })),
        ("/api/sessions", json!({})),
        ("/api/nodes", json!({ "displayName": "box", "platform": "linux" })),
        (
            "/api/discussions",
            json!({ "topic": "T", "panelists": [{ "name": "a", "persona": "A" }, { "name": "b", "persona": "B" }] }),
        ),
    ] {
        let made = admin.post(path, &body).await;
        let place = made.header("location").unwrap().to_owned();
        assert!(place.starts_with(&format!("/sophon{path}/")), "{place}");
        assert_eq!(made.status, 201);
        admin.get(place.strip_prefix("/sophon").unwrap()).await.ok();
    }
}

#[tokio::test]
async fn every_answer_that_is_counted_says_what_is_left() {
    let app = TestApp::setup().rates(|rates| rates.reads = NonZeroU32::new(60).unwrap()).start().await;
    let admin = app.admin().await;
    let left = |answer: &crate::client::Answer| {
        let header = |name: &str| answer.header(name).unwrap().parse::<u32>().unwrap();
        (header("ratelimit-limit"), header("ratelimit-remaining"), header("ratelimit-reset"))
    };
    let first = left(&admin.get("/api/agents").await);
    assert_eq!(first, (60, 59, 1));
    let refused = admin.get("/api/agents/nobody").await;
    assert!((58..=59).contains(&left(&refused).1));
    refused.refused(404, "not_found");
    while admin.get("/api/agents").await.status == 200 {}
    let too_many = admin.get("/api/agents").await;
    assert_eq!(left(&too_many).1, 0);
    too_many.refused(429, "rate_limited");
    assert_eq!(app.anonymous().get("/api/health").await.header("ratelimit-limit"), None);
}

#[tokio::test]
async fn the_name_that_a_client_gives_its_request_comes_back_if_it_is_fit_for_logs() {
    let app = TestApp::start().await;
    let name = async |name: &str| {
        let headers = [("x-request-id", name)];
        let answer = app.anonymous().send(Method::GET, "/api/version", &headers, Body::empty()).await;
        answer.header("x-request-id").map(ToOwned::to_owned)
    };
    assert_eq!(name("trace-7/a:b").await.as_deref(), Some("trace-7/a:b"));
    for unfit in ["two words", "", &"x".repeat(129)] {
        assert_eq!(name(unfit).await, None, "{unfit}");
    }
}

#[tokio::test]
async fn large_answers_that_read_are_compressed_for_who_asks_and_no_others() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let soul = json!({ "content": "I am who I am. ".repeat(500) });
    admin.put("/api/agents/sophon/soul", &soul).await.ok();
    let encoding = async |method: Method, path: &str, body: &Value| {
        let headers = [("accept-encoding", "br, gzip"), JSON[0]];
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let mut request =
            http::Request::builder().method(method).uri(format!("http://{}{path}", app.address));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let bearer = format!("Bearer {}", admin.credential.as_ref().unwrap());
        let request = request.header("authorization", bearer).body(body).unwrap();
        let client =
            hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new()).build_http();
        let response = client.request(request).await.unwrap();
        assert!(response.status().is_success(), "{path}");
        response.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned())
    };
    let nothing = Value::Null;
    assert_eq!(encoding(Method::GET, "/api/agents/sophon/soul", &nothing).await.as_deref(), Some("br"));
    assert_eq!(encoding(Method::GET, "/swagger/v1/swagger.json", &nothing).await.as_deref(), Some("br"));
    assert_eq!(encoding(Method::GET, "/api/version", &nothing).await, None, "it is small");
    let name = json!({ "name": "x".repeat(100), "permissions": sophon_model::Permission::ALL.iter().map(|permission| permission.name()).collect::<Vec<_>>() });
    assert_eq!(encoding(Method::POST, "/api/auth/tokens", &name).await, None, "it has a secret");
    let file = admin.upload("a.txt", "x".repeat(10_000)).await.expect(201);
    let path = format!("/api/attachments/{}", file["key"].as_str().unwrap());
    assert_eq!(encoding(Method::GET, &path, &nothing).await, None, "it is a stream");
}

#[tokio::test]
async fn the_start_of_a_client_is_one_request() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for _ in 0..3 {
        admin.act("/api/sessions").await.expect(201);
    }
    let start = admin.get("/api/bootstrap").await.ok();
    for (field, path) in [
        ("config", "/api/auth/config"),
        ("me", "/api/auth/me"),
        ("agents", "/api/agents"),
        ("sessions", "/api/sessions"),
        ("approvals", "/api/approvals"),
        ("infoRequests", "/api/info-requests"),
        ("activeTasks", "/api/tasks/active"),
        ("attachmentLimits", "/api/attachments/limits"),
    ] {
        assert_eq!(start[field], admin.get(path).await.ok(), "{field}");
    }
}
