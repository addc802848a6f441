//! The command line: everything that a person types to talk to a gateway. One file a subcommand.

mod agents;
mod announce;
mod approvals;
mod chat;
mod completion;
mod config;
mod confirm;
mod context;
mod doctor;
mod environment;
mod jobs;
mod login;
mod logout;
mod nodes;
mod questions;
mod screen;
mod secrets;
mod sessions;
mod status;
mod stop;
mod table;
mod tasks;
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
    /// Talk to an agent
    Chat(chat::Args),
    /// List, show, rename, fork and delete sessions
    Sessions(sessions::Args),
    /// See what agents are working on, and stop it
    Tasks(tasks::Args),
    /// See what agents want to do and must ask for, and answer
    Approvals(approvals::Args),
    /// See what agents want to know from you, and answer
    Questions(questions::Args),
    /// See the machines, pair them, and tell them what to do
    Nodes(nodes::Args),
    /// Tell everybody something
    Announce(announce::Args),
    /// Show and rotate the keys that stored secrets are sealed with
    Secrets(secrets::Args),
    /// See the agents
    Agents(agents::Args),
    /// See the background jobs, and run those again that failed
    Jobs(jobs::Args),
    /// Tell which gateway this is, how it is, and who you are to it
    Status,
    /// Look for what is wrong, and tell what to do about it
    Doctor,
    /// Print a script that completes commands in your shell
    #[command(after_help = completion::AFTER_HELP)]
    Completion(completion::Args),
}

/// Runs a command on a runtime of its own, which does not wait for a read of the terminal that is still under way.
pub fn main(command: Command, globals: Globals) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Stop::failed(format!("no work can be started ({error})")).tell(globals.json),
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
        Err(stop) => stop.tell(json),
    }
}

async fn dispatch(command: Command, globals: Globals) -> Result<(), Stop> {
    if let Command::Completion(args) = command {
        return completion::run(&args);
    }
    let context = Context::new(globals)?;
    match command {
        Command::Login(args) => login::run(&context, args).await,
        Command::Logout => logout::run(&context).await,
        Command::Chat(args) => chat::run(&context, args).await,
        Command::Sessions(args) => sessions::run(&context, args).await,
        Command::Tasks(args) => tasks::run(&context, args).await,
        Command::Approvals(args) => approvals::run(&context, args).await,
        Command::Questions(args) => questions::run(&context, args).await,
        Command::Nodes(args) => nodes::run(&context, args).await,
        Command::Announce(args) => announce::run(&context, args).await,
        Command::Secrets(args) => secrets::run(&context, args).await,
        Command::Agents(args) => agents::run(&context, args).await,
        Command::Jobs(args) => jobs::run(&context, args).await,
        Command::Status => status::run(&context).await,
        Command::Doctor => doctor::run(&context).await,
        Command::Completion(args) => completion::run(&args),
    }
}
