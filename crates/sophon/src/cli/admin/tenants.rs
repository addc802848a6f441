//! `sophon admin tenants`.

use clap::Subcommand;
use sophon_api::{
    Change, ManagedTenant, NewTenant, NewTenantUser, TenantAccess, TenantAdministrator, TenantPatch,
    TenantUserPatch,
};
use sophon_client::{TenantUsers, Tenants, collect};
use sophon_model::TenantId;

use super::given_password;
use super::named::{address, built_in_role, member_id, tenant_id};
use crate::cli::confirm::{Deed, confirmed};
use crate::cli::context::Context;
use crate::cli::environment;
use crate::cli::screen::{document, facts, line, one_line};
use crate::cli::stop::Stop;
use crate::cli::table::Table;
use crate::cli::when::ago;

/// Which tenants, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon admin tenants                                           all of the gateway
  sophon admin tenants create acme --name Acme --admin ada@example.com --admin-name Ada
  sophon admin tenants add acme bob@example.com --role Operator
  sophon admin tenants users acme                                who is in it
  sophon admin tenants disable acme                              no way in, everything is kept
  sophon admin tenants delete acme                               all of it, for good

Needs ManageTenants in the main tenant. A generated password is written once, alone, to standard output."
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only those whose name or slug contains this
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show one tenant
    Show(One),
    /// Create a tenant with its first administrator
    Create {
        /// What stands in addresses
        #[arg(value_name = "SLUG")]
        slug: String,
        /// What people call it
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// The administrator's e-mail address: of an existing user, or of a new one
        #[arg(long, value_name = "ADDRESS")]
        admin: String,
        /// The name of a new administrator
        #[arg(long, value_name = "NAME")]
        admin_name: Option<String>,
        /// Take a new administrator's first password from standard input [default: a generated one]
        #[arg(long)]
        password_stdin: bool,
    },
    /// Change a tenant's name, slug or description
    Update {
        #[command(flatten)]
        one: One,
        /// What people call it
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// What stands in addresses; those with the old one stop working
        #[arg(long, value_name = "SLUG")]
        slug: Option<String>,
        /// What it is for; empty for nothing
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
    /// Let nobody into a tenant, and cancel its work
    Disable(One),
    /// Let the members of a disabled tenant in again
    Enable(One),
    /// Delete a disabled tenant with all that it has
    Delete {
        #[command(flatten)]
        one: One,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// List the users of a tenant
    Users {
        #[command(flatten)]
        one: One,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// Make a user of the gateway a member of a tenant
    Add {
        #[command(flatten)]
        one: One,
        /// The user's e-mail address or id
        #[arg(value_name = "USER")]
        user: String,
        /// Admin, Operator, Viewer, or the id of a role of the tenant's own
        #[arg(long, value_name = "ROLE", default_value = "Viewer")]
        role: String,
    },
    /// Give a member of a tenant another role
    Role {
        #[command(flatten)]
        one: One,
        /// The user's e-mail address or id
        #[arg(value_name = "USER")]
        user: String,
        /// Admin, Operator, Viewer, or the id of a role of the tenant's own
        #[arg(value_name = "ROLE")]
        role: String,
    },
    /// Remove a member from a tenant
    Remove {
        #[command(flatten)]
        one: One,
        /// The user's e-mail address or id
        #[arg(value_name = "USER")]
        user: String,
        /// The user of the tenant who gets its sessions, discussions, memories and attachments there, by address or id
        #[arg(long, value_name = "USER")]
        reassign_to: Option<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Which tenant.
#[derive(Debug, clap::Args)]
struct One {
    /// The tenant's slug or id
    // Another name than that of `--tenant`, by which clap would take it for that.
    #[arg(value_name = "TENANT")]
    which: String,
}

impl One {
    async fn id(&self, context: &Context) -> Result<TenantId, Stop> {
        tenant_id(context, &self.which).await
    }
}

/// Lists tenants, shows one or changes one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let Args { action, search, limit } = args;
    match action {
        None => list(context, &Tenants { search, status: None }, usize::from(limit)).await,
        Some(Action::Show(one)) => show(context, &context.client.tenant(&one.id(context).await?).await?),
        Some(Action::Create { slug, name, description, admin, admin_name, password_stdin }) => {
            let password = given_password(password_stdin)?;
            let administrator =
                TenantAdministrator { user_id: None, email: Some(admin), name: admin_name, password };
            create(context, &NewTenant { name, slug, description, administrator }).await
        }
        Some(Action::Update { one, name, slug, description }) => {
            let description = match description {
                None => Change::Keep,
                Some(text) if text.is_empty() => Change::Clear,
                Some(text) => Change::Set(text),
            };
            let patch = TenantPatch { name, slug, description, status: None };
            changed(context, &one, patch, "changed").await
        }
        Some(Action::Disable(one)) => access(context, &one, TenantAccess::Disabled, "disabled").await,
        Some(Action::Enable(one)) => access(context, &one, TenantAccess::Active, "active again").await,
        Some(Action::Delete { one, yes }) => delete(context, &one, yes).await,
        Some(Action::Users { one, limit }) => {
            users(context, &one.id(context).await?, usize::from(limit)).await
        }
        Some(Action::Add { one, user, role }) => add(context, &one, &user, role).await,
        Some(Action::Role { one, user, role }) => give(context, &one, &user, role).await,
        Some(Action::Remove { one, user, reassign_to, yes }) => {
            remove(context, &one, &user, reassign_to.as_deref(), yes).await
        }
    }
}

async fn list(context: &Context, tenants: &Tenants, limit: usize) -> Result<(), Stop> {
    let found = collect(limit, |size, cursor| context.client.tenants(tenants, size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&found)?);
    }
    if found.items.is_empty() {
        context.screen.remark("There are no such tenants.");
        return Ok(());
    }
    let mut table = Table::new(&["SLUG", "NAME", "STATUS", "ID"], 1);
    for tenant in &found.items {
        table.row([
            tenant.slug.clone(),
            one_line(&tenant.name),
            status(tenant).to_owned(),
            tenant.id.to_string(),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

fn status(tenant: &ManagedTenant) -> &'static str {
    if tenant.main { "main" } else { tenant.status.as_str() }
}

fn show(context: &Context, tenant: &ManagedTenant) -> Result<(), Stop> {
    if context.screen.json {
        return Ok(document(tenant)?);
    }
    let now = environment::now();
    Ok(line(facts(&[
        ("Name", one_line(&tenant.name)),
        ("Slug", tenant.slug.clone()),
        ("Description", one_line(tenant.description.as_deref().unwrap_or("none"))),
        ("Status", status(tenant).to_owned()),
        ("Id", tenant.id.to_string()),
        ("Created", ago(now, tenant.created_at)),
        ("Changed", ago(now, tenant.updated_at)),
    ]))?)
}

async fn create(context: &Context, new: &NewTenant) -> Result<(), Stop> {
    let created = context.client.create_tenant(new).await?;
    if context.screen.json {
        return Ok(document(&created)?);
    }
    let (tenant, administrator) = (&created.tenant, &created.administrator);
    let made = format!("{} ({}) is administered by {}.", tenant.slug, tenant.id, administrator.email);
    let Some(password) = &created.password else {
        context.screen.remark(made);
        return Ok(());
    };
    context
        .screen
        .remark(format!("{made} This password has to be changed when signing in, and is not shown again:"));
    Ok(line(password.reveal())?)
}

async fn access(context: &Context, one: &One, status: TenantAccess, word: &str) -> Result<(), Stop> {
    changed(context, one, TenantPatch { status: Some(status), ..TenantPatch::default() }, word).await
}

async fn changed(context: &Context, one: &One, patch: TenantPatch, word: &str) -> Result<(), Stop> {
    let tenant = context.client.update_tenant(&one.id(context).await?, &patch).await?;
    Ok(context.screen.done(&tenant, format!("{} ({}) is {word}.", one_line(&tenant.name), tenant.slug))?)
}

async fn delete(context: &Context, one: &One, yes: bool) -> Result<(), Stop> {
    let id = one.id(context).await?;
    confirmed(context, yes, Deed::Delete, async || {
        let tenant = context.client.tenant(&id).await?;
        Ok(format!(
            "Delete {} ({}) with all its sessions, agents, memories, files and nodes, and the accounts that are in no \
             other tenant?",
            one_line(&tenant.name),
            tenant.slug
        ))
    })
    .await?;
    let deleting = context.client.delete_tenant(&id).await?;
    let sentence = format!(
        "{} is being deleted. It is gone when `sophon admin tenants` lists it no more.",
        deleting.slug
    );
    Ok(context.screen.done(&deleting, sentence)?)
}

async fn users(context: &Context, id: &TenantId, limit: usize) -> Result<(), Stop> {
    let all = TenantUsers::default();
    let found = collect(limit, |size, cursor| context.client.tenant_users(id, &all, size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&found)?);
    }
    if found.items.is_empty() {
        context.screen.remark("The tenant has no users.");
        return Ok(());
    }
    let mut table = Table::new(&["NAME", "E-MAIL", "ROLE", "ACCOUNT", "ID"], 1);
    for user in &found.items {
        let account = if user.guest { "in another tenant" } else { "in this one" };
        table.row([
            one_line(&user.name),
            one_line(&user.email),
            one_line(&user.role_name),
            account.to_owned(),
            user.id.to_string(),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

async fn add(context: &Context, one: &One, user: &str, role: String) -> Result<(), Stop> {
    let email = address(user);
    let user_id = email.is_none().then(|| user.into());
    let new = NewTenantUser { user_id, email, role: role_of(role) };
    let added = context.client.add_tenant_user(&one.id(context).await?, &new).await?;
    let (email, role) = (one_line(&added.email), one_line(&added.role_name));
    Ok(context.screen.done(&added, format!("{email} is a member of {} as {role}.", one.which))?)
}

async fn give(context: &Context, one: &One, user: &str, role: String) -> Result<(), Stop> {
    let id = one.id(context).await?;
    let user = member_id(context, &id, user).await?;
    let patch = TenantUserPatch { role: role_of(role) };
    let given = context.client.update_tenant_user(&id, &user, &patch).await?;
    let (email, role) = (one_line(&given.email), one_line(&given.role_name));
    Ok(context.screen.done(&given, format!("{email} is {role} in {} from now on.", one.which))?)
}

async fn remove(context: &Context, one: &One, user: &str, heir: Option<&str>, yes: bool) -> Result<(), Stop> {
    let id = one.id(context).await?;
    let member = member_id(context, &id, user).await?;
    let heir = match heir {
        Some(heir) => Some(member_id(context, &id, heir).await?),
        None => None,
    };
    confirmed(context, yes, Deed::Remove, async || {
        Ok(format!("Remove {} from {}? API tokens made in it end.", one_line(user), one.which))
    })
    .await?;
    context.client.remove_tenant_user(&id, &member, heir.as_ref()).await?;
    let done = serde_json::json!({ "tenant": id, "user": member, "removed": true });
    Ok(context.screen.done(&done, format!("{} is no longer in {}.", one_line(user), one.which))?)
}

/// A role by its name in any case if it is built in; those of a tenant's own are known by their ids outside of it.
fn role_of(role: String) -> String {
    built_in_role(&role).unwrap_or(role)
}
