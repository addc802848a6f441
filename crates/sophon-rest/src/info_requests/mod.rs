//! What agents ask the people they work for.

mod answers;
mod reading;

use utoipa_axum::routes;

use crate::class::Class::{Decide, Read};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(reading::list_info_requests))
        .routes(Read, routes!(reading::get_info_request))
        .routes(Decide, routes!(answers::respond_to_info_request))
        .routes(Decide, routes!(answers::cancel_info_request))
}
