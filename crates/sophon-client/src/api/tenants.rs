//! *Tenants*: those of the deployment and their users.

use sophon_api::{
    CreatedTenant, List, ManagedTenant, NewTenant, NewTenantUser, TenantPatch, TenantUserPatch, UserAccount,
};
use sophon_model::{TenantId, TenantStatus, UserId};

use crate::{Client, ClientError};

/// Which tenants are listed.
#[derive(Clone, Debug, Default)]
pub struct Tenants {
    /// What the name or the slug contains.
    pub search: Option<String>,
    /// With this status.
    pub status: Option<TenantStatus>,
}

/// Which users of a tenant are listed.
#[derive(Clone, Debug, Default)]
pub struct TenantUsers {
    /// What the name or the address contains.
    pub search: Option<String>,
}

impl Client {
    /// `GET /api/admin/tenants`, one page, oldest first.
    pub async fn tenants(
        &self,
        tenants: &Tenants,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<ManagedTenant>, ClientError> {
        let request = self.get(&["api", "admin", "tenants"])?.query([
            ("q", tenants.search.clone()),
            ("status", tenants.status.map(|status| status.as_str().to_owned())),
            ("limit", Some(limit.to_string())),
            ("cursor", cursor),
        ]);
        self.fetch(request).await
    }

    /// `POST /api/admin/tenants`. A password that was generated is in this answer and nowhere else.
    pub async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, ClientError> {
        self.fetch(self.post(&["api", "admin", "tenants"])?.json(new)).await
    }

    /// `GET /api/admin/tenants/{id}`.
    pub async fn tenant(&self, id: &TenantId) -> Result<ManagedTenant, ClientError> {
        self.fetch(self.get(&["api", "admin", "tenants", id.as_str()])?).await
    }

    /// `PATCH /api/admin/tenants/{id}`.
    pub async fn update_tenant(
        &self,
        id: &TenantId,
        patch: &TenantPatch,
    ) -> Result<ManagedTenant, ClientError> {
        self.fetch(self.patch(&["api", "admin", "tenants", id.as_str()])?.json(patch)).await
    }

    /// `DELETE /api/admin/tenants/{id}`: begins to delete a tenant with all that it has.
    pub async fn delete_tenant(&self, id: &TenantId) -> Result<ManagedTenant, ClientError> {
        self.fetch(self.delete(&["api", "admin", "tenants", id.as_str()])?).await
    }

    /// `GET /api/admin/tenants/{id}/users`, one page, those first who joined first.
    pub async fn tenant_users(
        &self,
        id: &TenantId,
        users: &TenantUsers,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<UserAccount>, ClientError> {
        let request = self.get(&["api", "admin", "tenants", id.as_str(), "users"])?;
        let query = [("q", users.search.clone()), ("limit", Some(limit.to_string())), ("cursor", cursor)];
        self.fetch(request.query(query)).await
    }

    /// `POST /api/admin/tenants/{id}/users`: makes a user of the deployment a member.
    pub async fn add_tenant_user(
        &self,
        id: &TenantId,
        new: &NewTenantUser,
    ) -> Result<UserAccount, ClientError> {
        self.fetch(self.post(&["api", "admin", "tenants", id.as_str(), "users"])?.json(new)).await
    }

    /// `PATCH /api/admin/tenants/{id}/users/{userId}`: gives a member another role.
    pub async fn update_tenant_user(
        &self,
        id: &TenantId,
        user: &UserId,
        patch: &TenantUserPatch,
    ) -> Result<UserAccount, ClientError> {
        let place = ["api", "admin", "tenants", id.as_str(), "users", user.as_str()];
        self.fetch(self.patch(&place)?.json(patch)).await
    }

    /// `DELETE /api/admin/tenants/{id}/users/{userId}`. What is the user's own there goes to `heir`, who is needed if there is
    /// anything.
    pub async fn remove_tenant_user(
        &self,
        id: &TenantId,
        user: &UserId,
        heir: Option<&UserId>,
    ) -> Result<(), ClientError> {
        let request = self.delete(&["api", "admin", "tenants", id.as_str(), "users", user.as_str()])?;
        self.execute(request.query([("reassignTo", heir.map(ToString::to_string))])).await
    }
}
