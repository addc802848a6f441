//! All tenants.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sophon_api::{CreatedTenant, List, ManagedTenant, NewTenant};
use sophon_core::tenants;
use sophon_model::TenantStatus;
use sophon_model::ports::TenantFilter;

use crate::Api;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body, Params};
use crate::list::{Limit, Listing};

/// Which tenants.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TenantsQuery {
    /// What the name or the slug contains, whatever the case.
    q: Option<String>,
    /// With this status.
    status: Option<TenantStatus>,
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before, with the same filters. Empty, or none: the first page.
    cursor: Option<String>,
}

/// List the tenants, oldest first
///
/// Takes `ManageTenants`, which counts in the tenant that runs the deployment alone.
#[utoipa::path(
    get, path = "/api/admin/tenants", tag = "Tenants", params(TenantsQuery),
    responses((status = 200, body = List<ManagedTenant>)),
)]
pub(super) async fn list_tenants(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(query): Params<TenantsQuery>,
) -> Result<Json<List<ManagedTenant>>> {
    let search = query.q.filter(|words| !words.trim().is_empty());
    let filter = TenantFilter { search, status: query.status };
    let page = list.page(query.limit, query.cursor.as_deref())?;
    let tenants = gateway.tenants.list(&caller, filter, page).await?;
    Ok(Json(list.answer(tenants, ManagedTenant::from)))
}

/// Make a tenant
///
/// With its first administrator, a user that there is or one that is made with it, and a first agent.
#[utoipa::path(
    post, path = "/api/admin/tenants", tag = "Tenants", request_body = NewTenant,
    responses((status = 201, body = CreatedTenant), (status = 409)),
)]
pub(super) async fn create_tenant(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewTenant>,
) -> Result<Created<CreatedTenant>> {
    let new = tenants::NewTenant::try_from(new)?;
    let created = gateway.tenants.create(&caller, new).await?;
    Ok(Created::at(format!("/api/admin/tenants/{}", created.tenant.id), created.into()))
}
