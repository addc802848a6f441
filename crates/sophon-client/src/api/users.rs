//! *Admin*: users and roles; and one's own account.

use sophon_api::{
    AccountPatch, CreatedUser, List, NewRole, NewUser, PasswordChange, ResetPassword, Role, RolePatch,
    Secret, User, UserAccount, UserPatch,
};
use sophon_model::{UserId, UserStatus};

use crate::{Client, ClientError};

/// Which users are listed.
#[derive(Clone, Debug, Default)]
pub struct Users {
    /// What the name or the address contains.
    pub search: Option<String>,
    /// With this role.
    pub role: Option<String>,
    /// With this status; all but those that were deleted if absent.
    pub status: Option<UserStatus>,
}

impl Client {
    /// `GET /api/admin/users`, one page, oldest first.
    pub async fn users(
        &self,
        users: &Users,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<UserAccount>, ClientError> {
        let request = self.get(&["api", "admin", "users"])?.query([
            ("q", users.search.clone()),
            ("role", users.role.clone()),
            ("status", users.status.map(|status| status.as_str().to_owned())),
            ("limit", Some(limit.to_string())),
            ("cursor", cursor),
        ]);
        self.fetch(request).await
    }

    /// `POST /api/admin/users`. A password that was generated is in this answer and nowhere else.
    pub async fn create_user(&self, new: &NewUser) -> Result<CreatedUser, ClientError> {
        self.fetch(self.post(&["api", "admin", "users"])?.json(new)).await
    }

    /// `GET /api/admin/users/{id}`.
    pub async fn user(&self, id: &UserId) -> Result<UserAccount, ClientError> {
        self.fetch(self.get(&["api", "admin", "users", id.as_str()])?).await
    }

    /// `PATCH /api/admin/users/{id}`.
    pub async fn update_user(&self, id: &UserId, patch: &UserPatch) -> Result<UserAccount, ClientError> {
        self.fetch(self.patch(&["api", "admin", "users", id.as_str()])?.json(patch)).await
    }

    /// `POST /api/admin/users/{id}/password`: a generated one, which its user has to change.
    pub async fn reset_password(&self, id: &UserId) -> Result<ResetPassword, ClientError> {
        self.fetch(self.post(&["api", "admin", "users", id.as_str(), "password"])?).await
    }

    /// `DELETE /api/admin/users/{id}/second-factor`: for a user who has lost it. All its sign-ins end.
    pub async fn remove_second_factor(&self, id: &UserId) -> Result<(), ClientError> {
        self.execute(self.delete(&["api", "admin", "users", id.as_str(), "second-factor"])?).await
    }

    /// `DELETE /api/admin/users/{id}`. What is the user's own goes to `heir`, who is needed if there is anything.
    pub async fn delete_user(&self, id: &UserId, heir: Option<&UserId>) -> Result<(), ClientError> {
        let request = self.delete(&["api", "admin", "users", id.as_str()])?;
        self.execute(request.query([("reassignTo", heir.map(ToString::to_string))])).await
    }

    /// `POST /api/admin/users/{id}/logout`: ends all sign-ins of a user.
    pub async fn log_out_user(&self, id: &UserId) -> Result<(), ClientError> {
        self.execute(self.post(&["api", "admin", "users", id.as_str(), "logout"])?).await
    }

    /// `GET /api/admin/roles`, one page.
    pub async fn roles(&self, limit: usize, cursor: Option<String>) -> Result<List<Role>, ClientError> {
        let request = self.get(&["api", "admin", "roles"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `POST /api/admin/roles`.
    pub async fn create_role(&self, new: &NewRole) -> Result<Role, ClientError> {
        self.fetch(self.post(&["api", "admin", "roles"])?.json(new)).await
    }

    /// `GET /api/admin/roles/{id}`, by the name of a built-in role or by id.
    pub async fn role(&self, id: &str) -> Result<Role, ClientError> {
        self.fetch(self.get(&["api", "admin", "roles", id])?).await
    }

    /// `PATCH /api/admin/roles/{id}`.
    pub async fn update_role(&self, id: &str, patch: &RolePatch) -> Result<Role, ClientError> {
        self.fetch(self.patch(&["api", "admin", "roles", id])?.json(patch)).await
    }

    /// `DELETE /api/admin/roles/{id}`.
    pub async fn delete_role(&self, id: &str) -> Result<(), ClientError> {
        self.execute(self.delete(&["api", "admin", "roles", id])?).await
    }

    /// `PATCH /api/auth/me`.
    pub async fn update_me(&self, patch: &AccountPatch) -> Result<User, ClientError> {
        self.fetch(self.patch(&["api", "auth", "me"])?.json(patch)).await
    }

    /// `POST /api/auth/password`: ends all other sign-ins.
    pub async fn change_password(&self, current: Secret, new: Secret) -> Result<User, ClientError> {
        let change = PasswordChange { current_password: current, new_password: new };
        self.fetch(self.post(&["api", "auth", "password"])?.json(&change)).await
    }
}
