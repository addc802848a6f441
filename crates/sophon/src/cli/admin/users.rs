//! `sophon admin users`.

use clap::{ArgGroup, Subcommand};
use sophon_api::{Access, NewUser, UserAccount, UserPatch};
use sophon_client::{Users, collect};
use sophon_model::{UserId, UserStatus};

use super::given_password;
use super::named::{role_id, user_id};
use crate::cli::confirm::{Deed, confirmed};
use crate::cli::context::Context;
use crate::cli::environment;
use crate::cli::screen::{document, facts, line, one_line};
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
  sophon admin users update ada@example.com --role Viewer
  sophon admin users reset-password ada@example.com              in place of one that was forgotten
  sophon admin users suspend ada@example.com                     no way in, everything is kept
  sophon admin users delete ada@example.com --reassign-to bob@example.com

A generated password is written once, alone, to standard output. Its user has to change it."
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only those whose name or address contains this
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those with this role, by its name or id
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Only those with this status: active, suspended or deleted [default: active and suspended]
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Option<UserStatus>,
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
        /// Admin, Operator, Viewer, or a role of your own, by its name or id
        #[arg(long, value_name = "ROLE", default_value = "Viewer")]
        role: String,
        /// Take the first password from standard input [default: a generated one]
        #[arg(long)]
        password_stdin: bool,
    },
    /// Change a user's name, address or role, or set a password
    #[command(group = ArgGroup::new("change").args(["name", "email", "role", "password_stdin"]).multiple(true).required(true))]
    Update {
        #[command(flatten)]
        one: One,
        /// What others see
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// The e-mail address
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        /// Admin, Operator, Viewer, or a role of your own, by its name or id
        #[arg(long, value_name = "ROLE")]
        role: Option<String>,
        /// Take a new password from standard input; the user has to change it
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give a user a new password in place of one that was forgotten, and print it
    ResetPassword(One),
    /// Remove the second factor of a user who has lost it, and end all its sign-ins
    RemoveSecondFactor(One),
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
        /// The user who gets its sessions, discussions, memories and attachments, by address or id
        #[arg(long, value_name = "USER")]
        reassign_to: Option<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Which user.
#[derive(Debug, clap::Args)]
struct One {
    /// The user's e-mail address or id
    #[arg(value_name = "USER")]
    user: String,
}

impl One {
    async fn id(&self, context: &Context) -> Result<UserId, Stop> {
        user_id(context, &self.user).await
    }
}

fn status(text: &str) -> Result<UserStatus, String> {
    UserStatus::parse(text).ok_or_else(|| "one of active, suspended, deleted".to_owned())
}

/// Lists users, shows one or changes one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let Args { action, search, role, status, limit } = args;
    match action {
        None => {
            let role = role_of(context, role).await?;
            list(context, &Users { search, role, status }, usize::from(limit)).await
        }
        Some(Action::Show(one)) => show(context, &context.client.user(&one.id(context).await?).await?),
        Some(Action::Create { email, name, role, password_stdin }) => {
            let role = Some(role_id(context, &role).await?);
            let password = given_password(password_stdin)?;
            create(context, &NewUser { email, name, role, password }).await
        }
        Some(Action::Update { one, name, email, role, password_stdin }) => {
            let (id, role) = (one.id(context).await?, role_of(context, role).await?);
            let password = given_password(password_stdin)?;
            let patch = UserPatch { email, name, role, password, status: None };
            changed(context, &id, patch, "changed").await
        }
        Some(Action::ResetPassword(one)) => reset_password(context, &one.id(context).await?).await,
        Some(Action::Suspend(one)) => access(context, &one, Access::Suspended, "suspended").await,
        Some(Action::Resume(one)) => access(context, &one, Access::Active, "active again").await,
        Some(Action::RemoveSecondFactor(one)) => {
            let id = one.id(context).await?;
            context.client.remove_second_factor(&id).await?;
            let done = serde_json::json!({ "id": id, "secondFactor": false });
            let sentence =
                format!("{} signs in with the password alone. All its sign-ins have ended.", one.user);
            Ok(context.screen.done(&done, sentence)?)
        }
        Some(Action::Logout(one)) => {
            let id = one.id(context).await?;
            context.client.log_out_user(&id).await?;
            let done = serde_json::json!({ "id": id, "signedOut": true });
            Ok(context.screen.done(&done, format!("All sign-ins of {} have ended.", one.user))?)
        }
        Some(Action::Delete { one, reassign_to, yes }) => {
            delete(context, &one, reassign_to.as_deref(), yes).await
        }
    }
}

async fn role_of(context: &Context, role: Option<String>) -> Result<Option<String>, Stop> {
    match role {
        Some(role) => role_id(context, &role).await.map(Some),
        None => Ok(None),
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
            one_line(&user.role_name),
            state(user),
            user.id.to_string(),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

/// The status, and what the user has to do before anything else.
fn state(user: &UserAccount) -> String {
    let due = if user.password_due { ", password due" } else { "" };
    format!("{}{due}", user.status.as_str())
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
        ("Role", one_line(&user.role_name)),
        ("Status", user.status.as_str().to_owned()),
        ("Password", password.to_owned()),
        ("Second factor", if user.second_factor { "on" } else { "off" }.to_owned()),
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

async fn reset_password(context: &Context, id: &UserId) -> Result<(), Stop> {
    let reset = context.client.reset_password(id).await?;
    if context.screen.json {
        return Ok(document(&reset)?);
    }
    context.screen.remark(format!(
        "All sign-ins of {} have ended. This password has to be changed at the next one, and is not shown again:",
        one_line(&reset.user.email)
    ));
    Ok(line(reset.password.reveal())?)
}

async fn access(context: &Context, one: &One, status: Access, word: &str) -> Result<(), Stop> {
    let patch = UserPatch { status: Some(status), ..UserPatch::default() };
    changed(context, &one.id(context).await?, patch, word).await
}

async fn changed(context: &Context, id: &UserId, patch: UserPatch, word: &str) -> Result<(), Stop> {
    let user = context.client.update_user(id, &patch).await?;
    let sentence = format!("{} ({}) is {word}.", one_line(&user.name), one_line(&user.email));
    Ok(context.screen.done(&user, sentence)?)
}

async fn delete(context: &Context, one: &One, heir: Option<&str>, yes: bool) -> Result<(), Stop> {
    let id = one.id(context).await?;
    let heir = match heir {
        Some(heir) => Some(user_id(context, heir).await?),
        None => None,
    };
    confirmed(context, yes, Deed::Delete, async || {
        let user = context.client.user(&id).await?;
        Ok(format!("Delete {} ({})?", one_line(&user.name), one_line(&user.email)))
    })
    .await?;
    context.client.delete_user(&id, heir.as_ref()).await?;
    let done = serde_json::json!({ "id": id, "deleted": true });
    Ok(context.screen.done(&done, format!("{} is deleted.", one.user))?)
}
