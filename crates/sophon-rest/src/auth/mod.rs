//! Signing in and out, sign-ins, API tokens, and who one is.

mod bootstrap;
mod config;
mod login;
mod me;
mod oidc;
mod password;
mod second_factor;
mod sign_ins;
mod tokens;

use utoipa_axum::routes;

use crate::class::Class::{Read, Write};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(bootstrap::get_bootstrap))
        .routes(Read, routes!(config::get_auth_config))
        .unkeyed(Write, routes!(login::login))
        .unkeyed(Write, routes!(login::second_step))
        .unkeyed(Write, routes!(login::refresh))
        .unkeyed(Write, routes!(login::logout))
        .unkeyed(Write, routes!(oidc::begin_oidc))
        .unkeyed(Write, routes!(oidc::finish_oidc))
        .unkeyed(Write, routes!(oidc::link_oidc))
        .routes(Read, routes!(oidc::get_oidc_sign_out))
        .routes(Read, routes!(me::get_me))
        .routes(Write, routes!(me::update_me))
        .unkeyed(Write, routes!(password::change_password))
        .routes(Read, routes!(second_factor::get_second_factor))
        .unkeyed(Write, routes!(second_factor::begin_second_factor))
        .unkeyed(Write, routes!(second_factor::confirm_second_factor))
        .unkeyed(Write, routes!(second_factor::renew_recovery_codes))
        .unkeyed(Write, routes!(second_factor::disable_second_factor))
        .routes(Read, routes!(sign_ins::list_auth_sessions))
        .routes(Write, routes!(sign_ins::revoke_auth_session))
        .routes(Read, routes!(tokens::list_api_tokens))
        .routes(Write, routes!(tokens::create_api_token))
        .routes(Write, routes!(tokens::revoke_api_token))
}
