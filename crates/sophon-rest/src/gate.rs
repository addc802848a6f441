//! What every REST request passes before its handler, in this order: draining, who asks, how often, which tenant.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, Method, Uri};
use serde_objects::Unfit;
use sophon_api::Failure;
use sophon_core::Gateway;
use sophon_core::audit::Refused;
use sophon_core::identity::Identified;
use sophon_core::lifecycle::Lifecycle;
use sophon_core::network::ClientAddress;
use sophon_core::rates::{Allowance, Asker};
use sophon_model::Kind;

use crate::class::{Rule, Rules, rule_of};
use crate::conditions::{self, Asked};
use crate::error::{ApiError, Result, whole_seconds};
use crate::extract::{identify, origin, refused};
use crate::idempotency;

/// How many requests of the kind fit at once, how many are left, and in how many seconds all of them are again.
pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
pub(crate) const RATE_REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
pub(crate) const RATE_RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

pub(crate) struct Gate {
    gateway: Gateway,
    rules: Rules,
}

impl Gate {
    pub(crate) fn new(gateway: Gateway, rules: Rules) -> Self {
        Self { gateway, rules }
    }
}

/// Lets a request through, with the outcome of its identification as an extension.
pub(crate) async fn admit(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Result<Response> {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let rule = route.as_ref().and_then(|route| rule_of(&gate.rules, request.method(), route.as_str()));
    refuse_while_draining(&gate.gateway.lifecycle, rule)?;
    let origin = origin(request.extensions());
    let identified = identify(&gate.gateway, request.headers()).await?.from(&origin);
    let who = identified.clone();
    let (method, target) = (request.method().clone(), request.uri().path().to_owned());
    let response = pass(&gate, rule, identified, request, next).await.into_response();
    // What is sent to sign in is told of where it is judged.
    let is_sign_in = method == Method::POST && rule.is_some_and(|rule| rule.is_public);
    if let Some(Failure(error)) = response.extensions().get()
        && Refused::is_one(&who, error)
        && !is_sign_in
    {
        let route = route.as_ref().map_or("", MatchedPath::as_str);
        let operation = format!("{method} {route}");
        let (identified, origin) = (&who, &origin);
        gate.gateway.audit.refuse(Refused {
            identified,
            origin,
            operation: &operation,
            target: &target,
            error,
        });
    }
    Ok(response)
}

/// Counts a request, and serves it if it is not too many.
async fn pass(
    gate: &Gate,
    rule: Option<&Rule>,
    identified: Identified,
    request: Request,
    next: Next,
) -> Result<Response> {
    let Some(rate) = rule.and_then(|rule| rule.class.rate()) else {
        return serve(rule, identified, request, next).await;
    };
    let address = request.extensions().get::<ClientAddress>().and_then(|address| address.0);
    let asker = Asker::of(&identified, address);
    let mut response = match gate.gateway.rates.check(rate, &asker) {
        Ok(()) => serve(rule, identified, request, next).await.into_response(),
        Err(error) => ApiError::from(error).into_response(),
    };
    if let Some(allowance) = gate.gateway.rates.allowance(rate, &asker) {
        add_allowance(response.headers_mut(), &allowance);
    }
    Ok(response)
}

/// Serves a request that is not too many.
async fn serve(
    rule: Option<&Rule>,
    mut identified: Identified,
    mut request: Request,
    next: Next,
) -> Result<Response> {
    let mut key = None;
    if let Identified::Outsider(outsider) = &identified {
        return Err(outsider.refusal().into());
    }
    // An anonymous caller belongs to no tenant; what is public is the same for all of them.
    if let Identified::Caller(caller) | Identified::PasswordDue(caller) = &mut identified
        && rule.is_some_and(|rule| rule.takes_key)
    {
        (request, key) = idempotency::take(request).await?;
        caller.request_key.clone_from(&key);
    }
    // A caller that must sign in first gets that error first.
    let is_known = !matches!(identified, Identified::Nobody | Identified::Rejected);
    if let Some(rule) = rule.filter(|rule| is_known || rule.is_public) {
        require_known_query(&rule.query, request.uri())?;
        conditions::require_known(request.method(), request.headers())?;
    }
    request.extensions_mut().insert(identified);
    let asked = Asked::of(&request);
    let mut response = asked.tagged(next.run(request).await).await;
    if key.is_some_and(|key| key.is_replayed()) {
        idempotency::mark_replayed(&mut response);
    }
    Ok(response)
}

/// Refuses a parameter that the operation does not have: a misspelt filter is an error rather than no filter.
fn require_known_query(known: &[String], uri: &Uri) -> Result<()> {
    let query = uri.query().unwrap_or_default();
    let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    match names.find(|name| !known.iter().any(|known| known == name)) {
        None => Ok(()),
        Some(name) => Err(refused(Kind::InvalidRequest, Unfit::unknown(&name, known)).into()),
    }
}

fn add_allowance(headers: &mut HeaderMap, allowance: &Allowance) {
    headers.insert(RATE_LIMIT, allowance.limit.into());
    headers.insert(RATE_REMAINING, allowance.remaining.into());
    headers.insert(RATE_RESET, whole_seconds(allowance.full_in).into());
}

/// What is begun already may be decided, cancelled and looked at to the end, and signing out works.
fn refuse_while_draining(lifecycle: &Lifecycle, rule: Option<&Rule>) -> Result<()> {
    if rule.is_some_and(|rule| rule.class.is_new_work()) {
        lifecycle.require_accepting()?;
    }
    Ok(())
}
