//! Signing in with a second factor, and removing a lost one.

use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::program::Program;
use crate::real::{EMAIL, PASSWORD, serve};

const NEW_PASSWORD: &str = "purple giraffe under water";

/// A call past the command line.
#[expect(clippy::disallowed_methods, reason = "a client of the gateway, not the gateway")]
async fn post(gateway: &str, path: &str, token: Option<&Value>, body: Value) -> Value {
    sophon_egress::install_crypto();
    let request = reqwest::Client::new().post(format!("{gateway}{path}")).json(&body);
    let request = match token {
        Some(token) => request.bearer_auth(token.as_str().expect("a token")),
        None => request,
    };
    let answer = request.send().await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.json().await.expect("JSON")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the gateway is a process of its own, with the time of the machine"
)]
fn seconds() -> u64 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).expect("it is later").as_secs()
}

#[tokio::test]
async fn a_sign_in_asks_for_a_code_until_an_administrator_removes_the_factor() {
    let gateway = serve(false).await;
    let (admin, ada) = (Program::new(&gateway.url), Program::new(&gateway.url));
    admin.run_with(&["login", "--email", EMAIL, "--password-stdin"], PASSWORD).await;
    let create = ["admin", "users", "create", "ada@example.com", "--name", "Ada"];
    let created = admin.run(&create).await;
    let first = created.stdout.trim_end().to_owned();
    let login = ["login", "--email", "ada@example.com", "--password-stdin"];
    ada.run_with(&login, &first).await;
    ada.run_with(&["password", "--stdin"], &format!("{first}\n{NEW_PASSWORD}\n")).await;

    let call = async |path, token: Option<&Value>, body| post(&gateway.url, path, token, body).await;
    let account = json!({ "email": "ada@example.com", "password": NEW_PASSWORD });
    let signed_in = call("/api/auth/login", None, account).await;
    let token = Some(&signed_in["accessToken"]);
    let proof = json!({ "currentPassword": NEW_PASSWORD });
    let begun = call("/api/auth/second-factor", token, proof).await;
    let key = Secret::try_from_base32(begun["key"].as_str().expect("a key")).expect("base32");
    let app = Builder::new().with_secret(key).with_account_name("ada").build().expect("an app");
    let code = json!({ "code": app.generate(seconds()).to_string() });
    let confirmed = call("/api/auth/second-factor/confirm", token, code).await;
    let recovery = confirmed["recoveryCodes"][0].as_str().expect("a code");

    let without = ada.run_with(&login, &format!("{NEW_PASSWORD}\n")).await;
    assert_eq!(without.status, Some(1));
    assert!(without.stderr.contains("nothing was entered"), "{without:?}");
    let wrong = ada.run_with(&login, &format!("{NEW_PASSWORD}\naaaa-aaaa\n")).await;
    assert!(wrong.stderr.contains("error: The code is wrong, or was used before."), "{wrong:?}");
    let right = ada.run_with(&login, &format!("{NEW_PASSWORD}\n{recovery}\n")).await;
    assert!(right.stdout.contains("as ada@example.com (Viewer)"), "{right:?}");

    let shown = admin.run(&["admin", "users", "show", "ada@example.com"]).await.stdout;
    assert!(shown.contains("Second factor") && shown.contains(" on"), "{shown}");
    let removed = admin.run(&["admin", "users", "remove-second-factor", "ada@example.com"]).await;
    assert!(removed.stdout.contains("ada@example.com signs in with the password alone."), "{removed:?}");
    assert_eq!(ada.run(&["sessions"]).await.status, Some(1), "it was signed out");
    assert_eq!(ada.run_with(&login, NEW_PASSWORD).await.status, Some(0));
}
