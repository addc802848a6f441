//! The browser pages that may talk to the gateway: pages of our own address, and of origins that the operator named.
//!
//! The `Host` check stops names that strangers point at this machine (DNS rebinding); the `Origin` check stops pages
//! of other sites from using the gateway behind the user's back, on REST and on the sockets, which browsers do not
//! guard by themselves.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::uri::Authority;
use http::{HeaderMap, StatusCode, Uri, header};
use sophon_model::{Error, Kind};

use crate::Options;
use crate::error::{ApiError, Result};

/// The longest address, in bytes.
const LONGEST_ADDRESS: usize = 8 * 1024;

/// The rule.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    listen: Option<IpAddr>,
    hosts: Vec<String>,
    origins: Vec<String>,
    /// Whether a request needs no credential.
    is_open: bool,
}

impl Guard {
    pub(crate) fn new(options: &Options) -> Self {
        let lowered = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
        Self {
            listen: options.listen.map(|address| address.ip()).filter(|ip| !ip.is_unspecified()),
            hosts: lowered(&options.allowed_hosts),
            origins: lowered(&options.allowed_origins),
            is_open: options.auto_admin,
        }
    }

    fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<()> {
        if uri.path_and_query().is_some_and(|address| address.as_str().len() > LONGEST_ADDRESS) {
            let text = format!("An address has at most {LONGEST_ADDRESS} bytes.");
            return Err(ApiError::with_status(
                StatusCode::URI_TOO_LONG,
                Error::invalid(text).with_code("uri_too_long"),
            ));
        }
        let Some(host) = requested_host(uri, headers).filter(|host| self.is_ours(host)) else {
            let text = "This gateway does not go by that name. Its operator can add it to http.allowed_hosts \
                (SOPHON__HTTP__ALLOWED_HOSTS).";
            return Err(ApiError::with_status(StatusCode::MISDIRECTED_REQUEST, Error::invalid(text)));
        };
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let same_site =
            origins.all(|origin| origin.to_str().is_ok_and(|origin| self.may_call(origin, &host)));
        if self.is_open && ["forwarded", "x-forwarded-for"].iter().any(|name| headers.contains_key(*name)) {
            let text = "A gateway where nobody signs in serves nobody behind a proxy. Its operator can turn auth.auto_admin off.";
            return Err(Error::new(Kind::NotAuthorized, text).into());
        }
        if same_site && !self.is_foreign_embedding(uri, headers) {
            return Ok(());
        }
        let text = "Pages of other sites may not call this gateway. Its operator can add the origin to http.allowed_origins.";
        Err(Error::new(Kind::NotAuthorized, text).into())
    }

    /// Whether a page of another site embeds data of ours, or leads the browser to it: no `Origin` is sent then, and
    /// where nobody signs in it would be served to the administrator's browser.
    fn is_foreign_embedding(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let is_data = ["/api", "/hubs", "/metrics"].iter().any(|wire| {
            uri.path().strip_prefix(wire).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        self.is_open
            && is_data
            && !headers.contains_key(header::ORIGIN)
            && headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site")
    }

    fn is_ours(&self, host: &Authority) -> bool {
        let name = host.host();
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        if let Ok(ip) = bare.parse::<IpAddr>() {
            let ip = ip.to_canonical();
            return ip.is_loopback() || self.listen == Some(ip) || self.lists(name) || self.lists(bare);
        }
        name.eq_ignore_ascii_case("localhost") || self.lists(name)
    }

    fn lists(&self, name: &str) -> bool {
        self.hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
    }

    /// Whether pages of `origin` may call us under the name `host`. The scheme is not compared: behind a proxy we
    /// see another one than the browser does.
    fn may_call(&self, origin: &str, host: &Authority) -> bool {
        let own = ["http://", "https://"].iter().filter_map(|scheme| origin.strip_prefix(scheme));
        own.into_iter().any(|authority| authority.eq_ignore_ascii_case(host.as_str()))
            || self.origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
    }
}

/// The host of HTTP/2's address or else of the `Host` header. More than one is none.
fn requested_host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    if let Some(authority) = uri.authority() {
        return Some(authority.clone());
    }
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = Authority::try_from(hosts.next()?.as_bytes()).ok()?;
    (hosts.next().is_none() && !host.as_str().contains('@')).then_some(host)
}

/// Refuses requests under foreign names (421) and from foreign pages (403).
pub(crate) async fn check_host_and_origin(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Result<Response> {
    guard.check(request.uri(), request.headers())?;
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;
    use http::{HeaderName, HeaderValue};

    fn verdict(host: Option<&str>, origin: Option<&str>) -> u16 {
        let guard = Guard::new(&Options {
            listen: Some("192.168.1.5:8080".parse().unwrap()),
            allowed_hosts: vec!["gw.example.com".into()],
            allowed_origins: vec!["https://app.example.com".into()],
            ..Options::default()
        });
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::HOST, host), (header::ORIGIN, origin)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().unwrap());
            }
        }
        let verdict = guard.check(&Uri::from_static("/api/health"), &headers);
        verdict.map_or_else(|error| error.into_response().status().as_u16(), |()| 200)
    }

    #[test]
    fn loopback_the_listen_address_and_configured_names_are_served() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:8080",
            "127.1.2.3",
            "[::1]:8080",
            "192.168.1.5:8080",
            "GW.example.com",
        ] {
            assert_eq!(verdict(Some(host), None), 200, "{host}");
        }
    }

    #[test]
    fn other_names_are_misdirected() {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "gw.example.com.evil.example",
            "192.168.1.6",
            "[::2]",
            "a@localhost",
            "",
        ] {
            assert_eq!(verdict(Some(host), None), 421, "{host}");
        }
        assert_eq!(verdict(None, None), 421);
    }

    #[test]
    fn our_own_pages_and_allowed_origins_may_call() {
        assert_eq!(verdict(Some("localhost:8080"), Some("http://localhost:8080")), 200);
        assert_eq!(verdict(Some("gw.example.com"), Some("https://gw.example.com")), 200);
        assert_eq!(verdict(Some("localhost:8080"), Some("https://app.example.com")), 200);
    }

    #[test]
    fn pages_of_other_sites_may_not_call() {
        for origin in [
            "https://evil.example",
            "null",
            "",
            "http://localhost:8081",
            "http://localhost",
            "http://localhost:8080.evil.example",
            "http://evil.example/localhost:8080",
            "http://app.example.com",
            "https://app.example.com.evil.example",
            "https://xapp.example.com",
            "ftp://localhost:8080",
            "localhost:8080",
        ] {
            assert_eq!(verdict(Some("localhost:8080"), Some(origin)), 403, "{origin}");
        }
    }

    #[test]
    fn where_nobody_signs_in_nobody_comes_through_a_proxy() {
        let served = |is_open: bool, name: &'static str| {
            let guard = Guard::new(&Options { auto_admin: is_open, ..Options::default() });
            let headers = [(header::HOST, "localhost"), (HeaderName::from_static(name), "8.8.8.8")];
            let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
            guard.check(&Uri::from_static("/api/sessions"), &HeaderMap::from_iter(headers)).is_ok()
        };
        for name in ["x-forwarded-for", "forwarded"] {
            assert!(!served(true, name) && served(false, name), "{name}");
        }
        assert!(served(true, "x-other"));
    }

    #[test]
    fn where_nobody_signs_in_no_page_of_another_site_embeds_data() {
        let served = |is_open: bool, path: &'static str, site: &'static str| {
            let guard = Guard::new(&Options { auto_admin: is_open, ..Options::default() });
            let headers = [(header::HOST, "localhost"), (HeaderName::from_static("sec-fetch-site"), site)];
            let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
            guard.check(&Uri::from_static(path), &HeaderMap::from_iter(headers)).is_ok()
        };
        for (path, is_served) in
            [("/api/sessions", false), ("/hubs/chat", false), ("/", true), ("/apiary", true)]
        {
            assert_eq!(served(true, path, "cross-site"), is_served, "{path}");
        }
        for (is_open, site) in [(true, "same-origin"), (true, "none"), (false, "cross-site")] {
            assert!(served(is_open, "/api/sessions", site), "{site}");
        }
    }
}
