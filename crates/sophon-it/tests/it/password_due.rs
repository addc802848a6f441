//! A sign-in with a password that somebody else chose, on the wires.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::App;

#[tokio::test]
async fn a_hub_says_why_it_turns_a_first_sign_in_away() {
    let app = App::for_many().await;
    let admin = app.http().with_token(&app.admin().await.sign_in().await);
    let new = json!({ "email": "ann@example.com", "name": "Ann", "role": "Operator" });
    let (_, created) = admin.post("/api/admin/users", &new).await;
    let login = json!({ "email": "ann@example.com", "password": created["password"] });
    let (_, signed_in) = app.http().post("/api/auth/login", &login).await;
    assert_eq!(signed_in["user"]["roleName"], "Operator");
    let ann = app.http().with_token(signed_in["accessToken"].as_str().unwrap());
    for path in ["/hubs/chat/negotiate?negotiateVersion=1", "/hubs/approvals?id=none"] {
        let answer = ann.request(Method::POST, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"]["code"], "password_change_required", "{path}");
        assert!(body["error"]["message"].as_str().unwrap().contains("`sophon password`"), "{body}");
    }
}
