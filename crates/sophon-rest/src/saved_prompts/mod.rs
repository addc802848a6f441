//! Prompts that people keep to use again.

mod collection;
mod item;

use utoipa_axum::routes;

use crate::class::Class::{Read, Write};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(collection::list_prompts))
        .routes(Write, routes!(collection::create_prompt))
        .routes(Read, routes!(item::get_prompt))
        .routes(Write, routes!(item::update_prompt, item::delete_prompt))
}
