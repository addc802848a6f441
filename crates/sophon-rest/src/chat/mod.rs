//! Sending messages.

mod send;

use utoipa_axum::routes;

use crate::class::Class::Chat;
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default().routes(Chat, routes!(send::send_message))
}
