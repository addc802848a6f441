//! Signing in at identity providers.
//!
//! The browser keeps what binds a sign-in to it in a cookie that no page can read and that other sites do not send. It is good
//! for nothing but to finish that sign-in: no other request looks at it.

use axum::Json;
use axum::extract::State;
use axum::response::AppendHeaders;
use http::header::{COOKIE, HeaderName, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use sophon_api::{BeginOidc, BegunOidc, FinishOidc, FinishedOidc, LinkOidc, OidcSignOut};
use sophon_core::identity::oidc::SignInAnswer;

use crate::Api;
use crate::error::Result;
use crate::extract::{Account, Body, Device, Id, OptionalBody, Tenant};

/// The cookie, over TLS: browsers take it from this host alone.
const SECURE: &str = "__Host-sophon-sign-in";
/// The cookie where there is no TLS, that is on this machine.
const PLAIN: &str = "sophon-sign-in";

/// An answer that sets the cookie.
type WithCookie<T> = (AppendHeaders<[(HeaderName, String); 1]>, Json<T>);

/// Begin to sign in at an identity provider
///
/// The browser goes on to `authorizationUrl`, and comes back to `/sign-in/{provider}` of the dashboard with a code. A cookie binds the
/// sign-in to the browser, for ten minutes.
#[utoipa::path(
    post, path = "/api/auth/oidc/{provider}/begin", tag = "Identity & auth", security(()), request_body = Option<BeginOidc>,
    params(("provider" = String, Path, description = "The provider, as `GET /api/auth/config` lists it.")),
    responses((status = 200, body = BegunOidc), (status = 404), (status = 502)),
)]
pub(super) async fn begin_oidc(
    State(gateway): Api,
    Id(provider): Id<String>,
    Device(device): Device,
    OptionalBody(begin): OptionalBody<BeginOidc>,
) -> Result<WithCookie<BegunOidc>> {
    let begun = gateway.oidc.begin(&provider, begin.return_to, &device).await?;
    let is_secure = gateway.oidc.is_secure(&provider)?;
    let cookie = cookie(is_secure, &begun.kept, begun.for_seconds);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Json(begun.into())))
}

/// Finish to sign in at an identity provider
///
/// In the browser that began it, with what the address says that it came back to. 403 with `link_required` if there is an account
/// with the person's e-mail address that is not connected yet: sign in with its password, and connect it with the `linkToken` of
/// the details.
#[utoipa::path(
    post, path = "/api/auth/oidc/{provider}/finish", tag = "Identity & auth", security(()), request_body = FinishOidc,
    params(("provider" = String, Path, description = "The provider.")),
    responses((status = 200, body = FinishedOidc), (status = 404), (status = 502)),
)]
pub(super) async fn finish_oidc(
    State(gateway): Api,
    Id(provider): Id<String>,
    Device(device): Device,
    Tenant(tenant): Tenant,
    headers: HeaderMap,
    Body(finish): Body<FinishOidc>,
) -> Result<WithCookie<FinishedOidc>> {
    let is_secure = gateway.oidc.is_secure(&provider)?;
    let answer = SignInAnswer {
        kept: kept(&headers, name(is_secure)),
        state: finish.state,
        code: finish.code.map(sophon_api::Secret::into_revealed),
        issuer: finish.iss,
        device,
        tenant,
    };
    let finished = gateway.oidc.finish(&provider, answer).await?;
    Ok((AppendHeaders([(SET_COOKIE, cookie(is_secure, "", 0))]), Json(finished.into())))
}

/// Connect an identity with one's own account
///
/// From then on it signs in to the account. Not with an API token.
#[utoipa::path(
    post, path = "/api/auth/oidc/{provider}/link", tag = "Identity & auth", request_body = LinkOidc,
    params(("provider" = String, Path, description = "The provider.")),
    responses((status = 204), (status = 404), (status = 409)),
)]
pub(super) async fn link_oidc(
    State(gateway): Api,
    Id(provider): Id<String>,
    Account(caller): Account,
    Body(link): Body<LinkOidc>,
) -> Result<StatusCode> {
    gateway.oidc.link(&caller, &provider, link.link_token.reveal()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tell where one signs out at an identity provider
///
/// Signing out of the gateway leaves the browser signed in there.
#[utoipa::path(
    get, path = "/api/auth/oidc/{provider}/sign-out", tag = "Identity & auth", security(()),
    params(("provider" = String, Path, description = "The provider.")),
    responses((status = 200, body = OidcSignOut), (status = 404), (status = 502)),
)]
pub(super) async fn get_oidc_sign_out(
    State(gateway): Api,
    Id(provider): Id<String>,
) -> Result<Json<OidcSignOut>> {
    Ok(Json(OidcSignOut { url: gateway.oidc.sign_out_url(&provider).await? }))
}

fn name(is_secure: bool) -> &'static str {
    if is_secure { SECURE } else { PLAIN }
}

fn cookie(is_secure: bool, value: &str, for_seconds: u64) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    let name = name(is_secure);
    format!("{name}={value}; Path=/; Max-Age={for_seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// What the browser has kept under this name. Nothing, if it has kept two: which one counts is not for us to choose.
fn kept(headers: &HeaderMap, name: &str) -> Option<String> {
    let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_of_the_name_is_read() {
        let headers = |values: &[&'static str]| {
            values.iter().map(|value| (COOKIE, value.parse().unwrap())).collect::<HeaderMap>()
        };
        assert_eq!(kept(&headers(&["a=b; sophon-sign-in=AA+/=="]), PLAIN).as_deref(), Some("AA+/=="));
        assert_eq!(kept(&headers(&["a=b"]), PLAIN), None);
        assert_eq!(kept(&headers(&["sophon-sign-in=a; sophon-sign-in=b"]), PLAIN), None);
        assert_eq!(kept(&headers(&["sophon-sign-in=a"]), SECURE), None);
    }
}
