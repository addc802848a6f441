//! `sophon`: the gateway, and the command line to talk to one.

mod cli;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::error::ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
use clap::{Args, CommandFactory, Parser, Subcommand};
use sophon_server::ServeArgs;
use tikv_jemallocator::Jemalloc;

/// Chosen for what it gives back: after 20,000 messages in 2,000 sessions the gateway holds a quarter of the memory that it
/// holds with the system's allocator. Its background threads return freed pages to the system within ten seconds.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// A self-hosted, real-time gateway between people and AI agents
#[derive(Debug, Parser)]
#[command(name = "sophon", version, after_help = cli::AFTER_HELP)]
pub(crate) struct Sophon {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    globals: cli::Globals,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a gateway on this machine
    Serve(Serve),
    /// Print the OpenAPI document of the REST API
    Openapi,
    #[command(flatten)]
    Cli(cli::Command),
}

/// How to run it. The rest is in sophon.toml and in `SOPHON__SECTION__KEY` variables.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sophon serve                                     on http://127.0.0.1:8080, data in ~/.sophon
  SOPHON__AUTH__AUTO_ADMIN=true sophon serve       for you alone: nobody signs in
  sophon serve --listen 0.0.0.0:8080 --data /srv/sophon --config /etc/sophon.toml
  OPENAI_API_KEY=sk-... sophon serve               with a model provider

SIGTERM drains: no new work is taken, what runs may finish. A second one stops at once. SIGHUP reads the configuration
again; the log says what counts at once and what needs a restart.")]
struct Serve {
    /// The address to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", value_parser = listen_address)]
    listen: Option<SocketAddr>,
    /// The configuration file [default: sophon.toml in this folder, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Open the dashboard in a browser once it serves, where there is a desktop
    #[arg(long)]
    open: bool,
}

/// An address to listen on; `localhost` stands for 127.0.0.1.
fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let address = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    address
        .parse()
        .map_err(|_| "give an address and a port, for example 127.0.0.1:8080 or localhost:8080".to_owned())
}

fn main() -> ExitCode {
    let Sophon { command, globals } = parse();
    match command {
        Command::Serve(serve) => {
            let Serve { listen, config, open } = serve;
            run_gateway(ServeArgs { listen, config, data: globals.data, open })
        }
        Command::Openapi => print_openapi(),
        Command::Cli(command) => cli::main(command, globals),
    }
}

/// What was typed. What is wrong with it is told with the usage of what was typed: a value that an environment variable
/// gives an option would be listed there, as if the option were required.
fn parse() -> Sophon {
    Sophon::try_parse().unwrap_or_else(|error| {
        let is_asked_for = [DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion];
        if is_asked_for.contains(&error.kind()) {
            error.exit();
        }
        let without_environment = Sophon::command().mut_args(|option| option.env(Resettable::Reset));
        without_environment.try_get_matches().err().unwrap_or(error).exit()
    })
}

#[expect(clippy::print_stderr, reason = "there may be no log yet when a gateway does not start")]
fn run_gateway(args: ServeArgs) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no threads can be started ({error})");
            return ExitCode::FAILURE;
        }
    };
    let served = runtime.block_on(sophon_server::serve(args));
    runtime.shutdown_background();
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the document is what was asked for")]
fn print_openapi() -> ExitCode {
    match sophon_server::openapi() {
        Ok(document) => {
            println!("{document}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_holds_together() {
        super::Sophon::command().debug_assert();
    }
}
