//! What is at an address, however it is written.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::support::App;

#[tokio::test]
async fn hubs_are_found_in_any_case_and_with_a_slash_at_the_end() {
    let app = App::for_one().await;
    for path in
        ["/hubs/chat/negotiate", "/hubs/Chat/negotiate/", "/HUBS/CHAT/Negotiate", "/hubs/chat//negotiate"]
    {
        let asked =
            app.http().request(Method::POST, &format!("{path}?negotiateVersion=1")).send().await.unwrap();
        if path.contains("//") {
            assert_eq!(asked.status(), StatusCode::NOT_FOUND, "{path}");
            continue;
        }
        assert_eq!(asked.status(), StatusCode::OK, "{path}");
        let offer: Value = asked.json().await.unwrap();
        let token = offer["connectionToken"].as_str().unwrap();
        let hub = path.replace("/negotiate", "").replace("/Negotiate", "");
        let poll = app.http().request(Method::GET, &format!("{hub}?id={token}")).send().await.unwrap();
        assert_eq!(poll.status(), StatusCode::OK, "{hub}: the token keeps its case");
    }
}

#[tokio::test]
async fn what_is_at_no_address_is_told_in_the_words_of_the_wire() {
    let app = App::for_one().await;
    for accept in ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", "application/json"] {
        for (method, path, is_hub) in [
            (Method::GET, "/hubs/nope", true),
            (Method::POST, "/hubs/nope/negotiate", true),
            (Method::GET, "/Hubs/Nope/", true),
            (Method::GET, "/API/health", false),
            (Method::POST, "/Api/chat", false),
            (Method::GET, "//api/health", false),
            (Method::GET, "/api/nope/", false),
            (Method::POST, "/nope", false),
        ] {
            let asked =
                app.http().request(method.clone(), path).header("accept", accept).send().await.unwrap();
            assert_eq!(asked.status(), StatusCode::NOT_FOUND, "{method} {path} {accept}");
            let kind = asked.headers()["content-type"].to_str().unwrap().to_owned();
            if is_hub {
                assert!(kind.starts_with("text/plain"), "{method} {path}: {kind}");
            } else {
                let body: Value = asked.json().await.unwrap();
                assert_eq!(body["error"]["code"], "not_found", "{method} {path}: {body}");
            }
        }
    }
}

#[tokio::test]
async fn pages_are_for_those_who_ask_for_pages() {
    let app = App::for_one().await;
    for (path, accept, is_page) in [
        ("/", "*/*", true),
        ("/settings/tokens", "text/html,*/*;q=0.8", true),
        ("/settings/tokens", "*/*", false),
        ("/settings/tokens", "application/json", false),
        ("/missing.js", "text/html", false),
    ] {
        let asked = app.http().request(Method::GET, path).header("accept", accept).send().await.unwrap();
        let kind = asked.headers()["content-type"].to_str().unwrap().to_owned();
        // Without the dashboard inside there is a text in the page's place.
        let told = (asked.status(), kind.starts_with("text/"));
        let expected = if is_page { told.1 } else { told == (StatusCode::NOT_FOUND, false) };
        assert!(expected, "{path} {accept}: {told:?}");
    }
}
