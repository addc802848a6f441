//! Sending messages.

mod send;

pub(crate) use send::Accepted;

use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default().routes(routes!(send::send_message))
}
