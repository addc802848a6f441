//! What administrators do.

mod announcements;
mod audit;
mod roles;
mod secrets;
mod users;

use utoipa_axum::routes;

use crate::class::Class::{Expensive, Read, Write};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Write, routes!(announcements::announce))
        .routes(Read, routes!(audit::list_audit_entries))
        .routes(Expensive, routes!(audit::export_audit_log))
        .routes(Read, routes!(secrets::get_secrets_state))
        .routes(Write, routes!(secrets::rotate_master_key))
        .routes(Read, routes!(users::list_users))
        .routes(Write, routes!(users::create_user))
        .routes(Read, routes!(users::get_user))
        .routes(Write, routes!(users::update_user, users::delete_user))
        .routes(Write, routes!(users::reset_user_password))
        .routes(Write, routes!(users::remove_second_factor))
        .routes(Write, routes!(users::log_out_user))
        .routes(Read, routes!(roles::list_roles))
        .routes(Write, routes!(roles::create_role))
        .routes(Read, routes!(roles::get_role))
        .routes(Write, routes!(roles::update_role, roles::delete_role))
}
