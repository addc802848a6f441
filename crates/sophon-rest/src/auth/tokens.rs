//! One's API tokens.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use sophon_core::identity;
use sophon_model::ApiTokenId;
use utoipa::ToSchema;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};
use crate::list::List;
use crate::time::Time;

/// An API token, without its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiToken {
    #[schema(value_type = String)]
    id: ApiTokenId,
    name: String,
    /// How its secret begins.
    #[schema(example = "sk_3fG9xQ")]
    hint: String,
    created_at: Time,
    /// When it was last used, to the minute.
    #[schema(required)]
    last_used_at: Option<Time>,
    /// When it ends; never if null.
    #[schema(required)]
    expires_at: Option<Time>,
}

impl From<sophon_model::ApiToken> for ApiToken {
    fn from(token: sophon_model::ApiToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            hint: token.hint,
            created_at: token.created_at.into(),
            last_used_at: token.last_used_at.map(Time),
            expires_at: token.expires_at.map(Time),
        }
    }
}

/// An API token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewApiToken {
    /// What to call it: 1 to 100 characters.
    name: String,
    /// After how many days it ends, 1 to 3,650; never if absent.
    expires_in_days: Option<u32>,
}

/// An API token that was just made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreatedApiToken {
    /// The secret, shown this once.
    token: String,
    api_token: ApiToken,
}

/// List one's API tokens, newest first
#[utoipa::path(
    get, path = "/api/auth/tokens", tag = "Identity & auth",
    responses((status = 200, body = List<ApiToken>)),
)]
pub(super) async fn list_api_tokens(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<List<ApiToken>>> {
    let tokens = gateway.identity.api_tokens(&caller).await?;
    Ok(Json(List::whole(tokens.into_iter().map(ApiToken::from))))
}

/// Make an API token
///
/// It carries one's own rights. Its secret is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/api/auth/tokens", tag = "Identity & auth", request_body = NewApiToken,
    responses((status = 201, body = CreatedApiToken)),
)]
pub(super) async fn create_api_token(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewApiToken>,
) -> Result<(StatusCode, Json<CreatedApiToken>)> {
    let new = identity::NewApiToken { name: new.name, expires_in_days: new.expires_in_days };
    let (token, secret) = gateway.identity.create_api_token(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(CreatedApiToken { token: secret, api_token: token.into() })))
}

/// Revoke one of one's API tokens
#[utoipa::path(
    delete, path = "/api/auth/tokens/{id}", tag = "Identity & auth", params(("id" = String, Path)),
    responses((status = 204)),
)]
pub(super) async fn revoke_api_token(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<ApiTokenId>,
) -> Result<StatusCode> {
    gateway.identity.revoke_api_token(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
