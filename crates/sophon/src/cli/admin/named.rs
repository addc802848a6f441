//! Users, roles and tenants by what people call them.

use sophon_client::{TenantUsers, Tenants, Users, collect};
use sophon_model::{Id, RoleId, TenantId, UserId};

use crate::cli::context::Context;
use crate::cli::screen::one_line;
use crate::cli::stop::Stop;

/// Roles that are looked through for a name: as many as a tenant may have, and those that are built in.
const MOST_ROLES: usize = 1_010;
/// Users whose addresses contain the wanted one, and are looked through for it.
const MOST_USERS: usize = 1_000;
/// Tenants whose names or slugs contain the wanted one, and are looked through for it.
const MOST_TENANTS: usize = 1_000;

/// What requests call a role: of a name in any case, or of an id.
pub async fn role_id(context: &Context, role: &str) -> Result<String, Stop> {
    if let Some(name) = built_in_role(role) {
        return Ok(name);
    }
    if role.starts_with(RoleId::PREFIX) {
        return Ok(role.to_owned());
    }
    let roles = collect(MOST_ROLES, |size, cursor| context.client.roles(size, cursor)).await?.items;
    let exact = roles.iter().find(|known| known.name == role);
    let found = exact.or_else(|| roles.iter().find(|known| known.name.to_lowercase() == role.to_lowercase()));
    found.map(|known| known.id.clone()).ok_or_else(|| {
        Stop::failed(format!("there is no role {}", one_line(role)))
            .hint("`sophon admin roles` lists what there is.")
    })
}

/// The name of a role that is built in, whatever the case.
pub fn built_in_role(role: &str) -> Option<String> {
    let names = sophon_model::Role::BUILT_IN.map(String::from);
    names.into_iter().find(|name| name.eq_ignore_ascii_case(role))
}

/// The id of a user: of an e-mail address in any case, or the id itself.
pub async fn user_id(context: &Context, user: &str) -> Result<UserId, Stop> {
    let Some(wanted) = address(user) else { return Ok(UserId::from(user)) };
    let users = Users { search: Some(wanted.clone()), ..Users::default() };
    let found = collect(MOST_USERS, |size, cursor| context.client.users(&users, size, cursor)).await?;
    let found = found.items.into_iter().find(|user| user.email == wanted);
    found.map(|user| user.id).ok_or_else(|| {
        Stop::failed(format!("there is no user {}", one_line(user)))
            .hint("`sophon admin users` lists what there is.")
    })
}

/// The id of a tenant: of a slug, or the id itself.
pub async fn tenant_id(context: &Context, tenant: &str) -> Result<TenantId, Stop> {
    if tenant.starts_with(TenantId::PREFIX) {
        return Ok(TenantId::from(tenant));
    }
    let tenants = Tenants { search: Some(tenant.to_owned()), status: None };
    let found = collect(MOST_TENANTS, |size, cursor| context.client.tenants(&tenants, size, cursor)).await?;
    let found = found.items.into_iter().find(|known| known.slug == tenant);
    found.map(|tenant| tenant.id).ok_or_else(|| {
        Stop::failed(format!("there is no tenant {}", one_line(tenant)))
            .hint("`sophon admin tenants` lists what there is.")
    })
}

/// The id of a member of a tenant: of an e-mail address in any case, or the id itself.
pub async fn member_id(context: &Context, tenant: &TenantId, user: &str) -> Result<UserId, Stop> {
    let Some(wanted) = address(user) else { return Ok(UserId::from(user)) };
    let users = TenantUsers { search: Some(wanted.clone()) };
    let found =
        collect(MOST_USERS, |size, cursor| context.client.tenant_users(tenant, &users, size, cursor)).await?;
    let found = found.items.into_iter().find(|user| user.email == wanted);
    found.map(|user| user.id).ok_or_else(|| {
        Stop::failed(format!("the tenant has no user {}", one_line(user)))
            .hint("`sophon admin tenants users TENANT` lists who is in it.")
    })
}

/// The e-mail address as it is stored, if that is what was typed.
pub fn address(user: &str) -> Option<String> {
    user.contains('@').then(|| user.trim().to_lowercase())
}
