//! `sophon admin roles`.

use clap::{ArgGroup, Subcommand};
use sophon_api::{NewRole, Role, RolePatch};
use sophon_client::collect;
use sophon_model::Permission;

use super::named::role_id;
use crate::cli::confirm::{Deed, confirmed};
use crate::cli::context::Context;
use crate::cli::screen::{document, line, one_line};
use crate::cli::stop::Stop;
use crate::cli::table::Table;
use crate::cli::values::permission;

/// Permissions of a role that its line in the list names.
const MOST_LISTED: usize = 5;

/// Which roles, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon admin roles                     who may do what
  sophon admin roles show Operator       its permissions, each with what it allows
  sophon admin roles create Support --permission ViewUsers --permission SendMessages
  sophon admin roles update Support --permission ViewUsers"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show a role and its permissions
    Show {
        /// Its name or id
        #[arg(value_name = "ROLE")]
        id: String,
    },
    /// Create a role
    Create {
        /// What to call it
        #[arg(value_name = "NAME")]
        name: String,
        /// A permission that it includes; several with several `--permission`
        #[arg(long = "permission", value_name = "PERMISSION", value_parser = permission)]
        permissions: Vec<Permission>,
    },
    /// Rename a role, or give it other permissions
    #[command(group = ArgGroup::new("change").args(["name", "permissions"]).multiple(true).required(true))]
    Update {
        /// Its name or id
        #[arg(value_name = "ROLE")]
        id: String,
        /// What to call it
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// A permission that it includes from now on, in place of those before; several with several `--permission`
        #[arg(long = "permission", value_name = "PERMISSION", value_parser = permission)]
        permissions: Vec<Permission>,
    },
    /// Delete a role that no user has
    Delete {
        /// Its name or id
        #[arg(value_name = "ROLE")]
        id: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Lists roles, shows one or changes one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.action {
        None => list(context, usize::from(args.limit)).await,
        Some(Action::Show { id }) => {
            let id = role_id(context, &id).await?;
            show(context, &context.client.role(&id).await?)
        }
        Some(Action::Create { name, permissions }) => {
            let role = context.client.create_role(&NewRole { name, permissions }).await?;
            let sentence = format!("The role {} is there: {}.", one_line(&role.name), role.id);
            Ok(context.screen.done(&role, sentence)?)
        }
        Some(Action::Update { id, name, permissions }) => {
            let id = role_id(context, &id).await?;
            let permissions = (!permissions.is_empty()).then_some(permissions);
            let role = context.client.update_role(&id, &RolePatch { name, permissions }).await?;
            Ok(context.screen.done(&role, format!("{} is changed.", one_line(&role.name)))?)
        }
        Some(Action::Delete { id, yes }) => delete(context, &role_id(context, &id).await?, yes).await,
    }
}

async fn list(context: &Context, limit: usize) -> Result<(), Stop> {
    let roles = collect(limit, |size, cursor| context.client.roles(size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&roles)?);
    }
    let mut table = Table::new(&["NAME", "ID", "PERMISSIONS"], 2);
    for role in &roles.items {
        table.row([one_line(&role.name), role.id.clone(), permissions(role)]);
    }
    Ok(line(table.render(context.screen.width))?)
}

/// All of a few, or how many there are.
fn permissions(role: &Role) -> String {
    if role.permissions.len() > MOST_LISTED {
        return format!("{} permissions", role.permissions.len());
    }
    role.permissions.iter().map(|permission| permission.name()).collect::<Vec<_>>().join(", ")
}

fn show(context: &Context, role: &Role) -> Result<(), Stop> {
    if context.screen.json {
        return Ok(document(role)?);
    }
    line(format!("{} ({})", one_line(&role.name), role.id))?;
    let mut table = Table::new(&["PERMISSION", "ALLOWS"], 1);
    for permission in &role.permissions {
        table.row([permission.name().to_owned(), permission.sentence().to_owned()]);
    }
    Ok(line(table.render(context.screen.width))?)
}

async fn delete(context: &Context, id: &str, yes: bool) -> Result<(), Stop> {
    confirmed(context, yes, Deed::Delete, async || {
        let role = context.client.role(id).await?;
        Ok(format!("Delete the role {}?", one_line(&role.name)))
    })
    .await?;
    context.client.delete_role(id).await?;
    let done = serde_json::json!({ "id": id, "deleted": true });
    Ok(context.screen.done(&done, format!("{id} is deleted."))?)
}
