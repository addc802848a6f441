//! An HTTP client that looks at what every answer must have.

use std::net::SocketAddr;

use axum::body::Body;
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

pub use serde_json::json;

use crate::listed::is_listed;

pub struct Http {
    base: String,
    client: Client<HttpConnector, Body>,
}

impl Http {
    pub fn to(address: SocketAddr) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { base: format!("http://{address}"), client }
    }
}

/// Somebody who calls, by the credential they bear.
pub struct As<'a> {
    pub http: &'a Http,
    pub credential: Option<String>,
}

impl As<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], Body::empty()).await
    }

    /// POST without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[], Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::POST, path, &[], body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::PUT, path, &[], body).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::PATCH, path, &[], body).await
    }

    /// POST of a file as a browser's form has it.
    pub async fn upload(&self, name: &str, content: impl AsRef<[u8]>) -> Answer {
        let mut form = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/plain\r\n\r\n"
        )
        .into_bytes();
        form.extend_from_slice(content.as_ref());
        form.extend_from_slice(b"\r\n--edge--\r\n");
        let headers = [("content-type", "multipart/form-data; boundary=edge")];
        self.send(Method::POST, "/api/attachments", &headers, form.into()).await
    }

    pub async fn send_json(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let headers = [headers, &[("content-type", "application/json")]].concat();
        self.send(method, path, &headers, body.to_string().into()).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let url = format!("{}{path}", self.http.base);
        let mut request = Request::builder().method(method.clone()).uri(url);
        if let Some(credential) = &self.credential {
            request = request.header("authorization", format!("Bearer {credential}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.http.client.request(request.body(body).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let answer = Answer {
            path: path.to_owned(),
            status: head.status.as_u16(),
            headers: head.headers,
            text: String::from_utf8(body.into()).unwrap(),
        };
        answer.has_what_all_have();
        assert!(
            is_listed(&method, path, answer.status),
            "the document does not list this: {method} {answer:?}"
        );
        answer
    }
}

#[derive(Debug)]
pub struct Answer {
    path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    fn has_what_all_have(&self) {
        assert!(self.header("x-sophon-request-id").is_some_and(|id| id.starts_with("req_")), "{self:?}");
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"), "{self:?}");
        assert!(self.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
        if self.path.starts_with("/api") {
            assert_eq!(self.header("cache-control"), Some("no-store"), "{self:?}");
            assert_eq!(self.header("cross-origin-resource-policy"), Some("same-origin"), "{self:?}");
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        if self.text.is_empty() { Value::Null } else { serde_json::from_str(&self.text).unwrap() }
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        self.expect(200)
    }

    /// The details of an error with this status and code, whose envelope is as it should be.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let id = self.header("x-sophon-request-id").unwrap().to_owned();
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        let body = self.expect(status);
        let error = body["error"].as_object().expect("an envelope");
        assert_eq!(error["code"], code, "{body}");
        assert_eq!(error["requestId"], *id, "{body}");
        assert!(error["message"].as_str().is_some_and(|text| text.len() > 5), "{body}");
        error.get("details").cloned().unwrap_or_default()
    }
}
