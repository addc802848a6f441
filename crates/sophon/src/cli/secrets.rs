//! `sophon secrets`.

use sophon_api::{MasterKeyState, SecretsState};

use super::context::Context;
use super::screen::{document, facts, line, one_line};
use super::stop::Stop;

/// The keys that stored secrets are sealed with
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Secrets are sealed in the database under a master key, which is not in it. Back both up, apart from each other.

Examples:
  sophon secrets             where the master keys are, and which one seals
  sophon secrets rotate      make a new master key, while the gateway serves")]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show the master keys by their fingerprints
    Status,
    /// Make a new master key and seal everything under it
    Rotate,
}

/// Shows or rotates the master keys.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let state = match args.action {
        None | Some(Action::Status) => context.client.secrets_state().await?,
        Some(Action::Rotate) => context.client.rotate_master_key().await?,
    };
    if context.screen.json {
        return Ok(document(&state)?);
    }
    show(&state)
}

fn show(state: &SecretsState) -> Result<(), Stop> {
    let key = |(age, key): (usize, &MasterKeyState)| {
        let fingerprint = one_line(&key.fingerprint);
        match (age, key.data_keys) {
            (0, _) => ("Sealing key", fingerprint),
            (_, 0) => ("Older key", format!("{fingerprint} (needed for old backups only)")),
            (_, _) => ("Older key", format!("{fingerprint} (still in use)")),
        }
    };
    let place = ("Kept in", one_line(&state.place));
    let keys = state.master_keys.iter().enumerate().map(key);
    Ok(line(facts(&std::iter::once(place).chain(keys).collect::<Vec<_>>()))?)
}
