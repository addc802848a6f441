//! The roles of the tenant.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{List, NewRole, Role, RolePatch};
use sophon_core::roles::{KnownRole, RoleChange};

use crate::Api;
use crate::conditions::Conditions;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, Params};
use crate::list::{Listing, PageQuery};

/// List the roles: those that are built in, then the tenant's own, oldest first
#[utoipa::path(
    get, path = "/api/admin/roles", tag = "Admin", params(PageQuery),
    responses((status = 200, body = List<Role>)),
)]
pub(super) async fn list_roles(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<Role>>> {
    let roles = gateway.roles.list(&caller).await?;
    let id = |known: &KnownRole| known.role.name().to_owned();
    Ok(Json(list.slice(roles, &page, id, Role::from)?))
}

/// Make a role
///
/// It may include no more than one may do oneself.
#[utoipa::path(
    post, path = "/api/admin/roles", tag = "Admin", request_body = NewRole,
    responses((status = 201, body = Role), (status = 409)),
)]
pub(super) async fn create_role(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewRole>,
) -> Result<Created<Role>> {
    let role: Role = gateway.roles.create(&caller, &new.name, new.permissions).await?.into();
    Ok(Created::at(format!("/api/admin/roles/{}", role.id), role))
}

/// Describe a role
#[utoipa::path(
    get, path = "/api/admin/roles/{id}", tag = "Admin",
    params(("id" = String, Path, description = "The name of a built-in role, or an id.", example = "Operator")),
    responses((status = 200, body = Role)),
)]
pub(super) async fn get_role(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
) -> Result<Json<Role>> {
    Ok(Json(gateway.roles.get(&caller, id.into()).await?.into()))
}

/// Change a role of one's own making
///
/// Its users have the new rights at once. A built-in role stays as it is.
#[utoipa::path(
    patch, path = "/api/admin/roles/{id}", tag = "Admin",
    params(("id" = String, Path, description = "The role, by id.", example = "role_01JZ8Q4V7N3T5M2K9XWBPC6RDE")),
    request_body = RolePatch,
    responses((status = 200, body = Role), (status = 409)),
)]
pub(super) async fn update_role(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
    conditions: Conditions,
    Body(patch): Body<RolePatch>,
) -> Result<Json<Role>> {
    let change = RoleChange { only_if: conditions.on(Role::from), ..patch.into() };
    Ok(Json(gateway.roles.update(&caller, id.into(), change).await?.into()))
}

/// Delete a role that no user has
#[utoipa::path(
    delete, path = "/api/admin/roles/{id}", tag = "Admin",
    params(("id" = String, Path, description = "The role, by id.", example = "role_01JZ8Q4V7N3T5M2K9XWBPC6RDE")),
    responses((status = 204), (status = 409)),
)]
pub(super) async fn delete_role(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
) -> Result<StatusCode> {
    gateway.roles.delete(&caller, id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
