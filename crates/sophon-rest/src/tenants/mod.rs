//! The tenants of the deployment.

mod collection;
mod item;
mod members;

use utoipa_axum::routes;

use crate::class::Class::{Read, Write};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(collection::list_tenants))
        .routes(Write, routes!(collection::create_tenant))
        .routes(Read, routes!(item::get_tenant))
        .routes(Write, routes!(item::update_tenant, item::delete_tenant))
        .routes(Read, routes!(members::list_tenant_users))
        .routes(Write, routes!(members::add_tenant_user))
        .routes(Read, routes!(members::get_tenant_user))
        .routes(Write, routes!(members::update_tenant_user, members::remove_tenant_user))
}
