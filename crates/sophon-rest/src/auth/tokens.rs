//! One's API tokens.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{ApiToken, CreatedApiToken, List, NewApiToken};
use sophon_model::ApiTokenId;

use crate::Api;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, Params};
use crate::list::{Listing, PageQuery};

/// List one's API tokens, newest first
#[utoipa::path(
    get, path = "/api/auth/tokens", tag = "Identity & auth", params(PageQuery),
    responses((status = 200, body = List<ApiToken>)),
)]
pub(super) async fn list_api_tokens(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<ApiToken>>> {
    let tokens = gateway.identity.api_tokens(&caller).await?;
    Ok(Json(list.slice(tokens, &page, |token| token.id.to_string(), ApiToken::from)?))
}

/// Make an API token
///
/// It carries one's own rights, or those of them that `permissions` names. Its secret is in this answer and nowhere else.
/// One that is made with a token can do no more than that one, ends no later, and falls with it.
#[utoipa::path(
    post, path = "/api/auth/tokens", tag = "Identity & auth", request_body = NewApiToken,
    responses((status = 201, body = CreatedApiToken)),
)]
pub(super) async fn create_api_token(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewApiToken>,
) -> Result<Created<CreatedApiToken>> {
    let (token, secret) = gateway.identity.create_api_token(&caller, new.try_into()?).await?;
    let place = format!("/api/auth/tokens/{}", token.id);
    Ok(Created::at(place, CreatedApiToken { token: secret.into(), api_token: token.into() }))
}

/// Revoke one of one's API tokens
#[utoipa::path(
    delete, path = "/api/auth/tokens/{id}", tag = "Identity & auth", params(("id" = ApiTokenId, Path, description = "The API token.")),
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
