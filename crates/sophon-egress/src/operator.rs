//! The door to one URL that the operator has configured.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method};
use reqwest::{Client, Request};
use url::Url;

use crate::address::Filter;
use crate::{EgressError, Limits, Reply, target};

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

    /// Posts JSON to `path`, which begins with a slash and is appended to the base URL's own. Waits for the head of the
    /// answer, whatever its status is.
    pub async fn post_json(&self, path: &str, headers: HeaderMap, body: Bytes) -> Result<Reply, EgressError> {
        let mut url = self.base.clone();
        // Setting the path can change nothing but the path: the origin stays as configured.
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let mut request = Request::new(Method::POST, url);
        *request.headers_mut() = headers;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(body.into());
        Reply::to(&self.client, request, self.host(), &self.limits).await
    }
}
