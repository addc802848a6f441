//! Signing in and out, sign-ins, API tokens, and who one is.

mod config;
mod login;
mod me;
mod sign_ins;
mod tokens;

use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(config::get_auth_config))
        .routes(routes!(login::login))
        .routes(routes!(login::refresh))
        .routes(routes!(login::logout))
        .routes(routes!(me::get_me))
        .routes(routes!(sign_ins::list_auth_sessions))
        .routes(routes!(sign_ins::revoke_auth_session))
        .routes(routes!(tokens::list_api_tokens, tokens::create_api_token))
        .routes(routes!(tokens::revoke_api_token))
}
