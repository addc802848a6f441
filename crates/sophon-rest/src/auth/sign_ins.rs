//! One's sign-ins: the devices that hold a chain of refresh tokens.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use sophon_model::{AuthSessionId, Caller, Credential};
use utoipa::ToSchema;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Id};
use crate::list::List;
use crate::time::Time;

/// A sign-in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthSession {
    #[schema(value_type = String)]
    id: AuthSessionId,
    /// The device, as it named itself.
    #[schema(required)]
    user_agent: Option<String>,
    /// Where it signed in from.
    #[schema(required)]
    address: Option<String>,
    created_at: Time,
    /// When it last refreshed its tokens.
    last_seen_at: Time,
    /// When it ends unless it refreshes before.
    expires_at: Time,
    /// Whether it is the one that this request lives by.
    current: bool,
}

impl AuthSession {
    fn new(session: sophon_model::AuthSession, caller: &Caller) -> Self {
        Self {
            current: matches!(&caller.credential, Credential::Access(id, _) if *id == session.id),
            id: session.id,
            user_agent: session.user_agent,
            address: session.address,
            created_at: session.created_at.into(),
            last_seen_at: session.last_seen_at.into(),
            expires_at: session.expires_at.into(),
        }
    }
}

/// List one's live sign-ins, last seen first
#[utoipa::path(
    get, path = "/api/auth/sessions", tag = "Identity & auth",
    responses((status = 200, body = List<AuthSession>)),
)]
pub(super) async fn list_auth_sessions(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<List<AuthSession>>> {
    let sign_ins = gateway.identity.sign_ins(&caller).await?;
    Ok(Json(List::whole(sign_ins.into_iter().map(|session| AuthSession::new(session, &caller)))))
}

/// End one of one's sign-ins
#[utoipa::path(
    delete, path = "/api/auth/sessions/{id}", tag = "Identity & auth", params(("id" = String, Path)),
    responses((status = 204)),
)]
pub(super) async fn revoke_auth_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<AuthSessionId>,
) -> Result<StatusCode> {
    gateway.identity.revoke_sign_in(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
