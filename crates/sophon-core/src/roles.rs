//! The roles of a tenant: those that are built in, and those of its own.

use std::sync::Arc;

use serde_json::json;
use sophon_model::ports::{MemberFilter, Tx, every};
use sophon_model::{
    AuditAction, Caller, CustomRole, Error, Kind, Member, Permission, Permissions, Result, Role, RoleId,
    TenantId, Timestamp,
};

use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::identity::{Identity, role_permissions};
use crate::limits;
use crate::only_if::OnlyIf;
use crate::policy::{Create, Granted, Read, Write, allow, grant, visible};

/// Roles of its own that a tenant may have.
const MOST_ROLES: usize = 1_000;
/// Users of a role to whom a change of it is announced at a time.
const MOST_USERS: usize = 10_000;

/// A role as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownRole {
    /// The role.
    pub role: Role,
    /// What people call it.
    pub name: String,
    /// What it includes.
    pub permissions: Permissions,
    /// When it was made and last changed; absent for one that is built in.
    pub times: Option<(Timestamp, Timestamp)>,
}

/// What is to change of a role; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct RoleChange {
    /// What people call it.
    pub name: Option<String>,
    /// What it includes.
    pub permissions: Option<Vec<Permission>>,
    /// What the change depends on.
    pub only_if: OnlyIf<KnownRole>,
}

/// The service.
#[derive(Clone)]
pub struct Roles {
    db: Database,
    identity: Arc<Identity>,
}

impl Roles {
    pub(crate) fn open(shared: &Shared, identity: Arc<Identity>) -> Self {
        Self { db: shared.db.clone(), identity }
    }

    /// All of them: those that are built in first, then the tenant's own, oldest first.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<KnownRole>> {
        let visible = visible::<CustomRole>(caller)?;
        self.db
            .read(move |tx| {
                let built_in = Role::BUILT_IN.into_iter().map(|role| built_in(tx, visible.tenant(), role));
                let own = tx.list_in(visible.tenant(), &every::<CustomRole>(), MOST_ROLES)?;
                built_in.chain(own.into_iter().map(|role| Ok(role.into()))).collect()
            })
            .await
    }

    /// One, by the name of a built-in role or by id.
    pub async fn get(&self, caller: &Caller, role: Role) -> Result<KnownRole> {
        let Role::Custom(id) = role else {
            let visible = visible::<CustomRole>(caller)?;
            return self.db.read(move |tx| built_in(tx, visible.tenant(), role)).await;
        };
        let caller = caller.clone();
        self.db
            .read(move |tx| {
                let role: Granted<CustomRole, Read> = grant(tx, &caller, tx.get(&id)?)?;
                Ok(role.into_inner().into())
            })
            .await
    }

    /// Makes one, with no more than the caller may do itself.
    pub async fn create(
        &self,
        caller: &Caller,
        name: &str,
        permissions: Vec<Permission>,
    ) -> Result<KnownRole> {
        let allowed = allow::<CustomRole, Create>(caller)?;
        let (name, permissions) = (name_of(name)?, held(caller, &permissions)?);
        let role: CustomRole = self
            .db
            .write_once(caller, AuditAction::RoleCreate, move |unit| {
                let now = unit.now();
                if unit.tx.count_in(allowed.tenant(), &every::<CustomRole>())? >= MOST_ROLES as u64 {
                    let text = format!("There are {MOST_ROLES} roles already. Delete one that is not used.");
                    return Err(Error::conflict(text));
                }
                let role = CustomRole {
                    id: unit.new_id(),
                    tenant_id: allowed.tenant().clone(),
                    name,
                    permissions,
                    created_at: now,
                    updated_at: now,
                };
                unit.tx.insert(&role)?;
                unit.about(&role);
                Ok(role)
            })
            .await?;
        Ok(role.into())
    }

    /// Changes one of the tenant's own. Its users have the new rights at once.
    pub async fn update(&self, caller: &Caller, role: Role, change: RoleChange) -> Result<KnownRole> {
        let id = own(caller, role)?;
        let name = change.name.as_deref().map(name_of).transpose()?;
        let (by, caller, identity) = (caller, caller.clone(), self.identity.clone());
        self.db
            .write_as(by, AuditAction::RoleUpdate, move |unit| {
                let mut role = to_change(unit, &caller, &id)?;
                change.only_if.require(&role.clone().into())?;
                let before = role.clone();
                if let Some(name) = name {
                    role.name = name;
                }
                if let Some(permissions) = change.permissions {
                    role.permissions = held(&caller, &permissions)?;
                }
                role.updated_at = unit.now();
                unit.tx.update(&role)?;
                unit.about_change(&before, &role)?;
                for user in users_of(unit, &role)? {
                    identity.rights_change_in(unit, &user.id)?;
                }
                Ok(role.into())
            })
            .await
    }

    /// Deletes one of the tenant's own that no user has.
    pub async fn delete(&self, caller: &Caller, role: Role) -> Result<()> {
        let id = own(caller, role)?;
        let (by, caller) = (caller, caller.clone());
        self.db
            .write_as(by, AuditAction::RoleDelete, move |unit| {
                let role = to_change(unit, &caller, &id)?;
                unit.about(&role);
                let users = unit.tx.count_in(&caller.tenant, &with_role(&role))?;
                if users > 0 {
                    let text = format!("Users who have this role: {users}. Give them another one first.");
                    let details = json!({ "users": users });
                    return Err(Error::conflict(text).with_code("role_in_use").with_details(details));
                }
                unit.tx.delete_in(&role.tenant_id, &role.id).map(drop)
            })
            .await
    }
}

impl From<CustomRole> for KnownRole {
    fn from(role: CustomRole) -> Self {
        Self {
            role: Role::Custom(role.id),
            name: role.name,
            permissions: Permissions::of(&role.permissions),
            times: Some((role.created_at, role.updated_at)),
        }
    }
}

/// A role that every tenant has, with what it includes in this one.
fn built_in(tx: &dyn Tx, tenant: &TenantId, role: Role) -> Result<KnownRole> {
    let permissions = role_permissions(tx, tenant, &role)?.unwrap_or_default();
    Ok(KnownRole { name: role.name().to_owned(), permissions, times: None, role })
}

/// The id of a role of the tenant's own.
fn own(caller: &Caller, role: Role) -> Result<RoleId> {
    match role {
        Role::Custom(id) => Ok(id),
        built_in => {
            allow::<CustomRole, Write>(caller)?;
            let text =
                format!("{} is built in and stays as it is. Make a role of your own.", built_in.name());
            Err(Error::conflict(text).with_code("built_in_role"))
        }
    }
}

/// The role, which may do no more than the caller.
fn to_change(unit: &mut Unit<'_>, caller: &Caller, id: &RoleId) -> Result<CustomRole> {
    let role: Granted<CustomRole, Write> = grant(&*unit.tx, caller, unit.tx.get(id)?)?;
    held(caller, &role.permissions)?;
    Ok(role.into_inner())
}

/// The permissions, in catalogue order and each once. `not_authorized` if the caller lacks one.
fn held(caller: &Caller, permissions: &[Permission]) -> Result<Vec<Permission>> {
    let wanted = Permissions::of(permissions);
    match wanted.iter().find(|permission| !caller.has(*permission)) {
        None => Ok(wanted.iter().collect()),
        Some(lacking) => {
            let text = format!(
                "A role that you make or change may do no more than you: you lack {}.",
                lacking.name()
            );
            Err(Error::new(Kind::NotAuthorized, text))
        }
    }
}

fn name_of(name: &str) -> Result<String> {
    let name = limits::name("name", name)?;
    if Role::BUILT_IN.iter().any(|role| role.name().eq_ignore_ascii_case(&name)) {
        return Err(Error::validation("name", "A built-in role has this name."));
    }
    Ok(name)
}

fn with_role(role: &CustomRole) -> MemberFilter {
    MemberFilter { role: Some(Role::Custom(role.id.clone())), ..MemberFilter::default() }
}

fn users_of(unit: &mut Unit<'_>, role: &CustomRole) -> Result<Vec<Member>> {
    unit.tx.list_in(&role.tenant_id, &with_role(role), MOST_USERS)
}
