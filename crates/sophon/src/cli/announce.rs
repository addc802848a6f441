//! `sophon announce`.

use sophon_api::NewAnnouncement;
use sophon_model::Severity;

use super::context::Context;
use super::stop::Stop;

/// What to tell everybody.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It comes to all who are connected now, and is not kept for others. Only administrators may.

Examples:
  sophon announce \"Update tonight\" \"The gateway is away from 22:00 for ten minutes.\"
  sophon announce --severity critical \"Stop\" \"Do not use the mail agent until further notice.\"")]
pub struct Args {
    /// What it is about
    title: String,
    /// The whole of it
    body: String,
    /// How urgent it is: info, warning or critical
    #[arg(long, default_value = "info", value_parser = severity)]
    severity: Severity,
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| "say info, warning or critical".to_owned())
}

/// Announces it.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let Args { title, body, severity } = args;
    let new = NewAnnouncement { title, body, severity: Some(severity) };
    let told = context.client.announce(&new).await?;
    Ok(context.screen.done(&told, "Everybody who is connected has been told.")?)
}
