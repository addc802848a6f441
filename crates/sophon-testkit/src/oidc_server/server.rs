//! The server itself.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_util::stream;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sophon_model::ports::Clock;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::tokens::{Key, Told, id_token};
use super::{CLIENT_ID, CLIENT_SECRET, Discovery, Lie, Person};

/// A running provider. It ends when this is dropped.
pub struct OidcServer {
    shared: Arc<Shared>,
    serving: AbortHandle,
}

struct Shared {
    url: String,
    clock: Arc<dyn Clock>,
    state: Mutex<Provider>,
}

struct Provider {
    person: Person,
    key: Key,
    lie: Option<Lie>,
    discovery: Discovery,
    /// Whether a page asks the person first.
    asks: bool,
    /// Whether the ID token has the claims of the person, or what is told to the bearer of the access token alone.
    is_whole: bool,
    codes: HashMap<String, Granted>,
    given: u64,
    discovered: usize,
}

/// What a code is good for, once.
struct Granted {
    person: Person,
    nonce: Option<String>,
    challenge: String,
    redirect: String,
}

/// What a browser comes back with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The state that was sent along.
    pub state: String,
    /// The code.
    pub code: String,
}

#[derive(Deserialize)]
struct Asked {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    scope: String,
    state: String,
    nonce: Option<String>,
    code_challenge: String,
    code_challenge_method: String,
}

impl OidcServer {
    /// A provider at which `person` has signed in.
    pub async fn start(person: Person, clock: Arc<dyn Clock>) -> Self {
        Self::start_on(0, person, clock).await.expect("a port on loopback")
    }

    /// The same on a port of loopback; any free one if 0.
    pub async fn start_on(port: u16, person: Person, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address: SocketAddr = listener.local_addr()?;
        let provider = Provider {
            person,
            key: Key(1),
            lie: None,
            discovery: Discovery::Honest,
            asks: false,
            is_whole: true,
            codes: HashMap::new(),
            given: 0,
            discovered: 0,
        };
        let url = format!("http://{address}");
        let shared = Arc::new(Shared { url, clock, state: Mutex::new(provider) });
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/continue", get(go_on))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .route("/sign-out", get(sign_out))
            .with_state(shared.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, app).await }).abort_handle();
        Ok(Self { shared, serving })
    }

    /// The issuer.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// From now on somebody else has signed in.
    pub fn sign_in(&self, person: Person) {
        self.shared.state.lock().person = person;
    }

    /// From now on it lies, or no longer.
    pub fn lie(&self, lie: Option<Lie>) {
        self.shared.state.lock().lie = lie;
    }

    /// From now on it says in this way how it is used.
    pub fn discovery(&self, discovery: Discovery) {
        self.shared.state.lock().discovery = discovery;
    }

    /// From now on it signs with another key, and publishes that one alone.
    pub fn rotate(&self) {
        let key = &mut self.shared.state.lock().key;
        *key = Key(key.0 + 1);
    }

    /// From now on it tells of the person to the bearer of the access token alone.
    pub fn tell_apart(&self) {
        self.shared.state.lock().is_whole = false;
    }

    /// From now on a page asks the person before it goes on.
    pub fn ask(&self) {
        self.shared.state.lock().asks = true;
    }

    /// How often it was asked how it is used.
    pub fn discovered(&self) -> usize {
        self.shared.state.lock().discovered
    }

    /// What a browser does that is sent to this address: it comes back with a code. Panics if the provider refuses.
    pub fn browse(&self, url: &str) -> Returned {
        let query = url.split_once('?').expect("there is a query").1;
        let uri = format!("/authorize?{query}").parse().expect("it is an address");
        let Query(asked) = Query::<Asked>::try_from_uri(&uri).expect("all is asked that has to be");
        self.shared.grant(&asked).expect("the provider takes it")
    }
}

impl Drop for OidcServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Shared {
    fn grant(&self, asked: &Asked) -> Result<Returned, &'static str> {
        let must = [
            (asked.client_id == CLIENT_ID, "client_id"),
            (asked.response_type == "code", "response_type"),
            (asked.scope.split(' ').any(|scope| scope == "openid"), "scope"),
            (asked.code_challenge_method == "S256", "code_challenge_method"),
            (asked.code_challenge.len() == 43, "code_challenge"),
            (asked.nonce.as_ref().is_some_and(|nonce| nonce.len() >= 20), "nonce"),
            (asked.state.len() >= 20, "state"),
        ];
        if let Some((_, field)) = must.iter().find(|(is_so, _)| !is_so) {
            return Err(field);
        }
        let mut state = self.state.lock();
        state.given += 1;
        let code = format!("code-{}", state.given);
        let granted = Granted {
            person: state.person.clone(),
            nonce: asked.nonce.clone(),
            challenge: asked.code_challenge.clone(),
            redirect: asked.redirect_uri.clone(),
        };
        state.codes.insert(code.clone(), granted);
        Ok(Returned { state: asked.state.clone(), code })
    }
}

type Here = State<Arc<Shared>>;

async fn discovery(State(shared): Here) -> Response {
    let discovery = {
        let mut state = shared.state.lock();
        state.discovered += 1;
        state.discovery
    };
    let url = &shared.url;
    let mut document = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/userinfo"),
        "jwks_uri": format!("{url}/keys"),
        "end_session_endpoint": format!("{url}/sign-out"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    });
    match discovery {
        Discovery::Honest => {}
        Discovery::Redirects => return Redirect::temporary(&format!("{url}/elsewhere")).into_response(),
        Discovery::OtherIssuer => document["issuer"] = "https://issuer.example".into(),
        Discovery::Script => document["authorization_endpoint"] = "javascript:alert(1)".into(),
        Discovery::PrivateAddresses => document["jwks_uri"] = "https://10.0.0.1/keys".into(),
        Discovery::Endless => {
            let spaces = stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from_static(&[b' '; 16 * 1024])));
            return ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(spaces)).into_response();
        }
        Discovery::Silent => std::future::pending().await,
        Discovery::Broken => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
    Json(document).into_response()
}

async fn keys(State(shared): Here) -> Json<Value> {
    let key = shared.state.lock().key;
    Json(json!({ "keys": [key.published()] }))
}

async fn authorize(State(shared): Here, uri: Uri, query: Query<Asked>) -> Response {
    if !shared.state.lock().asks {
        return go_on(State(shared), query).await;
    }
    let name = shared.state.lock().person.name.clone().unwrap_or_default();
    let query = uri.query().unwrap_or_default().replace('&', "&amp;");
    let page = format!(
        "<!doctype html><title>Example login</title><h1>Example login</h1>\
         <p><a href=\"/continue?{query}\">Continue as {name}</a></p>"
    );
    Html(page).into_response()
}

async fn go_on(State(shared): Here, Query(asked): Query<Asked>) -> Response {
    match shared.grant(&asked) {
        Ok(Returned { state, code }) => {
            Redirect::to(&format!("{}?code={code}&state={state}", asked.redirect_uri)).into_response()
        }
        Err(field) => (StatusCode::BAD_REQUEST, field).into_response(),
    }
}

#[derive(Deserialize)]
struct Traded {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

async fn token(State(shared): Here, headers: HeaderMap, Form(traded): Form<Traded>) -> Response {
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    if !is_client(&headers) {
        return refuse("invalid_client");
    }
    let mut state = shared.state.lock();
    // A code is good for one use, also for a wrong one.
    let Some(granted) = state.codes.remove(&traded.code) else { return refuse("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(traded.code_verifier.as_bytes()));
    let is_same = challenge == granted.challenge && traded.redirect_uri == granted.redirect;
    if !is_same || traded.grant_type != "authorization_code" {
        return refuse("invalid_grant");
    }
    let told = Told {
        person: &granted.person,
        issuer: &shared.url,
        nonce: granted.nonce.as_deref(),
        now: shared.clock.now().as_seconds(),
        is_whole: state.is_whole,
    };
    let mut answer = json!({ "access_token": "access", "token_type": "Bearer", "expires_in": 300 });
    if let Some(token) = id_token(&told, state.key, state.lie) {
        answer["id_token"] = token.into();
    }
    Json(answer).into_response()
}

/// Whether it is the gateway: its id and secret are form-encoded, and then a basic credential.
fn is_client(headers: &HeaderMap) -> bool {
    let encode = |text: &str| -> String { text.bytes().map(encoded).collect() };
    let right = STANDARD.encode(format!("{}:{}", encode(CLIENT_ID), encode(CLIENT_SECRET)));
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given == Some(&format!("Basic {right}"))
}

fn encoded(byte: u8) -> String {
    match byte {
        b' ' => "+".to_owned(),
        b if b.is_ascii_alphanumeric() || b"-_.*".contains(&b) => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    }
}

async fn user_info(State(shared): Here, headers: HeaderMap) -> Response {
    if headers.get(header::AUTHORIZATION).is_none_or(|value| value != "Bearer access") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let person = shared.state.lock().person.clone();
    let mut claims = person.claims();
    claims.insert("sub".to_owned(), person.subject.into());
    Json(Value::from(claims)).into_response()
}

async fn sign_out(Query(query): Query<HashMap<String, String>>) -> Response {
    match query.get("post_logout_redirect_uri") {
        Some(back) => Redirect::to(back).into_response(),
        None => "You are signed out.".into_response(),
    }
}
