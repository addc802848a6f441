//! The users of a tenant, as those assign them who run the deployment.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use sophon_api::{List, NewTenantUser, TenantUserPatch, UserAccount};
use sophon_core::tenants::{MembershipChange, NewMember};
use sophon_model::ports::MemberFilter;
use sophon_model::{TenantId, UserId};

use crate::Api;
use crate::conditions::Conditions;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, Ids, Params};
use crate::list::{Limit, Listing};

/// Which users.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TenantUsersQuery {
    /// What the name or the address contains, whatever the case.
    q: Option<String>,
    /// With this role: the name of a built-in one, or an id.
    role: Option<String>,
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before, with the same filters. Empty, or none: the first page.
    cursor: Option<String>,
}

/// List the users of a tenant, those first who joined first
#[utoipa::path(
    get, path = "/api/admin/tenants/{id}/users", tag = "Tenants",
    params(("id" = TenantId, Path, description = "The tenant."), TenantUsersQuery),
    responses((status = 200, body = List<UserAccount>)),
)]
pub(super) async fn list_tenant_users(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<TenantId>,
    list: Listing,
    Params(query): Params<TenantUsersQuery>,
) -> Result<Json<List<UserAccount>>> {
    let filter = MemberFilter {
        search: query.q.filter(|words| !words.trim().is_empty()),
        role: query.role.map(Into::into),
        ..MemberFilter::default()
    };
    let page = list.page(query.limit, query.cursor.as_deref())?;
    let users = gateway.tenants.members(&caller, &id, filter, page).await?;
    Ok(Json(list.answer(users, UserAccount::from)))
}

/// Assign a user of the deployment to a tenant
///
/// The user acts in it from then on when a request names it; the account stays where it is managed. In the tenant that runs
/// the deployment nobody gives a role that may do more than oneself.
#[utoipa::path(
    post, path = "/api/admin/tenants/{id}/users", tag = "Tenants",
    params(("id" = TenantId, Path, description = "The tenant.")), request_body = NewTenantUser,
    responses((status = 201, body = UserAccount), (status = 409)),
)]
pub(super) async fn add_tenant_user(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<TenantId>,
    Body(new): Body<NewTenantUser>,
) -> Result<Created<UserAccount>> {
    let user = gateway.tenants.add_member(&caller, &id, NewMember::try_from(new)?).await?;
    Ok(Created::at(format!("/api/admin/tenants/{id}/users/{}", user.id), user.into()))
}

/// Describe a user of a tenant
#[utoipa::path(
    get, path = "/api/admin/tenants/{id}/users/{userId}", tag = "Tenants",
    params(("id" = TenantId, Path, description = "The tenant."), ("userId" = UserId, Path, description = "The user.")),
    responses((status = 200, body = UserAccount)),
)]
pub(super) async fn get_tenant_user(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Ids(id, user): Ids<TenantId, UserId>,
) -> Result<Json<UserAccount>> {
    Ok(Json(gateway.tenants.member(&caller, &id, &user).await?.into()))
}

/// Give a user another role in a tenant
///
/// It counts at once, on all its connections. A tenant keeps an active administrator.
#[utoipa::path(
    patch, path = "/api/admin/tenants/{id}/users/{userId}", tag = "Tenants",
    params(("id" = TenantId, Path, description = "The tenant."), ("userId" = UserId, Path, description = "The user.")),
    request_body = TenantUserPatch,
    responses((status = 200, body = UserAccount), (status = 409)),
)]
pub(super) async fn update_tenant_user(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Ids(id, user): Ids<TenantId, UserId>,
    conditions: Conditions,
    Body(patch): Body<TenantUserPatch>,
) -> Result<Json<UserAccount>> {
    let change = MembershipChange { role: patch.role.into(), only_if: conditions.on(UserAccount::from) };
    Ok(Json(gateway.tenants.change_member(&caller, &id, &user, change).await?.into()))
}

/// Who gets what belongs to a user that leaves a tenant.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RemoveUserQuery {
    /// The active user of the tenant who gets the sessions, discussions, memories and attachments there. Needed if there are
    /// any.
    reassign_to: Option<UserId>,
}

/// Remove a user from a tenant
///
/// Its API tokens there end, its running work there is cancelled, and it acts there no longer. Not from the tenant in which
/// its account is managed: there an administrator deletes it.
#[utoipa::path(
    delete, path = "/api/admin/tenants/{id}/users/{userId}", tag = "Tenants",
    params(
        ("id" = TenantId, Path, description = "The tenant."), ("userId" = UserId, Path, description = "The user."),
        RemoveUserQuery,
    ),
    responses((status = 204), (status = 409), (status = 422)),
)]
pub(super) async fn remove_tenant_user(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Ids(id, user): Ids<TenantId, UserId>,
    Params(query): Params<RemoveUserQuery>,
) -> Result<StatusCode> {
    gateway.tenants.remove_member(&caller, &id, &user, query.reassign_to).await?;
    Ok(StatusCode::NO_CONTENT)
}
