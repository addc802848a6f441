//! `sophon admin users`.

use clap::Subcommand;
use sophon_api::{Access, NewUser, Secret, UserAccount, UserPatch};
use sophon_client::{Users, collect};
use sophon_model::UserId;

use crate::cli::confirm::{Deed, confirmed};
use crate::cli::context::Context;
use crate::cli::environment;
use crate::cli::screen::{document, facts, first_line, line, one_line};
use crate::cli::stop::Stop;
use crate::cli::table::Table;
use crate::cli::when::ago;

/// Which users, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon admin users                                             who is there
  sophon admin users create ada@example.com --name Ada --role Operator
  sophon admin users update usr_… --role Viewer
  sophon admin users suspend usr_…                               no way in, everything is kept
  sophon admin users delete usr_… --reassign-to usr_…

A generated password is written once, alone, to standard output. Its user has to change it."
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only those whose name or address contains this
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those with this role
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show one user
    Show(One),
    /// Create a user and print the first password
    Create {
        /// The e-mail address
        #[arg(value_name = "ADDRESS")]
        email: String,
        /// What others see
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Admin, Operator, Viewer, or the id of a role of your own
        #[arg(long, value_name = "ROLE", default_value = "Viewer")]
        role: String,
        /// Take the first password from standard input [default: a generated one]
        #[arg(long)]
        password_stdin: bool,
    },
    /// Change a user's name, address or role, or set a password
    Update {
        #[command(flatten)]
        one: One,
        /// What others see
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// The e-mail address
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        /// Admin, Operator, Viewer, or the id of a role of your own
        #[arg(long, value_name = "ROLE")]
        role: Option<String>,
        /// Take a new password from standard input; the user has to change it
        #[arg(long)]
        password_stdin: bool,
    },
    /// Let a user in no longer, and cancel its work
    Suspend(One),
    /// Let a suspended user in again
    Resume(One),
    /// End all sign-ins of a user
    Logout(One),
    /// Delete a user
    Delete {
        #[command(flatten)]
        one: One,
        /// The user who gets its sessions, discussions, memories and attachments
        #[arg(long, value_name = "USER")]
        reassign_to: Option<UserId>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Which user.
#[derive(Debug, clap::Args)]
struct One {
    /// The user
    #[arg(value_name = "USER")]
    id: UserId,
}

/// Lists users, shows one or changes one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let Args { action, search, role, limit } = args;
    match action {
        None => list(context, &Users { search, role, status: None }, usize::from(limit)).await,
        Some(Action::Show(one)) => show(context, &context.client.user(&one.id).await?),
        Some(Action::Create { email, name, role, password_stdin }) => {
            let password = password(password_stdin)?;
            create(context, &NewUser { email, name, role: Some(role), password }).await
        }
        Some(Action::Update { one, name, email, role, password_stdin }) => {
            let password = password(password_stdin)?;
            let patch = UserPatch { email, name, role, password, status: None };
            changed(context, &one.id, patch, "changed").await
        }
        Some(Action::Suspend(one)) => access(context, &one.id, Access::Suspended, "suspended").await,
        Some(Action::Resume(one)) => access(context, &one.id, Access::Active, "active again").await,
        Some(Action::Logout(one)) => {
            context.client.log_out_user(&one.id).await?;
            let done = serde_json::json!({ "id": one.id, "signedOut": true });
            Ok(context.screen.done(&done, format!("All sign-ins of {} have ended.", one.id))?)
        }
        Some(Action::Delete { one, reassign_to, yes }) => {
            delete(context, &one.id, reassign_to.as_ref(), yes).await
        }
    }
}

async fn list(context: &Context, users: &Users, limit: usize) -> Result<(), Stop> {
    let found = collect(limit, |size, cursor| context.client.users(users, size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&found)?);
    }
    if found.items.is_empty() {
        context.screen.remark("There are no such users.");
        return Ok(());
    }
    let mut table = Table::new(&["NAME", "E-MAIL", "ROLE", "STATUS", "ID"], 1);
    for user in &found.items {
        table.row([
            one_line(&user.name),
            one_line(&user.email),
            user.role.clone(),
            user.status.as_str().to_owned(),
            user.id.to_string(),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

fn show(context: &Context, user: &UserAccount) -> Result<(), Stop> {
    if context.screen.json {
        return Ok(document(user)?);
    }
    let now = environment::now();
    let password = if user.password_due { "has to be changed at the next sign-in" } else { "the user's own" };
    Ok(line(facts(&[
        ("Name", one_line(&user.name)),
        ("E-mail", one_line(&user.email)),
        ("Role", user.role.clone()),
        ("Status", user.status.as_str().to_owned()),
        ("Password", password.to_owned()),
        ("Id", user.id.to_string()),
        ("Created", ago(now, user.created_at)),
        ("Changed", ago(now, user.updated_at)),
    ]))?)
}

async fn create(context: &Context, new: &NewUser) -> Result<(), Stop> {
    let created = context.client.create_user(new).await?;
    if context.screen.json {
        return Ok(document(&created)?);
    }
    let user = &created.user;
    let Some(password) = &created.password else {
        context
            .screen
            .remark(format!("{} ({}) has to change the password when signing in.", user.email, user.id));
        return Ok(());
    };
    context.screen.remark(format!(
        "{} ({}) has to change this password when signing in. It is not shown again:",
        user.email, user.id
    ));
    Ok(line(password.reveal())?)
}

async fn access(context: &Context, id: &UserId, status: Access, word: &str) -> Result<(), Stop> {
    changed(context, id, UserPatch { status: Some(status), ..UserPatch::default() }, word).await
}

async fn changed(context: &Context, id: &UserId, patch: UserPatch, word: &str) -> Result<(), Stop> {
    let user = context.client.update_user(id, &patch).await?;
    let sentence = format!("{} ({}) is {word}.", one_line(&user.name), one_line(&user.email));
    Ok(context.screen.done(&user, sentence)?)
}

async fn delete(context: &Context, id: &UserId, heir: Option<&UserId>, yes: bool) -> Result<(), Stop> {
    confirmed(context, yes, Deed::Delete, async || {
        let user = context.client.user(id).await?;
        Ok(format!("Delete {} ({})?", one_line(&user.name), one_line(&user.email)))
    })
    .await?;
    context.client.delete_user(id, heir).await?;
    let done = serde_json::json!({ "id": id, "deleted": true });
    Ok(context.screen.done(&done, format!("{id} is deleted."))?)
}

fn password(from_stdin: bool) -> Result<Option<Secret>, Stop> {
    Ok(if from_stdin { Some(Secret::from(first_line()?)) } else { None })
}
