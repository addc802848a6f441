//! Requests and answers.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, header};
use reqwest::redirect;
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sophon_api::{Refresh, Secret};
use url::Url;

use crate::error::{is_web_page, root_cause};
use crate::file_form::FileForm;
use crate::{ClientError, Credential, CredentialStore, Login, SignedIn};

/// How long connecting may take.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request may take unless it says otherwise, from connecting to the last byte of the answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// How the client names itself.
pub(crate) const USER_AGENT: &str = concat!("sophon-client/", env!("CARGO_PKG_VERSION"));

/// The header in which a request names its tenant.
pub(crate) const TENANT_HEADER: &str = "X-Sophon-Tenant";

/// A gateway, seen with one credential. Cheap to clone; clones share connections and credential.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    /// The slug of the tenant to act in; the home of whoever the credential is of if absent.
    tenant: Option<Arc<str>>,
}

struct Inner {
    base: Url,
    http: reqwest::Client,
    tls: Arc<ClientConfig>,
    credentials: Box<dyn CredentialStore>,
}

/// One request, complete enough to be sent again with a renewed credential.
pub(crate) struct Request {
    method: Method,
    url: Url,
    body: Option<Body>,
    idempotency_key: Option<String>,
    is_anonymous: bool,
    time: Duration,
}

/// What a request says.
enum Body {
    Json(Vec<u8>),
    File(FileForm),
}

impl Request {
    /// With a JSON body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        let bytes = serde_json::to_vec(body).expect("request bodies are plain structs, which JSON can hold");
        self.body = Some(Body::Json(bytes));
        self
    }

    /// With a form that has one file.
    pub(crate) fn file(mut self, form: FileForm) -> Self {
        self.body = Some(Body::File(form));
        self
    }

    /// With the parameters that `query` has; those that are `None` are left out.
    pub(crate) fn query<const N: usize>(mut self, query: [(&str, Option<String>); N]) -> Self {
        for (name, value) in query {
            if let Some(value) = value {
                self.url.query_pairs_mut().append_pair(name, &value);
            }
        }
        self
    }

    /// To be applied once, however often it is sent.
    pub(crate) fn once(mut self, key: &str) -> Self {
        self.idempotency_key = Some(key.to_owned());
        self
    }

    /// Which may take so long.
    pub(crate) fn within(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// Without a credential.
    pub(crate) fn anonymous(mut self) -> Self {
        self.is_anonymous = true;
        self
    }
}

/// What came back, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// A client of the gateway at `base`, for example `http://127.0.0.1:8080`. Nothing is sent yet.
    pub fn new(base: Url, credentials: impl CredentialStore + 'static) -> Result<Self, ClientError> {
        let tls = tls()?;
        let http = http(&tls)?;
        let credentials = Box::new(credentials);
        let inner = Arc::new(Inner { base, http, tls: Arc::new(tls), credentials });
        Ok(Self { inner, tenant: None })
    }

    /// The same, acting in the tenant with this slug; at home if absent.
    #[must_use]
    pub fn in_tenant(self, slug: Option<&str>) -> Self {
        Self { tenant: slug.map(Arc::from), ..self }
    }

    pub(crate) fn acts_in(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// The gateway's address.
    pub fn base(&self) -> &Url {
        &self.inner.base
    }

    pub(crate) fn tls(&self) -> Arc<ClientConfig> {
        self.inner.tls.clone()
    }

    pub(crate) fn get(&self, path: &[&str]) -> Result<Request, ClientError> {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &[&str]) -> Result<Request, ClientError> {
        self.request(Method::POST, path)
    }

    pub(crate) fn patch(&self, path: &[&str]) -> Result<Request, ClientError> {
        self.request(Method::PATCH, path)
    }

    pub(crate) fn delete(&self, path: &[&str]) -> Result<Request, ClientError> {
        self.request(Method::DELETE, path)
    }

    fn request(&self, method: Method, path: &[&str]) -> Result<Request, ClientError> {
        let url = self.address(path)?;
        Ok(Request {
            method,
            url,
            body: None,
            idempotency_key: None,
            is_anonymous: false,
            time: REQUEST_TIMEOUT,
        })
    }

    /// The address of a path under the gateway's own. Each part is one segment, whatever is in it.
    pub(crate) fn address(&self, path: &[&str]) -> Result<Url, ClientError> {
        let mut url = self.inner.base.clone();
        for part in path {
            // An address would lose these, and then name something else.
            if matches!(*part, "" | "." | "..") {
                return Err(ClientError::NotAnId((*part).to_owned()));
            }
        }
        let mut segments = url.path_segments_mut().map_err(|()| {
            ClientError::Setup(format!("`{}` cannot be a gateway's address", self.inner.base))
        })?;
        segments.pop_if_empty().extend(path);
        drop(segments);
        Ok(url)
    }

    /// Sends a request and reads what it answers as `T`.
    pub(crate) async fn fetch<T: DeserializeOwned>(&self, request: Request) -> Result<T, ClientError> {
        let answer = self.send(&request).await?;
        self.read(&answer.body)
    }

    /// Reads the body of an answer.
    pub(crate) fn read<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, ClientError> {
        serde_json::from_slice(body).map_err(|error| {
            self.not_understood(match error {
                _ if is_web_page(body) => "it answers with a web page".to_owned(),
                error if error.is_data() => format!("its answer has another form ({error})"),
                _ => "its answer is not JSON".to_owned(),
            })
        })
    }

    /// Sends a request whose answer says nothing.
    pub(crate) async fn execute(&self, request: Request) -> Result<(), ClientError> {
        self.send(&request).await.map(drop)
    }

    async fn send(&self, request: &Request) -> Result<Answer, ClientError> {
        if request.is_anonymous {
            return self.success(request, None).await;
        }
        self.with_credential(async |bearer| self.success(request, bearer.as_ref()).await).await
    }

    /// Does something with the stored credential; if that has run out, renews it and does it again, once.
    pub(crate) async fn with_credential<T>(
        &self,
        attempt: impl AsyncFn(Option<Secret>) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let credential = self.inner.credentials.load()?;
        let first = attempt(credential.bearer().cloned()).await;
        match (first, credential) {
            (Err(error), Credential::Login(login)) if error.is_unauthenticated() => {
                let renewed = self.renew(&login).await?;
                attempt(renewed.bearer().cloned()).await
            }
            (first, _) => first,
        }
    }

    /// Another credential in place of `spent`. Another process may have renewed it already: then that one is taken.
    async fn renew(&self, spent: &Login) -> Result<Credential, ClientError> {
        let mut lock = self.inner.credentials.lock().await?;
        let current = match lock.load()? {
            Credential::Login(current) if current.access_token == spent.access_token => current,
            newer => return Ok(newer),
        };
        let refresh = self.post(&["api", "auth", "refresh"])?.anonymous();
        let refresh = refresh.json(&Refresh { refresh_token: current.refresh_token });
        let answer = self.success(&refresh, None).await?;
        let renewed: sophon_api::SignedIn = self.read(&answer.body)?;
        let renewed = Credential::Login(SignedIn::from(renewed).login);
        lock.save(renewed.clone())?;
        Ok(renewed)
    }

    async fn success(&self, request: &Request, bearer: Option<&Secret>) -> Result<Answer, ClientError> {
        let answer = self.exchange(request, bearer).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(self.refused(&answer))
    }

    /// Sends a request and gives its answer away piece by piece, however large it is.
    pub(crate) async fn download(
        &self,
        request: Request,
        mut take: impl FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<(), ClientError> {
        let begun = self.with_credential(async |bearer| {
            let response = self.begin(&request, bearer.as_ref()).await?;
            if response.status().is_success() {
                return Ok(response);
            }
            Err(self.refused(&self.whole(response, request.time).await?))
        });
        let mut response = begun.await?;
        while let Some(piece) = response.chunk().await.map_err(|error| self.network(&error, request.time))? {
            take(&piece).map_err(ClientError::Output)?;
        }
        Ok(())
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn exchange(
        &self,
        request: &Request,
        bearer: Option<&Secret>,
    ) -> Result<Answer, ClientError> {
        let response = self.begin(request, bearer).await?;
        self.whole(response, request.time).await
    }

    async fn begin(
        &self,
        request: &Request,
        bearer: Option<&Secret>,
    ) -> Result<reqwest::Response, ClientError> {
        let mut builder =
            self.inner.http.request(request.method.clone(), request.url.clone()).timeout(request.time);
        if let Some(bearer) = bearer {
            builder = builder.bearer_auth(bearer.reveal());
        }
        if let Some(tenant) = self.acts_in().filter(|_| !request.is_anonymous) {
            builder = builder.header(TENANT_HEADER, tenant);
        }
        if let Some(key) = &request.idempotency_key {
            builder = builder.header("Idempotency-Key", key);
        }
        builder = match &request.body {
            Some(Body::Json(bytes)) => {
                builder.header(header::CONTENT_TYPE, "application/json").body(bytes.clone())
            }
            Some(Body::File(form)) => {
                let opened =
                    form.open().await.map_err(|error| ClientError::File(form.path().to_owned(), error))?;
                let builder = builder.header(header::CONTENT_TYPE, form.content_type());
                builder.header(header::CONTENT_LENGTH, form.length()).body(opened)
            }
            None => builder,
        };
        builder.send().await.map_err(|error| self.network(&error, request.time))
    }

    async fn whole(&self, mut response: reqwest::Response, time: Duration) -> Result<Answer, ClientError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.network(&error, time))? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(self.not_understood(format!("the answer is larger than {LARGEST_ANSWER} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status(), headers: response.headers().clone(), body })
    }

    /// What an answer with an error status says.
    pub(crate) fn refused(&self, answer: &Answer) -> ClientError {
        ClientError::from_answer(self.inner.base.as_str(), answer.status, &answer.headers, &answer.body)
    }

    fn network(&self, error: &reqwest::Error, time: Duration) -> ClientError {
        ClientError::from_reqwest(error, self.inner.base.as_str(), time)
    }

    pub(crate) fn not_understood(&self, reason: String) -> ClientError {
        ClientError::NotUnderstood { url: self.inner.base.to_string(), reason }
    }
}

/// TLS with ring, trusting what the system trusts. It names no protocol, so HTTP/1.1 is spoken, which WebSockets need.
fn tls() -> Result<ClientConfig, ClientError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError::Setup(error.to_string()))?;
    let builder = builder.with_platform_verifier().map_err(|error| ClientError::Setup(error.to_string()))?;
    Ok(builder.with_no_client_auth())
}

#[expect(clippy::disallowed_methods, reason = "it is the user's own machine talking to its own gateway")]
fn http(tls: &ClientConfig) -> Result<reqwest::Client, ClientError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .no_proxy()
        // A redirect would carry the request, and perhaps the credential, to somewhere that nobody named.
        .redirect(redirect::Policy::none())
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT_TIMEOUT)
        .build()
        .map_err(|error| ClientError::Setup(root_cause(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InMemory;

    fn client(base: &str) -> Client {
        let base = base.parse().expect("an address");
        Client::new(base, InMemory::new(Credential::None)).expect("a client")
    }

    #[test]
    fn a_gateway_may_live_under_a_path() {
        for base in ["http://host/sophon", "http://host/sophon/"] {
            let url = client(base).address(&["api", "health"]).expect("an address");
            assert_eq!(url.as_str(), "http://host/sophon/api/health");
        }
    }

    #[test]
    fn an_id_stays_one_segment() {
        let client = client("http://host");
        let url = client.address(&["api", "sessions", "a/../b?c#d"]).expect("an address");
        assert_eq!(url.as_str(), "http://host/api/sessions/a%2F..%2Fb%3Fc%23d");
        for part in ["", ".", ".."] {
            let refused = client.address(&["api", "sessions", part]);
            assert!(matches!(refused, Err(ClientError::NotAnId(_))), "{part}");
        }
    }
}
