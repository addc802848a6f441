//! What agents ask the people they work for.

mod answers;
mod info_request;
mod reading;

use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(reading::list_info_requests))
        .routes(routes!(reading::get_info_request))
        .routes(routes!(answers::respond_to_info_request))
        .routes(routes!(answers::cancel_info_request))
}
