//! The users of the tenant.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use sophon_api::{CreatedUser, List, LogOutUser, NewUser, ResetPassword, UserAccount, UserPatch};
use sophon_core::users::UserChange;
use sophon_model::ports::MemberFilter;
use sophon_model::{UserId, UserStatus};

use crate::Api;
use crate::conditions::Conditions;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, OptionalBody, Params};
use crate::list::{Limit, Listing};

/// Which users.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UsersQuery {
    /// What the name or the address contains, whatever the case.
    q: Option<String>,
    /// With this role: the name of a built-in one, or an id.
    role: Option<String>,
    /// With this status; all but those that were deleted if absent.
    status: Option<UserStatus>,
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before, with the same filters. Empty, or none: the first page.
    cursor: Option<String>,
}

/// List the users of the tenant, those first who joined first
#[utoipa::path(
    get, path = "/api/admin/users", tag = "Admin", params(UsersQuery),
    responses((status = 200, body = List<UserAccount>)),
)]
pub(super) async fn list_users(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(query): Params<UsersQuery>,
) -> Result<Json<List<UserAccount>>> {
    let filter = MemberFilter {
        search: query.q.filter(|words| !words.trim().is_empty()),
        role: query.role.map(Into::into),
        status: query.status,
        ..MemberFilter::default()
    };
    let page = list.page(query.limit, query.cursor.as_deref())?;
    let users = gateway.users.list(&caller, filter, page).await?;
    Ok(Json(list.answer(users, UserAccount::from)))
}

/// Make a user
///
/// Its account is managed in this tenant. Its role may include no more than one may do oneself. The user has to change the
/// password at the first sign-in.
#[utoipa::path(
    post, path = "/api/admin/users", tag = "Admin", request_body = NewUser,
    responses((status = 201, body = CreatedUser), (status = 409)),
)]
pub(super) async fn create_user(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewUser>,
) -> Result<Created<CreatedUser>> {
    let created = gateway.users.create(&caller, new.into()).await?;
    Ok(Created::at(format!("/api/admin/users/{}", created.user.id), created.into()))
}

/// Describe a user
#[utoipa::path(
    get, path = "/api/admin/users/{id}", tag = "Admin", params(("id" = UserId, Path, description = "The user.")),
    responses((status = 200, body = UserAccount)),
)]
pub(super) async fn get_user(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<UserId>,
) -> Result<Json<UserAccount>> {
    Ok(Json(gateway.users.get(&caller, &id).await?.into()))
}

/// Change a user
///
/// Its role in this tenant and, if the account is managed here, its name, address, status or password. Whoever may do more
/// than oneself cannot be changed, and the last active administrator stays one. Address and password of a user who is a
/// member of other tenants too are changed by who may do as much there. What the user may do counts at once, on all its
/// connections.
#[utoipa::path(
    patch, path = "/api/admin/users/{id}", tag = "Admin", params(("id" = UserId, Path, description = "The user.")),
    request_body = UserPatch,
    responses((status = 200, body = UserAccount), (status = 409)),
)]
pub(super) async fn update_user(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<UserId>,
    conditions: Conditions,
    Body(patch): Body<UserPatch>,
) -> Result<Json<UserAccount>> {
    let change = UserChange { only_if: conditions.on(UserAccount::from), ..patch.into() };
    Ok(Json(gateway.users.update(&caller, &id, change).await?.into()))
}

/// Who gets what belongs to a user that is deleted.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DeleteUserQuery {
    /// The active user who gets the sessions, discussions, memories and attachments. Needed if there are any; its role must
    /// include `SendMessages`.
    reassign_to: Option<UserId>,
}

/// Delete a user
///
/// Its address is free again, its sign-ins and API tokens end, and its running work is cancelled. What is its own becomes
/// that of `reassignTo`. Nobody deletes themselves, nor the last active administrator. A guest, whose account is managed in
/// another tenant, leaves this one and keeps the account.
#[utoipa::path(
    delete, path = "/api/admin/users/{id}", tag = "Admin",
    params(("id" = UserId, Path, description = "The user."), DeleteUserQuery),
    responses((status = 204), (status = 409), (status = 422)),
)]
pub(super) async fn delete_user(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<UserId>,
    Params(query): Params<DeleteUserQuery>,
) -> Result<StatusCode> {
    gateway.users.delete(&caller, &id, query.reassign_to).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a user a new password
///
/// A generated one in place of one that was forgotten, shown this once. The user has to change it at the next sign-in; all
/// its sign-ins end. One's own is changed with the present one.
#[utoipa::path(
    post, path = "/api/admin/users/{id}/password", tag = "Admin",
    params(("id" = UserId, Path, description = "The user.")),
    responses((status = 200, body = ResetPassword), (status = 409)),
)]
pub(super) async fn reset_user_password(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<UserId>,
) -> Result<Json<ResetPassword>> {
    Ok(Json(gateway.users.reset_password(&caller, &id).await?.into()))
}

/// Remove the second factor of a user
///
/// For one who has lost it. All its sign-ins end; API tokens go on. One's own is switched off with the password and a code.
#[utoipa::path(
    delete, path = "/api/admin/users/{id}/second-factor", tag = "Admin",
    params(("id" = UserId, Path, description = "The user.")),
    responses((status = 204), (status = 409)),
)]
pub(super) async fn remove_second_factor(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<UserId>,
) -> Result<StatusCode> {
    gateway.users.remove_second_factor(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all sign-ins of a user
///
/// Its API tokens go on, unless the request says otherwise.
#[utoipa::path(
    post, path = "/api/admin/users/{id}/logout", tag = "Admin", params(("id" = UserId, Path, description = "The user.")),
    request_body = Option<LogOutUser>,
    responses((status = 204)),
)]
pub(super) async fn log_out_user(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<UserId>,
    OptionalBody(log_out): OptionalBody<LogOutUser>,
) -> Result<StatusCode> {
    gateway.users.end_sign_ins(&caller, &id, log_out.api_tokens).await?;
    Ok(StatusCode::NO_CONTENT)
}
