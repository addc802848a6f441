//! The door to one URL that the operator has configured.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method};
use reqwest::{Client, Request};
use url::{Host, Url};

use crate::address::Filter;
use crate::{EgressError, Limits, Reach, Reply, reach, target};

/// The door to one URL that the operator has configured, and to the paths below it. Cheap to clone.
#[derive(Clone)]
pub struct OperatorDoor {
    client: Client,
    base: Url,
    limits: Limits,
}

impl OperatorDoor {
    pub(crate) fn new(client: Client, base_url: &str, limits: Limits) -> Result<Self, EgressError> {
        let base = target::parse(base_url)?;
        if base.query().is_some() || base.fragment().is_some() {
            return Err(EgressError::BadUrl("a base URL has neither query nor fragment".into()));
        }
        target::check_literal(&base, &Filter::Owned)?;
        Ok(Self { client, base, limits })
    }

    /// The host that this door leads to.
    pub fn host(&self) -> &str {
        target::host_of(&self.base)
    }

    /// The scheme, host and port that this door leads to.
    pub fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// This door with a query that every request carries.
    pub fn with_query(mut self, query: &str) -> Self {
        self.base.set_query(Some(query));
        self
    }

    /// This door with other limits.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The limits of requests through this door.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The base URL, without its query.
    pub fn url(&self) -> String {
        let mut url = self.base.clone();
        url.set_query(None);
        url.as_str().trim_end_matches('/').to_owned()
    }

    /// Whether the host is this machine, or has an address of a private network.
    pub fn is_private(&self) -> bool {
        match self.base.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => reach(address.into()) == Reach::Private,
            Some(Host::Ipv6(address)) => reach(address.into()) == Reach::Private,
            None => false,
        }
    }

    /// Posts JSON to `path`, which begins with a slash and is appended to the base URL's own. Waits for the head of the
    /// answer, whatever its status is.
    pub async fn post_json(&self, path: &str, headers: HeaderMap, body: Bytes) -> Result<Reply, EgressError> {
        let mut request = self.request(Method::POST, path, headers);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(body.into());
        Reply::to(&self.client, request, self.host(), &self.limits).await
    }

    /// Gets `path`, which begins with a slash and is appended to the base URL's own. Waits for the head of the answer,
    /// whatever its status is.
    pub async fn get(&self, path: &str, headers: HeaderMap) -> Result<Reply, EgressError> {
        let request = self.request(Method::GET, path, headers);
        Reply::to(&self.client, request, self.host(), &self.limits).await
    }

    fn request(&self, method: Method, path: &str, headers: HeaderMap) -> Request {
        let mut url = self.base.clone();
        // Setting the path can change nothing but the path: the origin stays as configured.
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let mut request = Request::new(method, url);
        *request.headers_mut() = headers;
        request
    }

    /// Sends a request to a URL of the base URL's origin; to any other one it is [`EgressError::BadUrl`]. Waits for the
    /// head of the answer, whatever its status is.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<Reply, EgressError> {
        let (parts, body) = request.into_parts();
        let url = target::parse(&parts.uri.to_string())?;
        if url.origin() != self.base.origin() {
            return Err(EgressError::BadUrl("it is not where this door leads".into()));
        }
        let mut request = Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(body.into());
        Reply::to(&self.client, request, self.host(), &self.limits).await
    }
}
