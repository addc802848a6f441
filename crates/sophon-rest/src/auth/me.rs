//! Who one is.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sophon_core::identity;
use sophon_model::{Permission, TenantId, UserId};
use utoipa::ToSchema;

use crate::Api;
use crate::error::Result;
use crate::extract::Authorized;
use crate::time::Time;
use crate::words;

/// A person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    #[schema(value_type = String)]
    id: UserId,
    /// Lower case.
    email: String,
    /// What others see.
    name: String,
    /// `Admin`, `Operator`, `Viewer`, or the id of a role of the tenant's own.
    role: String,
    tenant: Tenant,
    /// What the role includes.
    #[schema(schema_with = words::permissions)]
    permissions: Vec<&'static str>,
    created_at: Time,
}

/// A tenant.
#[derive(Serialize, ToSchema)]
pub(super) struct Tenant {
    #[schema(value_type = String)]
    id: TenantId,
    /// What stands in addresses and in `X-Sophon-Tenant`.
    slug: String,
    /// What people call it.
    name: String,
}

impl User {
    pub(super) fn new(profile: identity::Profile) -> Self {
        let identity::Profile { user, tenant, permissions } = profile;
        Self {
            permissions: permissions.iter().map(Permission::name).collect(),
            id: user.id,
            email: user.email,
            name: user.name,
            role: user.role.name().to_owned(),
            tenant: Tenant { id: tenant.id, slug: tenant.slug, name: tenant.name },
            created_at: user.created_at.into(),
        }
    }
}

/// Tell who one is and what one may do
#[utoipa::path(get, path = "/api/auth/me", tag = "Identity & auth", responses((status = 200, body = User)))]
pub(super) async fn get_me(State(gateway): Api, Authorized(caller): Authorized) -> Result<Json<User>> {
    Ok(Json(User::new(gateway.identity.me(&caller).await?)))
}
