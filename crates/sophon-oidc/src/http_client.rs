//! The requests of the protocol, over egress.
//!
//! The operator names the issuer, so its origin is reached wherever it is. What the provider names besides (a token endpoint on
//! another host, for instance) is reached at public addresses only, and with TLS.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use sophon_egress::{Egress, EgressError, OperatorDoor, Reply, ToolDoor};
use tokio::time::timeout;
use url::Url;

/// How long a request may take, from the connection to the last byte.
const WHOLE: Duration = Duration::from_secs(10);
/// The longest body, in bytes: a large set of keys, or a token with many groups.
const MOST_BYTES: usize = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error(transparent)]
    Egress(#[from] EgressError),
    #[error("the answer did not end within {} s", WHOLE.as_secs())]
    TooSlow,
    #[error("the answer is longer than {MOST_BYTES} bytes")]
    TooLong,
    #[error("the address is outside of the issuer, and without TLS")]
    NoTls,
    #[error("the request cannot be made ({0})")]
    Unfit(#[from] http::Error),
}

/// The client.
pub(crate) struct HttpClient {
    issuer: OperatorDoor,
    others: ToolDoor,
}

impl HttpClient {
    pub(crate) fn new(egress: &Egress, issuer: &str) -> Result<Self, EgressError> {
        Ok(Self { issuer: egress.for_operator(issuer)?, others: egress.for_tools() })
    }

    /// Whether the issuer is at a place of the operator's own.
    pub(crate) fn is_private(&self) -> bool {
        self.issuer.is_private()
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
        let reply = self.reply(request.map(Bytes::from)).await?;
        let mut answer = http::Response::builder().status(reply.status);
        if let Some(headers) = answer.headers_mut() {
            headers.clone_from(&reply.headers);
        }
        let (body, was_cut) = reply.read_up_to(MOST_BYTES).await?;
        if was_cut {
            return Err(Unanswered::TooLong);
        }
        Ok(answer.body(body)?)
    }

    async fn reply(&self, request: http::Request<Bytes>) -> Result<Reply, Unanswered> {
        let url = Url::parse(&request.uri().to_string());
        let origin = url.as_ref().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        if origin == self.issuer.origin() {
            return Ok(self.issuer.send(request).await?);
        }
        if !origin.starts_with("https://") {
            return Err(Unanswered::NoTls);
        }
        Ok(self.others.send(request).await?)
    }
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async { timeout(WHOLE, self.send(request)).await.map_err(|_| Unanswered::TooSlow)? })
    }
}
