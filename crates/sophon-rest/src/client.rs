//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{HOST, USER_AGENT};
use http::request::Parts;
use ipnet::IpNet;
use sophon_core::network::ClientAddress;
use sophon_model::{Error, Origin};

use crate::error::{ApiError, Result};
use crate::request_id::RequestId;

const FORWARDED_PROTO: &str = "x-forwarded-proto";
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Adds the client's address and scheme, and what the audit log says of where a request came from, to a request of any
/// wire.
pub(crate) async fn locate(
    State(trusted): State<Arc<[IpNet]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let (address, scheme) = (address(&request, &trusted), Scheme::of(&request, &trusted));
    let user_agent = request.headers().get(USER_AGENT).and_then(|name| name.to_str().ok());
    let origin = Origin {
        address,
        user_agent: user_agent.map(ToOwned::to_owned),
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()),
    };
    request.extensions_mut().insert(Arc::new(origin));
    request.extensions_mut().insert(ClientAddress(address));
    request.extensions_mut().insert(scheme);
    next.run(request).await
}

/// The peer of the connection; or, if that is a trusted proxy, the last address in `X-Forwarded-For` that is none. What
/// stands before it was written by strangers.
fn address(request: &Request, trusted: &[IpNet]) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let mut address = peer.ip().to_canonical();
    let forwarded: Vec<&str> = request
        .headers()
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in forwarded.iter().rev() {
        if !trusted.iter().any(|net| net.contains(&address)) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(next) => address = next.to_canonical(),
            Err(_) => break,
        }
    }
    Some(address)
}

/// How the client speaks to us, or to the proxy before us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scheme(&'static str);

impl Scheme {
    /// `http`, as this process speaks nothing else, unless a trusted proxy says that it was `https`.
    pub(crate) fn of(request: &Request, trusted: &[IpNet]) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let is_proxy = peer.is_some_and(|ConnectInfo(peer)| {
            trusted.iter().any(|net| net.contains(&peer.ip().to_canonical()))
        });
        let is_secure = request.headers().get(FORWARDED_PROTO).is_some_and(|scheme| scheme == "https");
        Self(if is_proxy && is_secure { "https" } else { "http" })
    }
}

/// The address under which the client reached the gateway, without a path.
pub(crate) struct GatewayUrl(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for GatewayUrl {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let missing =
            || Error::internal("a handler that asks for the gateway's address is not behind the gate");
        let Scheme(scheme) = parts.extensions.get().ok_or_else(missing)?;
        let named = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = parts.uri.authority().map(http::uri::Authority::as_str).or(named);
        let host = host.ok_or_else(|| Error::invalid("Say in Host which gateway you mean."))?;
        Ok(Self(format!("{scheme}://{host}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn found(peer: &str, forwarded: Option<&str>) -> String {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        if let Some(forwarded) = forwarded {
            request.headers_mut().insert(FORWARDED_FOR, forwarded.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        address(&request, &trusted).unwrap().to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(found("203.0.113.9", Some("198.51.100.1")), "203.0.113.9");
        assert_eq!(found("10.0.0.1", Some("198.51.100.1")), "198.51.100.1");
        assert_eq!(found("::ffff:10.0.0.1", Some("198.51.100.1")), "198.51.100.1");
    }

    #[test]
    fn what_the_client_wrote_before_its_proxy_is_not_believed() {
        assert_eq!(found("10.0.0.1", Some("127.0.0.1, 198.51.100.1")), "198.51.100.1");
        assert_eq!(found("10.0.0.1", Some("127.0.0.1, 198.51.100.1, 10.0.0.7")), "198.51.100.1");
    }

    #[test]
    fn a_proxy_that_says_nothing_useful_is_the_client() {
        assert_eq!(found("10.0.0.1", None), "10.0.0.1");
        assert_eq!(found("10.0.0.1", Some("unknown")), "10.0.0.1");
    }
}
