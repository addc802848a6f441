//! What administrators do.

mod announcements;
mod secrets;

use utoipa_axum::routes;

use crate::class::Class::{Read, Write};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Write, routes!(announcements::announce))
        .routes(Read, routes!(secrets::get_secrets_state))
        .routes(Write, routes!(secrets::rotate_master_key))
}
