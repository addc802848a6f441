//! `sophon man`.

use std::fs;
use std::path::PathBuf;

use clap::CommandFactory;

use super::stop::Stop;
use crate::Sophon;

/// How to read them.
pub const AFTER_HELP: &str = "\
Examples:
  sophon man ~/.local/share/man/man1         then: man sophon-chat";

/// Where to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder; it is made if it is missing
    folder: PathBuf,
}

/// Writes a page for each command.
pub fn run(args: &Args) -> Result<(), Stop> {
    fs::create_dir_all(&args.folder)
        .and_then(|()| clap_mangen::generate_to(Sophon::command(), &args.folder))
        .map_err(|error| {
            Stop::failed(format!("the pages cannot be written to {}: {error}", args.folder.display()))
        })
}
