//! `sophon admin`.

mod audit;
mod named;
mod roles;
mod tenants;
mod users;

use clap::Subcommand;
use sophon_api::Secret;

use super::context::Context;
use super::screen::first_line;
use super::stop::Stop;

/// What is administered.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// List, create, change, suspend and delete users
    Users(users::Args),
    /// List, create, change and delete roles
    Roles(roles::Args),
    /// List, create, disable and delete tenants, and say who is in them
    Tenants(tenants::Args),
    /// List, export and verify the audit log
    Audit(audit::Args),
}

impl Args {
    /// The command that lists what this one is about.
    pub fn list(&self) -> &'static str {
        match self.subject {
            Subject::Users(_) => "`sophon admin users` lists",
            Subject::Roles(_) => "`sophon admin roles` lists",
            Subject::Tenants(_) => "`sophon admin tenants` lists",
            Subject::Audit(_) => "`sophon admin audit list` lists",
        }
    }
}

/// Administers users, roles or tenants, or reads the audit log.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.subject {
        Subject::Users(args) => users::run(context, args).await,
        Subject::Roles(args) => roles::run(context, args).await,
        Subject::Tenants(args) => tenants::run(context, args).await,
        Subject::Audit(args) => audit::run(context, args).await,
    }
}

/// A password for somebody else: the line on standard input, if it is to come from there.
fn given_password(from_stdin: bool) -> Result<Option<Secret>, Stop> {
    Ok(if from_stdin { Some(Secret::from(first_line()?)) } else { None })
}
