//! `sophon completion`.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use super::stop::Stop;
use crate::Sophon;

/// How to use the script.
pub const AFTER_HELP: &str = "\
Examples:
  sophon completion bash > ~/.local/share/bash-completion/completions/sophon
  sophon completion zsh > \"${fpath[1]}/_sophon\"
  sophon completion fish > ~/.config/fish/completions/sophon.fish";

/// For which shell.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub fn run(args: &Args) -> Result<(), Stop> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Sophon::command(), "sophon", &mut script);
    io::stdout().write_all(&script)?;
    Ok(())
}
