//! `sophon admin tenants`.

use clap::Subcommand;
use sophon_api::{
    Change, ManagedTenant, NewTenant, NewTenantUser, Secret, TenantAccess, TenantAdministrator, TenantPatch,
    TenantUserPatch,
};
use sophon_client::{Tenants, collect};
use sophon_model::{TenantId, UserId};

use crate::cli::confirm::{Deed, confirmed};
use crate::cli::context::Context;
use crate::cli::environment;
use crate::cli::screen::{document, facts, first_line, line, one_line};
use crate::cli::stop::Stop;
use crate::cli::table::Table;
use crate::cli::when::ago;

/// Which tenants, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon admin tenants                                           all of the deployment
  sophon admin tenants create acme --name Acme --admin ada@example.com --admin-name Ada
  sophon admin tenants add tenant_… bob@example.com --role Operator
  sophon admin tenants disable tenant_…                          nobody gets in, everything is kept
  sophon admin tenants delete tenant_…                           all of it, for good

Takes ManageTenants in the tenant that runs the deployment. A generated password is written once, alone, to standard
output."
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
        /// The administrator's e-mail address: of a user that there is, or of one to be made
        #[arg(long, value_name = "ADDRESS")]
        admin: String,
        /// What others see of an administrator that is made
        #[arg(long, value_name = "NAME")]
        admin_name: Option<String>,
        /// Take the made administrator's first password from standard input [default: a generated one]
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
        /// What stands in addresses; those with the old one lead nowhere
        #[arg(long, value_name = "SLUG")]
        slug: Option<String>,
        /// What it is for; empty for nothing
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
    /// Let nobody act in a tenant, and cancel its work
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
    /// Make a user of the deployment a member of a tenant
    Add {
        #[command(flatten)]
        one: One,
        /// The user, by id or e-mail address
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
        /// The user
        #[arg(value_name = "USER")]
        user: UserId,
        /// Admin, Operator, Viewer, or the id of a role of the tenant's own
        #[arg(value_name = "ROLE")]
        role: String,
    },
    /// Remove a member from a tenant
    Remove {
        #[command(flatten)]
        one: One,
        /// The user
        #[arg(value_name = "USER")]
        user: UserId,
        /// The user of the tenant who gets its sessions, discussions, memories and attachments there
        #[arg(long, value_name = "USER")]
        reassign_to: Option<UserId>,
    },
}

/// Which tenant.
#[derive(Debug, clap::Args)]
struct One {
    /// The tenant
    #[arg(value_name = "TENANT")]
    id: TenantId,
}

/// Lists tenants, shows one or changes one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let Args { action, search, limit } = args;
    match action {
        None => list(context, &Tenants { search, status: None }, usize::from(limit)).await,
        Some(Action::Show(one)) => show(context, &context.client.tenant(&one.id).await?),
        Some(Action::Create { slug, name, description, admin, admin_name, password_stdin }) => {
            let password = if password_stdin { Some(Secret::from(first_line()?)) } else { None };
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
            changed(context, &one.id, TenantPatch { name, slug, description, status: None }, "changed").await
        }
        Some(Action::Disable(one)) => access(context, &one.id, TenantAccess::Disabled, "disabled").await,
        Some(Action::Enable(one)) => access(context, &one.id, TenantAccess::Active, "active again").await,
        Some(Action::Delete { one, yes }) => delete(context, &one.id, yes).await,
        Some(Action::Users { one, limit }) => users(context, &one.id, usize::from(limit)).await,
        Some(Action::Add { one, user, role }) => add(context, &one.id, user, role).await,
        Some(Action::Role { one, user, role }) => {
            let given = context.client.update_tenant_user(&one.id, &user, &TenantUserPatch { role }).await?;
            let sentence = format!("{} is {} there.", one_line(&given.email), given.role);
            Ok(context.screen.done(&given, sentence)?)
        }
        Some(Action::Remove { one, user, reassign_to }) => {
            context.client.remove_tenant_user(&one.id, &user, reassign_to.as_ref()).await?;
            let done = serde_json::json!({ "tenant": one.id, "user": user, "removed": true });
            Ok(context.screen.done(&done, format!("{user} is a member of {} no longer.", one.id))?)
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
    if tenant.main { "runs the deployment" } else { tenant.status.as_str() }
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

async fn access(context: &Context, id: &TenantId, status: TenantAccess, word: &str) -> Result<(), Stop> {
    changed(context, id, TenantPatch { status: Some(status), ..TenantPatch::default() }, word).await
}

async fn changed(context: &Context, id: &TenantId, patch: TenantPatch, word: &str) -> Result<(), Stop> {
    let tenant = context.client.update_tenant(id, &patch).await?;
    Ok(context.screen.done(&tenant, format!("{} ({}) is {word}.", one_line(&tenant.name), tenant.slug))?)
}

async fn delete(context: &Context, id: &TenantId, yes: bool) -> Result<(), Stop> {
    confirmed(context, yes, Deed::Delete, async || {
        let tenant = context.client.tenant(id).await?;
        Ok(format!(
            "Delete {} ({}) with all its sessions, agents, memories, files and nodes, and the accounts of users who are in no \
             other tenant?",
            one_line(&tenant.name),
            tenant.slug
        ))
    })
    .await?;
    let deleting = context.client.delete_tenant(id).await?;
    let sentence = format!(
        "{} is being deleted. It is gone when `sophon admin tenants` lists it no more.",
        deleting.slug
    );
    Ok(context.screen.done(&deleting, sentence)?)
}

async fn users(context: &Context, id: &TenantId, limit: usize) -> Result<(), Stop> {
    let found = collect(limit, |size, cursor| context.client.tenant_users(id, size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&found)?);
    }
    if found.items.is_empty() {
        context.screen.remark("The tenant has no users.");
        return Ok(());
    }
    let mut table = Table::new(&["NAME", "E-MAIL", "ROLE", "ACCOUNT", "ID"], 1);
    for user in &found.items {
        let account = if user.guest { "elsewhere" } else { "here" };
        table.row([
            one_line(&user.name),
            one_line(&user.email),
            user.role.clone(),
            account.to_owned(),
            user.id.to_string(),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

async fn add(context: &Context, id: &TenantId, user: String, role: String) -> Result<(), Stop> {
    let (user_id, email) = if user.contains('@') { (None, Some(user)) } else { (Some(user.into()), None) };
    let new = NewTenantUser { user_id, email, role };
    let added = context.client.add_tenant_user(id, &new).await?;
    let sentence = format!("{} is a member of {id} as {}.", one_line(&added.email), added.role);
    Ok(context.screen.done(&added, sentence)?)
}
