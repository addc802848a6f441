//! Users and roles by what people call them.

use sophon_api::{Role, UserAccount};
use sophon_client::{Users, collect};
use sophon_model::{Id, RoleId, UserId};

use crate::cli::context::Context;
use crate::cli::screen::one_line;
use crate::cli::stop::Stop;

/// Roles that are looked through for a name: as many as a tenant may have, and those that are built in.
const MOST_ROLES: usize = 1_010;
/// Users whose addresses contain the wanted one, and are looked through for it.
const MOST_USERS: usize = 1_000;

/// The roles of the tenant.
pub struct Roles(Vec<Role>);

impl Roles {
    /// All of them.
    pub async fn of(context: &Context) -> Result<Self, Stop> {
        let roles = collect(MOST_ROLES, |size, cursor| context.client.roles(size, cursor)).await?;
        Ok(Self(roles.items))
    }

    /// Those that say what these users' roles are called: none are asked for where all have a built-in one.
    pub async fn of_users(context: &Context, users: &[UserAccount]) -> Result<Self, Stop> {
        if users.iter().any(|user| user.role.starts_with(RoleId::PREFIX)) {
            Self::of(context).await
        } else {
            Ok(Self(Vec::new()))
        }
    }

    /// What people call the user's role.
    pub fn name_of(&self, user: &UserAccount) -> String {
        let role = self.0.iter().find(|role| role.id == user.role);
        one_line(role.map_or(&user.role, |role| &role.name))
    }
}

/// What requests call a role: of a name in any case, or of an id.
pub async fn role_id(context: &Context, role: &str) -> Result<String, Stop> {
    let built_in = sophon_model::Role::BUILT_IN.iter().map(sophon_model::Role::name);
    if let Some(name) = built_in.into_iter().find(|name| name.eq_ignore_ascii_case(role)) {
        return Ok(name.to_owned());
    }
    if role.starts_with(RoleId::PREFIX) {
        return Ok(role.to_owned());
    }
    let Roles(roles) = Roles::of(context).await?;
    let exact = roles.iter().find(|known| known.name == role);
    let found = exact.or_else(|| roles.iter().find(|known| known.name.to_lowercase() == role.to_lowercase()));
    found.map(|known| known.id.clone()).ok_or_else(|| {
        Stop::failed(format!("there is no role {}", one_line(role)))
            .hint("`sophon admin roles` lists what there is.")
    })
}

/// The id of a user: of an e-mail address in any case, or the id itself.
pub async fn user_id(context: &Context, user: &str) -> Result<UserId, Stop> {
    if !user.contains('@') {
        return Ok(UserId::from(user));
    }
    let wanted = user.trim().to_lowercase();
    let users = Users { search: Some(wanted.clone()), ..Users::default() };
    let found = collect(MOST_USERS, |size, cursor| context.client.users(&users, size, cursor)).await?;
    let found = found.items.into_iter().find(|user| user.email == wanted);
    found.map(|user| user.id).ok_or_else(|| {
        Stop::failed(format!("there is no user {}", one_line(user)))
            .hint("`sophon admin users` lists what there is.")
    })
}
