//! `sophon agents`.

use clap::Subcommand;
use sophon_api::Agent;
use sophon_client::collect;

use super::context::Context;
use super::environment;
use super::screen::{document, facts, line, one_line};
use super::stop::Stop;
use super::table::Table;
use super::when::ago;

/// Which agents.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon agents                    whom you can talk to
  sophon agents show sophon        what it may do
  sophon chat -a sophon \"Hello\"   talk to it"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show one agent
    Show {
        /// Its id or short name
        #[arg(value_name = "AGENT")]
        id: String,
    },
}

/// Lists agents or shows one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.action {
        None => list(context, usize::from(args.limit)).await,
        Some(Action::Show { id }) => show(context, &id).await,
    }
}

async fn list(context: &Context, limit: usize) -> Result<(), Stop> {
    let agents = collect(limit, |size, cursor| context.client.agents(size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&agents)?);
    }
    let mut table = Table::new(&["AGENT", "NAME", "DESCRIPTION", "RUNS", "MODEL"], 2);
    for agent in &agents.items {
        table.row([
            agent.slug.clone(),
            one_line(&agent.name),
            one_line(&agent.description),
            agent.runtime.as_str().to_owned(),
            model(agent),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

async fn show(context: &Context, id: &str) -> Result<(), Stop> {
    let agent = context.client.agent(id).await?;
    if context.screen.json {
        return Ok(document(&agent)?);
    }
    let now = environment::now();
    Ok(line(facts(&[
        ("Agent", agent.slug.clone()),
        ("Name", one_line(&agent.name)),
        ("Description", one_line(&agent.description)),
        ("Id", agent.id.to_string()),
        ("Runs", agent.runtime.as_str().to_owned()),
        ("Model", model(&agent)),
        ("Tools", agent.tools.join(", ")),
        ("Created", ago(now, agent.created_at)),
        ("Changed", ago(now, agent.updated_at)),
    ]))?)
}

fn model(agent: &Agent) -> String {
    agent.model.clone().unwrap_or_else(|| "(the gateway's first)".to_owned())
}
