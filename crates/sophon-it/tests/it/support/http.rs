//! Plain HTTP.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Http {
    client: Client,
    base: String,
    token: Option<String>,
}

impl Http {
    #[expect(clippy::disallowed_methods, reason = "a test talks to its own gateway on loopback")]
    pub fn new(base: &str) -> Self {
        sophon_egress::install_crypto();
        Self { client: Client::builder().no_proxy().build().unwrap(), base: base.into(), token: None }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path).json(body)).await
    }

    /// Sends a message and returns `{taskId, sessionId, messageId}`.
    pub async fn chat(&self, session: Option<&str>, content: &str) -> Value {
        let (status, sent) =
            self.post("/api/chat", &json!({ "sessionId": session, "content": content })).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
        sent
    }

    pub async fn messages(&self, session: &str) -> Vec<Value> {
        let (status, page) = self.get(&format!("/api/sessions/{session}/messages?limit=200")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page["items"].as_array().unwrap().clone()
    }

    /// Waits until the node at `path` is online. It is not yet when its handshake is answered.
    pub async fn node_online(&self, path: &str) {
        super::soon("the node is online", async {
            while self.get(path).await.1["online"] != true {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
        .await;
    }

    /// Waits until the task has ended and returns it.
    pub async fn ended(&self, task: &str) -> Value {
        super::soon("the end of the task", async {
            loop {
                let (_, task) = self.get(&format!("/api/tasks/{task}")).await;
                if task["endedAt"].is_string() {
                    return task;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
        .await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}
