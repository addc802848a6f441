//! Making the calls of the table.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use super::fixtures::Belongings;
use super::table::Line;
use crate::support::{App, Http, Hub};

/// What REST answered.
#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Line {
    /// The method and the path with the ids of `has` in it.
    pub fn address(&self, has: &Belongings) -> (Method, String) {
        let (method, path) = self.operation.split_once(' ').unwrap();
        let path = match self.thing {
            "" => path.to_owned(),
            thing => path.replace("{id}", &has[thing]),
        };
        let path = path.replace("{commandId}", &has["command"]).replace("{userId}", &has["participant"]);
        let path = path.replace("{messageId}", &has["message"]).replace("{provider}", "example");
        assert!(!path.contains('{'), "{path}: say in `Line::address` which thing this is");
        (method.parse().unwrap(), path)
    }

    /// What goes with the call, with the ids of `has` in it.
    pub fn argument(&self, has: &Belongings) -> Option<Value> {
        // The longest names first: one may begin like another.
        let mut text = self.with.to_owned();
        for (thing, id) in has.iter().rev() {
            text = text.replace(&format!("${thing}"), id);
        }
        (!text.is_empty()).then(|| serde_json::from_str(&text).unwrap())
    }
}

/// Calls an operation of REST. The id of the request is left out of the answer.
pub async fn call(app: &App, line: &Line, token: Option<&str>, has: &Belongings) -> Answer {
    call_with(app, line, token, has, &[]).await.0
}

/// The same with more headers; the answer's come with it.
pub async fn call_with(
    app: &App,
    line: &Line,
    token: Option<&str>,
    has: &Belongings,
    headers: &[(&str, &str)],
) -> (Answer, HeaderMap) {
    let (method, path) = line.address(has);
    send_with(app, (method, &path), token, line.argument(has), headers).await
}

pub async fn send(app: &App, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Answer {
    send_with(app, (method, path), token, body, &[]).await.0
}

async fn send_with(
    app: &App,
    (method, path): (Method, &str),
    token: Option<&str>,
    body: Option<Value>,
    headers: &[(&str, &str)],
) -> (Answer, HeaderMap) {
    let http: Http = app.http();
    let mut request = http.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request = match body {
        Some(Value::String(text)) => {
            let is_form = text.starts_with("--edge");
            let kind = if is_form { "multipart/form-data; boundary=edge" } else { "application/json" };
            request.header("content-type", kind).body(text)
        }
        Some(body) => request.json(&body),
        None => request,
    };
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or(Value::Null);
    if let Some(error) = body.get_mut("error").and_then(Value::as_object_mut) {
        error.remove("requestId");
    }
    (Answer { status, body }, headers)
}

/// Calls a method of a hub on a connection of its own: the error, if there is one. A connection that is refused is an
/// error of its status.
pub async fn invoke(
    app: &App,
    line: &Line,
    token: Option<&str>,
    has: &Belongings,
) -> Result<Option<String>, u16> {
    let (hub, method) = line.operation.strip_prefix("/hubs/").unwrap().split_once(' ').unwrap();
    match Hub::open(&app.url(), hub, token).await {
        Ok(_) => {}
        Err(Error::Http(response)) => return Err(response.status().as_u16()),
        Err(error) => panic!("{}: {error}", line.operation),
    }
    let mut hub = Hub::connect(&app.url(), hub, token).await;
    let completion = hub.invoke(method, line.argument(has).unwrap_or(json!(null))).await;
    Ok(completion["error"].as_str().map(ToOwned::to_owned))
}
