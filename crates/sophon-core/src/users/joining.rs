//! Becoming a user, and a member of a tenant.

use sophon_model::{Error, Member, Membership, Result, Role, TenantId, User, UserId, UserStatus};

use crate::database::Unit;
use crate::identity::member;

/// An account to be made. Somebody else has chosen the password.
#[derive(Clone)]
pub(crate) struct NewAccount {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) password_hash: String,
}

/// Makes an account whose home is this tenant. What comes back holds no secret.
pub(crate) fn register_in(
    unit: &mut Unit<'_>,
    new: NewAccount,
    home: &TenantId,
    role: Role,
) -> Result<Member> {
    let now = unit.now();
    let user = User {
        id: new.id,
        tenant_id: home.clone(),
        email: new.email,
        name: new.name,
        status: UserStatus::Active,
        password_hash: new.password_hash,
        password_due: true,
        created_at: now,
        updated_at: now,
    };
    unit.tx.insert(&user)?;
    join_in(unit, home, &user.id, role)
}

/// Makes a user a member of a tenant. A conflict if it is one.
pub(crate) fn join_in(unit: &mut Unit<'_>, tenant: &TenantId, user: &UserId, role: Role) -> Result<Member> {
    let now = unit.now();
    let (tenant_id, user_id) = (tenant.clone(), user.clone());
    unit.tx.insert(&Membership { tenant_id, user_id, role, created_at: now, updated_at: now })?;
    member(&*unit.tx, tenant, user)?.ok_or_else(|| Error::not_found("user"))
}
