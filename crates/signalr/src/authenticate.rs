//! Authentication of connections.

use http::header;
use http::request::Parts;
use tokio::time::Instant;

use crate::endpoint::query;
use crate::error::Rejection;
use crate::hub::Hub;

/// Says who makes a request. Several hubs may share one.
///
/// [`authenticate`](Self::authenticate) is written as a plain `async fn` in an implementation.
pub trait Authenticate: Send + Sync + 'static {
    /// The user of the connection.
    type Caller: Clone + Send + Sync + 'static;

    /// The user of this request. `token` is the credential found: the bearer token of the `Authorization` header,
    /// else the query's `access_token`. Asked at each request of a connection, not only at the first.
    fn authenticate(
        &self,
        request: &Parts,
        token: Option<&str>,
    ) -> impl Future<Output = Result<Self::Caller, Rejection>> + Send;

    /// May a request of `now` go on with a connection that `first` opened? Otherwise it is answered 403. By
    /// default every request with the connection's secret token may.
    fn same_caller(&self, first: &Self::Caller, now: &Self::Caller) -> bool {
        let _ = (first, now);
        true
    }

    /// When the caller's credential runs out; the connection is closed then, and the client may come back with
    /// a new one. `None`: never.
    fn expires(&self, caller: &Self::Caller) -> Option<Instant> {
        let _ = caller;
        None
    }
}

/// Lets everybody in and asks nobody who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anyone;

impl Authenticate for Anyone {
    type Caller = ();

    async fn authenticate(&self, _request: &Parts, _token: Option<&str>) -> Result<(), Rejection> {
        Ok(())
    }
}

/// The user who is connected to the hub `H`.
pub type Caller<H> = <<H as Hub>::Auth as Authenticate>::Caller;

/// Asks who makes this request.
pub(crate) async fn authenticate<A: Authenticate>(auth: &A, parts: &Parts) -> Result<A::Caller, Rejection> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    let token = bearer.or_else(|| query(parts, "access_token"));
    auth.authenticate(parts, token.as_deref()).await
}
