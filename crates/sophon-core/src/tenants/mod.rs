//! The tenants of the deployment, as those manage them who run it: members of the main tenant with `ManageTenants`.
//!
//! Who manages tenants can make itself what it likes in each of them, but for the main one: there it gives no more than it
//! has, as everywhere.

mod erasure;
mod members;

pub use members::{MembershipChange, NewMember, WhichUser};

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sophon_model::ports::TenantFilter;
use sophon_model::{
    AuditAction, Caller, Error, Member, Page, Paged, Result, RightsOf, Role, Tenant, TenantId, TenantStatus,
};

use crate::agents::first_agent;
use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::identity::Identity;
use crate::limits::{self, LONGEST_DESCRIPTION, bounded};
use crate::nodes::Nodes;
use crate::only_if::OnlyIf;
use crate::policy::{self, Read, Write, allow};
use crate::registry::Registry;
use crate::secrets::Secrets;
use crate::users::{CreatedUser, Users, join_in, register_in};
use erasure::Eraser;

/// Tenants of a deployment.
pub const MOST_TENANTS: u64 = 10_000;
/// The longest slug, in characters: as long as a label of a host name.
pub const LONGEST_SLUG: usize = 63;

/// A tenant to be made.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// What people call it.
    pub name: String,
    /// What stands in URLs.
    pub slug: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its first administrator.
    pub administrator: FirstAdministrator,
}

/// The first administrator of a tenant.
#[derive(Clone, Debug)]
pub enum FirstAdministrator {
    /// A user of the deployment, whose account stays where it is managed.
    Known(WhichUser),
    /// A user to be made, whose home it is.
    New {
        /// The e-mail address, in any case.
        email: String,
        /// What others see.
        name: String,
        /// The first password, which the user has to change; a generated one if absent.
        password: Option<String>,
    },
}

/// A tenant that was made.
#[derive(Clone, Debug)]
pub struct CreatedTenant {
    /// The tenant.
    pub tenant: Tenant,
    /// Its administrator.
    pub administrator: CreatedUser,
}

/// What is to change of a tenant; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct TenantChange {
    /// What people call it.
    pub name: Option<String>,
    /// What stands in URLs. Addresses with the old one lead nowhere from then on.
    pub slug: Option<String>,
    /// What it is for; `Some(None)` takes it away.
    pub description: Option<Option<String>>,
    /// Whether nobody can act in it.
    pub is_disabled: Option<bool>,
    /// What the change depends on.
    pub only_if: OnlyIf<Tenant>,
}

/// The service.
#[derive(Clone)]
pub struct Tenants {
    db: Database,
    identity: Arc<Identity>,
    users: Users,
    secrets: Secrets,
    nodes: Nodes,
}

/// What a request to make a tenant made.
#[derive(Serialize, Deserialize)]
struct Made {
    tenant: Tenant,
    administrator: Member,
}

impl Tenants {
    pub(crate) fn open(
        shared: &Shared,
        registry: &mut Registry,
        (identity, users): (Arc<Identity>, Users),
        secrets: Secrets,
        nodes: Nodes,
    ) -> Self {
        registry.chore(Eraser);
        Self { db: shared.db.clone(), identity, users, secrets, nodes }
    }

    /// All, oldest first.
    pub async fn list(&self, caller: &Caller, filter: TenantFilter, page: Page) -> Result<Paged<Tenant>> {
        allow::<policy::Tenants, Read>(caller)?;
        self.db.read(move |tx| tx.tenants(&filter, &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &TenantId) -> Result<Tenant> {
        allow::<policy::Tenants, Read>(caller)?;
        let id = id.clone();
        self.db.read(move |tx| tx.get(&id)).await?.ok_or_else(|| Error::not_found("tenant"))
    }

    /// Makes one, with an administrator and a first agent.
    pub async fn create(&self, caller: &Caller, new: NewTenant) -> Result<CreatedTenant> {
        allow::<policy::Tenants, Write>(caller)?;
        let (name, slug) = (limits::name("name", &new.name)?, slug_of(new.slug)?);
        let description = new.description.map(description_of).transpose()?;
        let (known, draft) = match new.administrator {
            FirstAdministrator::Known(user) => (Some(user), None),
            FirstAdministrator::New { email, name, password } => {
                (None, Some(self.users.draft(caller, email, name, password).await?))
            }
        };
        let account = draft.as_ref().map(|draft| draft.account.clone());
        let secrets = self.secrets.clone();
        let made: Made = self
            .db
            .write_once(caller, AuditAction::TenantCreate, move |unit| {
                let tenant = add_in(unit, &secrets, (name, slug), description)?;
                let administrator = match (known, account) {
                    (Some(user), _) => {
                        let user = members::found(unit, &user)?;
                        join_in(unit, &tenant.id, &user, Role::Admin)?
                    }
                    (None, Some(account)) => register_in(unit, account, &tenant.id, Role::Admin)?,
                    (None, None) => return Err(Error::internal("a tenant has an administrator")),
                };
                members::note_in(unit, &tenant, &administrator.id, Some(&administrator.role));
                Ok(Made { tenant, administrator })
            })
            .await?;
        let Made { tenant, administrator } = made;
        let administrator = match draft {
            Some(draft) => draft.created(administrator),
            None => CreatedUser { user: administrator, password: None },
        };
        Ok(CreatedTenant { tenant, administrator })
    }

    /// Changes one. If it is disabled its members, their work and its nodes are out within a moment.
    pub async fn update(&self, caller: &Caller, id: &TenantId, change: TenantChange) -> Result<Tenant> {
        allow::<policy::Tenants, Write>(caller)?;
        let (this, id) = (self.clone(), id.clone());
        self.db
            .write_as(caller, AuditAction::TenantUpdate, move |unit| {
                let mut tenant = to_change(unit, &id)?;
                change.only_if.require(&tenant)?;
                let before = tenant.clone();
                apply(&mut tenant, change)?;
                tenant.updated_at = unit.now();
                unit.tx.update(&tenant)?;
                unit.about_change(&before, &tenant)?;
                if tenant.status != before.status {
                    let status = tenant.status.as_str().to_owned();
                    unit.audit_details(|details| details.status = Some(status));
                    this.rights_change_in(unit, &tenant)?;
                }
                Ok(tenant)
            })
            .await
    }

    /// Deletes one that is disabled, with all that it has, and the accounts whose only tenant it is: begins to, and goes
    /// on by itself.
    pub async fn delete(&self, caller: &Caller, id: &TenantId) -> Result<Tenant> {
        allow::<policy::Tenants, Write>(caller)?;
        let (this, id) = (self.clone(), id.clone());
        self.db
            .write_as(caller, AuditAction::TenantDelete, move |unit| {
                let mut tenant = to_change(unit, &id)?;
                unit.about(&tenant);
                if tenant.status != TenantStatus::Disabled {
                    let text = "Disable the tenant first: PATCH it with the status disabled. Then see that nobody misses \
                         it, and delete it.";
                    return Err(Error::conflict(text).with_code("tenant_not_disabled"));
                }
                tenant.status = TenantStatus::Deleting;
                tenant.updated_at = unit.now();
                unit.tx.update(&tenant)?;
                this.rights_change_in(unit, &tenant)?;
                erasure::begin_in(unit, &tenant.id)?;
                Ok(tenant)
            })
            .await
    }

    fn rights_change_in(&self, unit: &mut Unit<'_>, tenant: &Tenant) -> Result<()> {
        self.nodes.wake_all_in(unit, &tenant.id)?;
        self.identity.rights_of_change_in(unit, RightsOf::Tenant(tenant.id.clone()))
    }
}

/// The tenant, held to be changed; not one that is being deleted.
fn to_change(unit: &mut Unit<'_>, id: &TenantId) -> Result<Tenant> {
    let tenant = unit.tx.tenant_to_change(id)?.ok_or_else(|| Error::not_found("tenant"))?;
    if tenant.status == TenantStatus::Deleting {
        return Err(Error::conflict("The tenant is being deleted.").with_code("tenant_deleting"));
    }
    Ok(tenant)
}

fn add_in(
    unit: &mut Unit<'_>,
    secrets: &Secrets,
    (name, slug): (String, String),
    description: Option<String>,
) -> Result<Tenant> {
    if unit.tx.tenant_count()? >= MOST_TENANTS {
        let text = format!("There are {MOST_TENANTS} tenants already. Delete one that is not used.");
        return Err(Error::conflict(text));
    }
    let now = unit.now();
    let tenant = Tenant {
        id: unit.new_id(),
        slug,
        name,
        description,
        status: TenantStatus::Active,
        is_main: false,
        created_at: now,
        updated_at: now,
    };
    unit.tx.insert(&tenant)?;
    unit.tx.insert(&first_agent(unit.new_id(), tenant.id.clone(), now))?;
    secrets.prepare_in(unit, &tenant.id)?;
    Ok(tenant)
}

fn apply(tenant: &mut Tenant, change: TenantChange) -> Result<()> {
    if let Some(name) = change.name {
        tenant.name = limits::name("name", &name)?;
    }
    if let Some(slug) = change.slug {
        tenant.slug = slug_of(slug)?;
    }
    if let Some(description) = change.description {
        tenant.description = description.map(description_of).transpose()?;
    }
    if let Some(is_disabled) = change.is_disabled {
        if is_disabled && tenant.is_main {
            let text = "This tenant runs the deployment: it is not disabled, and not deleted.";
            return Err(Error::conflict(text).with_code("main_tenant"));
        }
        tenant.status = if is_disabled { TenantStatus::Disabled } else { TenantStatus::Active };
    }
    Ok(())
}

fn slug_of(slug: String) -> Result<String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_slug = slug.chars().all(is_plain) && !slug.starts_with('-') && !slug.ends_with('-');
    if is_slug && (1..=LONGEST_SLUG).contains(&slug.len()) {
        return Ok(slug);
    }
    let text = format!(
        "A slug has 1 to {LONGEST_SLUG} lower-case letters, digits and '-', which is neither its first nor its last \
         character."
    );
    Err(Error::validation("slug", text))
}

fn description_of(text: String) -> Result<String> {
    bounded("description", &text, 1, LONGEST_DESCRIPTION)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_can_stand_in_an_address() {
        for slug in ["acme", "a", "7-of-9", &"x".repeat(LONGEST_SLUG)] {
            assert_eq!(slug_of(slug.to_owned()).unwrap(), slug);
        }
        for refused in
            ["", "-a", "a-", "Acme", "a b", "a/b", "ä", "a_b", "a.b", &"x".repeat(LONGEST_SLUG + 1)]
        {
            assert_eq!(slug_of(refused.to_owned()).unwrap_err().field(), Some("slug"), "{refused}");
        }
    }
}
