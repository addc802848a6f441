//! `sophon config`.

use std::net::SocketAddr;
use std::path::PathBuf;

use sophon_server::ServeArgs;
use sophon_server::config::in_force;

use super::context::Globals;
use super::screen::{document, line, one_line};
use super::stop::Stop;
use super::table::Table;
use crate::listen_address;

/// How to ask for the configuration of a service.
pub const AFTER_HELP: &str = "\
Examples:
  sophon config                                    what `sophon serve` would start with here
  sophon config --config /etc/sophon/sophon.toml --json

Secrets are not shown. A gateway that runs has the values of its start.";

/// The flags of `sophon serve` that count.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The address that `sophon serve` is given
    #[arg(long, value_name = "ADDR", value_parser = listen_address)]
    listen: Option<SocketAddr>,
    /// The configuration file [default: sophon.toml in this folder, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Prints each key with its value and where that was set.
pub fn run(args: Args, globals: Globals) -> Result<(), Stop> {
    let screen = globals.screen();
    let args = ServeArgs { listen: args.listen, config: args.config, data: globals.data, open: false };
    let found = in_force(&args)
        .map_err(|problems| Stop::failed(format!("the configuration is not usable:\n{problems}")))?;
    if screen.json {
        return Ok(document(&found)?);
    }
    let mut table = Table::new(&["KEY", "VALUE", "FROM"], 1);
    for setting in found {
        table.row([setting.key, one_line(&setting.value), one_line(&setting.origin)]);
    }
    Ok(line(table.render(screen.width))?)
}
