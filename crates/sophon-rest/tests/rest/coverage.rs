//! Rules that hold for every route of the document, and so for those that are still to come.

use std::collections::BTreeSet;

use axum::body::Body;
use http::Method;
use serde_json::Value;

use crate::app::TestApp;
use crate::client::As;

/// The only operations that serve those who did not sign in. It grows by decision, not by accident.
const PUBLIC: [&str; 12] = [
    "beginOidc",
    "finishOidc",
    "getAuthConfig",
    "getOidcSignOut",
    "health",
    "listTools",
    "login",
    "pairNode",
    "ready",
    "refresh",
    "secondStep",
    "version",
];
/// Those that serve them if the session is public.
const SOMETIMES_PUBLIC: [&str; 4] = ["downloadAttachment", "getSession", "listBranches", "listMessages"];

/// Method, path with ids that nobody has, and the operation.
pub fn operations() -> Vec<(Method, String, Value)> {
    let document = serde_json::to_value(sophon_rest::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            operations.push((
                method,
                path.replace("{id}", "unknown")
                    .replace("{commandId}", "unknown")
                    .replace("{userId}", "unknown"),
                operation.clone(),
            ));
        }
    }
    operations
}

async fn call(caller: &As<'_>, method: &Method, path: &str) -> crate::client::Answer {
    let headers = [("content-type", "application/json")];
    let body = if *method == Method::GET { Body::empty() } else { Body::from("{}") };
    caller.send(method.clone(), path, &headers, body).await
}

#[test]
fn what_is_public_is_public_by_decision() {
    let free = serde_json::json!([]);
    let either = serde_json::json!([{}, { "bearer": [] }]);
    let named = |wanted: &Value| {
        let operations = operations().into_iter().filter(|(.., operation)| operation["security"] == *wanted);
        operations.map(|(.., operation)| operation["operationId"].as_str().unwrap().to_owned()).collect()
    };
    let (public, sometimes): (BTreeSet<String>, BTreeSet<String>) = (named(&free), named(&either));
    assert_eq!(public, PUBLIC.map(ToOwned::to_owned).into());
    assert_eq!(sometimes, SOMETIMES_PUBLIC.map(ToOwned::to_owned).into());
}

#[tokio::test]
async fn every_other_route_asks_for_a_credential_before_it_looks_at_anything_else() {
    let app = TestApp::start().await;
    let mut asked = 0;
    for (method, path, operation) in operations() {
        if PUBLIC.contains(&operation["operationId"].as_str().unwrap()) {
            continue;
        }
        for caller in [app.anonymous(), app.bearing(Some("stale".into()))] {
            call(&caller, &method, &path).await.refused(401, "unauthenticated");
            asked += 1;
        }
    }
    assert!(asked >= 60, "{asked}");
}

#[tokio::test]
async fn every_route_answers_as_its_document_says() {
    let app = TestApp::start().await;
    // Not a sign-in: one of the calls is a logout.
    let script = app.script().await;
    for (method, path, operation) in operations() {
        let answer = call(&script, &method, &path).await;
        let name = &operation["operationId"];
        assert!(answer.status < 500, "{name}: {answer:?}");
        if answer.status >= 400 {
            let body: Value = serde_json::from_str(&answer.text).unwrap();
            assert!(body["error"]["code"].is_string(), "{name}: {body}");
        } else {
            let status = answer.status.to_string();
            assert!(operation["responses"][&status].is_object(), "{name} does not document {status}");
        }
    }
}
