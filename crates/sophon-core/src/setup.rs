//! What a fresh gateway needs before it can serve: a tenant, an administrator, an agent.

use base64::Engine;
use sophon_model::ports::Tx;
use sophon_model::{AuditAction, Result, Role, Tenant, TenantStatus, User, UserStatus};

use crate::agents::first_agent;
use crate::audit::{Draft, Performer};
use crate::database::{Database, Unit};
use crate::identity::{Owner, check_new_password, hash_password};
use crate::users::join_in;

/// The slug of the main tenant, which every gateway has, unless it was given another one.
const FIRST_TENANT: &str = "default";

/// What the first administrator is called.
const NAME: &str = "Administrator";

/// The first administrator, as asked for by who starts the gateway.
#[derive(Clone, Debug, Default)]
pub struct FirstAdministrator {
    /// The e-mail address; `admin@localhost` if absent.
    pub email: Option<String>,
    /// The password; a generated one if absent.
    pub password: Option<String>,
}

/// The administrator, and how they came to be.
pub(crate) struct Administrator {
    pub(crate) user: User,
    /// Whether they were there before.
    pub(crate) is_old: bool,
    /// The password that was generated just now, if one was: to be shown once.
    pub(crate) generated_password: Option<String>,
}

/// Makes what is missing. `validation_failed` if the password is not fit to be one. A gateway that has users is left as it is.
pub(crate) async fn set_up(db: &Database, wanted: FirstAdministrator) -> Result<Administrator> {
    if let Some(user) = db.read(|tx: &dyn Tx| tx.first_user()).await? {
        return Ok(Administrator { user, is_old: true, generated_password: None });
    }
    let email = wanted.email.unwrap_or_else(|| "admin@localhost".into()).trim().to_lowercase();
    if let Some(password) = &wanted.password {
        check_new_password(password, &Owner { email: email.clone(), name: NAME.into() })?;
    }
    let generated = wanted
        .password
        .is_none()
        .then(|| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(db.random::<15>()));
    let password = wanted.password.or_else(|| generated.clone()).unwrap_or_default();
    let hash = hash_password(&password, db.random())?;
    let user = db.write(move |unit| first_rows(unit, email, hash)).await?;
    Ok(Administrator { user, is_old: false, generated_password: generated })
}

fn first_rows(unit: &mut Unit<'_>, email: String, password_hash: String) -> Result<User> {
    let now = unit.now();
    let tenant = if let Some(tenant) = unit.tx.main_tenant()? {
        tenant
    } else {
        let tenant = Tenant {
            id: unit.new_id(),
            slug: FIRST_TENANT.into(),
            name: "Default".into(),
            description: None,
            status: TenantStatus::Active,
            is_main: true,
            created_at: now,
            updated_at: now,
        };
        unit.tx.insert(&tenant)?;
        tenant
    };
    let agent = first_agent(unit.new_id(), tenant.id.clone(), now);
    if unit.tx.agent(&tenant.id, &agent.slug)?.is_none() {
        unit.tx.insert(&agent)?;
    }
    let user = User {
        id: unit.new_id(),
        tenant_id: tenant.id,
        email,
        name: NAME.into(),
        status: UserStatus::Active,
        password_hash,
        password_due: false,
        created_at: now,
        updated_at: now,
    };
    unit.tx.insert(&user)?;
    join_in(unit, &user.tenant_id, &user.id, Role::Admin)?;
    let by = Performer::system(user.tenant_id.clone());
    unit.note(Draft::new(by, AuditAction::UserCreate).about(&user));
    Ok(user)
}
