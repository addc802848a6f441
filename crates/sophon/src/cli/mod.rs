//! The command line: everything that a person types to talk to a gateway. One file a subcommand.

mod admin;
mod agents;
mod announce;
mod approvals;
mod chat;
mod completion;
mod config;
mod configuration;
mod confirm;
mod context;
mod discussions;
mod doctor;
mod environment;
mod gateways;
mod jobs;
mod login;
mod logout;
mod man;
mod markdown;
mod models;
mod nodes;
mod onboard;
mod password;
mod providers;
mod questions;
mod screen;
mod secrets;
mod service;
mod sessions;
mod status;
mod stop;
mod table;
mod tasks;
mod tokens;
mod values;
mod when;

use std::process::ExitCode;

use clap::Subcommand;

use context::Context;
pub use context::Globals;
use screen::Screen;
use stop::Stop;

/// What stands below the list of commands.
pub const AFTER_HELP: &str = "\
Examples:
  sophon chat \"What is on my list today?\"     ask, and watch the answer come
  git diff | sophon chat \"Review this:\" -     ask about what comes through a pipe
  sophon chat --last                          go on with the last session
  sophon sessions --json | jq '.items[].id'   for programs

Exit status: 0 done, 1 failed, 2 not understood, 130 interrupted.";

/// What can be asked of a gateway.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sign in to a gateway and remember it
    Login(login::Args),
    /// Sign out and forget the sign-in
    Logout,
    /// Set up a model and say hello
    Onboard(onboard::Args),
    /// Change your password
    Password(password::Args),
    /// Talk to an agent
    Chat(chat::Args),
    /// List, show, rename, fork and delete sessions
    Sessions(sessions::Args),
    /// List and cancel what agents are working on
    Tasks(tasks::Args),
    /// List and answer approval requests
    Approvals(approvals::Args),
    /// List and answer questions from agents
    Questions(questions::Args),
    /// Let several agents discuss a question
    Discussions(discussions::Args),
    /// List and pair machines, and run commands on them
    Nodes(nodes::Args),
    /// Send an announcement
    Announce(announce::Args),
    /// List, create and revoke API tokens
    Tokens(tokens::Args),
    /// Manage users and roles
    Admin(admin::Args),
    /// Show and rotate the keys that stored secrets are sealed with
    Secrets(secrets::Args),
    /// List and show agents
    Agents(agents::Args),
    /// List, add, test and remove model providers
    Models(models::Args),
    /// List background jobs and retry failed ones
    Jobs(jobs::Args),
    /// Show gateway status and your account
    Status,
    /// Diagnose problems and suggest fixes
    Doctor,
    /// Run the gateway as a service of systemd
    #[command(after_help = service::AFTER_HELP)]
    Service(service::Args),
    /// Print the configuration in force, and where each value comes from
    #[command(after_help = configuration::AFTER_HELP)]
    Config(configuration::Args),
    /// Print a completion script for your shell
    #[command(after_help = completion::AFTER_HELP)]
    Completion(completion::Args),
    /// Write the manual pages into a folder
    #[command(after_help = man::AFTER_HELP)]
    Man(man::Args),
}

/// Runs a command on a runtime of its own, which does not wait for a read of the terminal that is still under way.
pub fn main(command: Command, globals: Globals) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Stop::failed(format!("no work can be started ({error})")).report(globals.json),
    };
    let code = runtime.block_on(run(command, globals));
    runtime.shutdown_background();
    code
}

/// Runs a command, tells how it went wrong if it did, and gives the exit status.
pub async fn run(command: Command, globals: Globals) -> ExitCode {
    let json = globals.json;
    match dispatch(command, globals).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => stop.report(json),
    }
}

async fn dispatch(command: Command, globals: Globals) -> Result<(), Stop> {
    // What needs no gateway.
    let command = match command {
        Command::Completion(args) => return completion::run(&args),
        Command::Man(args) => return man::run(&args),
        Command::Config(args) => return configuration::run(args, globals),
        Command::Service(args) => return service::run(args, globals).await,
        command => command,
    };
    let context = Context::new(globals.clone())?;
    let list = list_of(&command);
    let done = match command {
        Command::Login(args) => login::run(&context, args).await,
        Command::Logout => logout::run(&context).await,
        Command::Onboard(args) => onboard::run(&context, args).await,
        Command::Password(args) => password::run(&context, args).await,
        Command::Chat(args) => chat::run(&context, args).await,
        Command::Sessions(args) => sessions::run(&context, args).await,
        Command::Tasks(args) => tasks::run(&context, args).await,
        Command::Approvals(args) => approvals::run(&context, args).await,
        Command::Questions(args) => questions::run(&context, args).await,
        Command::Discussions(args) => discussions::run(&context, args).await,
        Command::Nodes(args) => nodes::run(&context, args).await,
        Command::Announce(args) => announce::run(&context, args).await,
        Command::Tokens(args) => tokens::run(&context, args).await,
        Command::Admin(args) => admin::run(&context, args).await,
        Command::Secrets(args) => secrets::run(&context, args).await,
        Command::Agents(args) => agents::run(&context, args).await,
        Command::Models(args) => models::run(&context, args).await,
        Command::Jobs(args) => jobs::run(&context, args).await,
        Command::Status => status::run(&context).await,
        Command::Doctor => doctor::run(&context).await,
        Command::Completion(args) => completion::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Config(args) => configuration::run(args, globals),
        Command::Service(args) => service::run(args, globals).await,
    };
    done.map_err(|stop| match list {
        Some(list) => stop.listed_by(list),
        None => stop,
    })
}

/// The commands that list what a command is about.
fn list_of(command: &Command) -> Option<&'static str> {
    Some(match command {
        Command::Chat(_) => "`sophon sessions` and `sophon agents` list",
        Command::Sessions(_) => "`sophon sessions` lists",
        Command::Tasks(_) => "`sophon tasks` and `sophon tasks --history` list",
        Command::Approvals(_) => "`sophon approvals` and `sophon approvals --history` list",
        Command::Questions(_) => "`sophon questions` lists",
        Command::Discussions(_) => "`sophon discussions` lists",
        Command::Nodes(_) => "`sophon nodes` lists",
        Command::Tokens(_) => "`sophon tokens` lists",
        Command::Agents(_) => "`sophon agents` lists",
        Command::Models(_) => "`sophon models` lists",
        Command::Admin(args) => args.list(),
        Command::Jobs(_) => "`sophon jobs` lists",
        _ => return None,
    })
}
