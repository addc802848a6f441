//! Signing in at an identity provider, over REST as a browser does it.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use sophon_testkit::MachineClock;
use sophon_testkit::oidc_server::{CLIENT_ID, CLIENT_SECRET, OidcServer, Person};

use crate::support::App;

/// A gateway that is reached at this address, and a provider.
async fn start(public_url: &str) -> (App, OidcServer) {
    let grace = Person::new("grace-1", "grace@example.com", "Grace");
    let server = OidcServer::start(grace, Arc::new(MachineClock)).await;
    let provider = json!({
        "id": "example",
        "name": "Example",
        "issuer": server.url(),
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    });
    let app = App::start(tempfile::tempdir().unwrap(), |config| {
        config.http.public_url = Some(public_url.to_owned());
        config.auth.oidc = vec![serde_json::from_value(provider).unwrap()];
    })
    .await;
    (app, server)
}

/// The cookie that an answer sets, and its attributes.
fn cookie(answer: &reqwest::Response) -> (String, Vec<String>) {
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    let mut parts = set.split("; ").map(str::to_owned);
    (parts.next().unwrap(), parts.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_signs_in_with_a_cookie_that_no_page_and_no_other_site_gets() {
    for (public_url, name, more) in [
        ("https://gateway.example", "__Host-sophon-sign-in", vec!["Secure"]),
        ("http://127.0.0.1:8080", "sophon-sign-in", vec![]),
    ] {
        let (app, server) = start(public_url).await;
        let http = app.http();
        let (_, config) = http.get("/api/auth/config").await;
        assert_eq!(config["providers"], json!([{ "id": "example", "name": "Example" }]));

        let begin =
            http.request(Method::POST, "/api/auth/oidc/example/begin").json(&json!({ "returnTo": "/tasks" }));
        let begun = begin.send().await.unwrap();
        let (pair, attributes) = cookie(&begun);
        let mut expected = vec!["Path=/", "Max-Age=600", "HttpOnly", "SameSite=Lax"];
        expected.extend(more);
        assert_eq!(
            (pair.split('=').next(), attributes),
            (Some(name), expected.into_iter().map(str::to_owned).collect())
        );
        let begun: Value = begun.json().await.unwrap();
        let returned = server.browse(begun["authorizationUrl"].as_str().unwrap());

        let answer = json!({ "state": returned.state, "code": returned.code, "iss": server.url() });
        let finish = || http.request(Method::POST, "/api/auth/oidc/example/finish").json(&answer);
        assert_eq!(finish().send().await.unwrap().status(), 401, "without the cookie");
        let finished = finish().header("cookie", &pair).send().await.unwrap();
        assert_eq!(finished.status(), 200);
        let (cleared, attributes) = cookie(&finished);
        assert_eq!((cleared, &*attributes[1]), (format!("{name}="), "Max-Age=0"));
        let finished: Value = finished.json().await.unwrap();
        assert_eq!(finished["returnTo"], "/tasks");
        let token = finished["signedIn"]["accessToken"].as_str().unwrap();
        let (status, me) = app.http().with_token(token).get("/api/auth/me").await;
        assert_eq!((status.as_u16(), &me["email"]), (200, &json!("grace@example.com")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_begins_nothing() {
    let (app, _server) = start("https://gateway.example").await;
    let begin = app.http().request(Method::POST, "/api/auth/oidc/example/begin");
    let answer = begin.header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert!(answer.headers().get("set-cookie").is_none());
}
