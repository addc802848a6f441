//! One tenant.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{ManagedTenant, TenantPatch};
use sophon_core::tenants::TenantChange;
use sophon_model::TenantId;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// Describe a tenant
#[utoipa::path(
    get, path = "/api/admin/tenants/{id}", tag = "Tenants",
    params(("id" = TenantId, Path, description = "The tenant.")),
    responses((status = 200, body = ManagedTenant)),
)]
pub(super) async fn get_tenant(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<TenantId>,
) -> Result<Json<ManagedTenant>> {
    Ok(Json(gateway.tenants.get(&caller, &id).await?.into()))
}

/// Change a tenant
///
/// Its name, slug, description or status. The members of a tenant that is disabled are out within a second on all their
/// connections, its nodes too, and its running work is cancelled; everything is kept. The tenant that runs the deployment
/// is not disabled.
#[utoipa::path(
    patch, path = "/api/admin/tenants/{id}", tag = "Tenants",
    params(("id" = TenantId, Path, description = "The tenant.")), request_body = TenantPatch,
    responses((status = 200, body = ManagedTenant), (status = 409)),
)]
pub(super) async fn update_tenant(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<TenantId>,
    conditions: Conditions,
    Body(patch): Body<TenantPatch>,
) -> Result<Json<ManagedTenant>> {
    let change = TenantChange { only_if: conditions.on(ManagedTenant::from), ..patch.into() };
    Ok(Json(gateway.tenants.update(&caller, &id, change).await?.into()))
}

/// Delete a tenant with all that it has
///
/// It must be disabled. Its sessions, agents, memories, files, nodes and all else are deleted, and the accounts of users who
/// are members of no other tenant. That goes on after the answer; meanwhile the status is `deleting`, and then the tenant is
/// gone. It cannot be undone.
#[utoipa::path(
    delete, path = "/api/admin/tenants/{id}", tag = "Tenants",
    params(("id" = TenantId, Path, description = "The tenant.")),
    responses((status = 202, body = ManagedTenant), (status = 409)),
)]
pub(super) async fn delete_tenant(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<TenantId>,
) -> Result<(StatusCode, Json<ManagedTenant>)> {
    let deleting = gateway.tenants.delete(&caller, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(deleting.into())))
}
