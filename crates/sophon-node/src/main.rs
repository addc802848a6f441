//! `sophon-node`: a machine's program. All reasoning is the gateway's; this obeys, within its scopes and with the
//! consent of whoever sits at the machine.

mod answer;
mod commands;
mod consent;
mod folder;
mod gateway;
mod hub;
mod journal;
mod link;
mod machine;
mod pair;
mod service;
mod work;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use url::Url;

use consent::Consent;
use folder::Folder;

/// How long the end of what runs is waited for.
const TO_STOP: Duration = Duration::from_millis(500);

/// A machine that does what its Sophon gateway tells it
#[derive(Debug, Parser)]
#[command(name = "sophon-node", version)]
struct SophonNode {
    #[command(subcommand)]
    command: Command,
    /// Where the token and the journal are kept [default: ~/.sophon-node]
    #[arg(long, global = true, env = "SOPHON_NODE_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,
}

const CONSENT_HELP: &str = "\
Where nobody can be asked, consent.toml in the data folder decides (mode 600, read for each command):

  [commands]
  \"system.execute\" = \"allow\"    # ask, allow or deny, for each command
  \"screen.capture\" = \"deny\"

A program of which it says nothing is decided by --consent; other commands are done then.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Pair with a gateway: shows a code, waits until somebody approves it, and keeps the token
    Pair {
        /// The gateway's address, for example https://gw.example.com
        #[arg(long, value_name = "URL", value_parser = gateway::parse_address)]
        gateway: Url,
        /// The node's id, as the gateway showed it
        #[arg(long, value_name = "ID")]
        node: String,
        /// The pairing secret, as the gateway showed it
        #[arg(long, env = "SOPHON_NODE_SECRET", hide_env_values = true)]
        secret: String,
    },
    /// Connect, and do what the gateway says
    #[command(after_help = CONSENT_HELP)]
    Start {
        /// Whether to run programs of which consent.toml says nothing: ask the person here, allow all, or deny all
        #[arg(long, value_enum, default_value = "ask")]
        consent: Consent,
    },
    /// Run in the background, from sign-in on (systemd)
    Service {
        #[command(subcommand)]
        action: service::Action,
    },
    /// Show which gateway this machine is paired with, and whether it answers
    Status,
    /// Print the version
    Version,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failure(String);

impl From<gateway::GatewayError> for Failure {
    fn from(error: gateway::GatewayError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

#[expect(clippy::print_stderr, reason = "it is how a command line says what went wrong")]
fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // <https://no-color.org>
        .with_ansi(std::io::stderr().is_terminal() && !machine::has("NO_COLOR"))
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .init();
    let arguments = SophonNode::parse();
    let done = tokio::runtime::Runtime::new().map_err(Failure::from).and_then(|runtime| {
        let done = runtime.block_on(run(arguments));
        // What runs is ended with its task; a read of the terminal that is still under way cannot be.
        runtime.shutdown_timeout(TO_STOP);
        done
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(text)) => {
            eprintln!("error: {text}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "it is what was asked for")]
async fn run(SophonNode { command, data }: SophonNode) -> Result<(), Failure> {
    let folder = || Folder::open(data);
    match command {
        Command::Pair { gateway, node, secret } => pair::pair(&folder()?, gateway, &node, &secret).await,
        Command::Start { consent } => link::run(&folder()?, consent).await,
        Command::Service { action } => service::act(&folder()?, action).await,
        Command::Status => pair::status(&folder()?).await,
        Command::Version => {
            println!("sophon-node {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
    }
}
