//! `sophon nodes`.

use std::time::Duration;

use clap::Subcommand;
use console::style;
use serde_json::Value;
use sophon_api::{Node, NodeCommand, RegisteredNode};
use sophon_client::collect;
use sophon_model::{NodeId, NodeScope, NodeStatus};

use super::confirm::{Deed, confirmed};
use super::context::Context;
use super::environment;
use super::screen::{document, facts, line, one_line};
use super::stop::Stop;
use super::table::Table;
use super::values::{Limit, json};
use super::when::{ago, span};

/// Which machines, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon nodes                                       the machines, and which are online
  sophon nodes pair \"My desk\" --scope system.info    what to run on the machine
  sophon nodes approve node_… --code ABC-234         if the machine shows this code
  sophon nodes command node_… system.info
  sophon nodes command node_… system.execute '{\"argv\": [\"uptime\"]}'
  sophon nodes revoke node_…                         cut it off, at once"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    limit: Limit,
}

/// What a machine may be told to do unless the person says otherwise, as in the dashboard: nothing that can do harm.
const HARMLESS_SCOPES: [NodeScope; 2] = [NodeScope::SystemInfo, NodeScope::NotifySend];

#[derive(Debug, Subcommand)]
enum Action {
    /// List the machines
    List,
    /// Show a machine
    Show {
        /// The machine
        #[arg(value_name = "NODE")]
        id: NodeId,
    },
    /// Register a machine, and show what to run on it. The secret is shown this once
    Pair {
        /// What to call it
        name: String,
        /// Its operating system: linux, macos or windows
        #[arg(long, default_value = "linux")]
        platform: String,
        /// What it may be told to do; once for each [default: system.info and notify.send]
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<NodeScope>,
        /// It may be told nothing yet
        #[arg(long, conflicts_with = "scopes")]
        no_scopes: bool,
    },
    /// Let a machine in that shows the right code
    Approve {
        /// The machine
        #[arg(value_name = "NODE")]
        id: NodeId,
        /// The code that it shows; another is refused
        #[arg(long)]
        code: Option<String>,
        /// What it may be told to do, in place of what it was registered with; once for each
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<NodeScope>,
    },
    /// Turn a machine down that waits to be let in
    Reject {
        /// The machine
        #[arg(value_name = "NODE")]
        id: NodeId,
    },
    /// Say what a machine may be told to do; what is not named is taken away
    Scopes {
        /// The machine
        #[arg(value_name = "NODE")]
        id: NodeId,
        /// All that it may, for example system.info
        #[arg(value_name = "SCOPE", value_parser = scope, required_unless_present_any = ["named", "none"])]
        scopes: Vec<NodeScope>,
        /// The same, as `pair` and `approve` take it; once for each
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
        named: Vec<NodeScope>,
        /// It may be told nothing
        #[arg(long, conflicts_with_all = ["scopes", "named"])]
        none: bool,
    },
    /// Tell a machine to do something, and print what it returns. Exits with 0 if it was done
    Command {
        /// The machine
        #[arg(value_name = "NODE")]
        id: NodeId,
        /// What to do, for example system.info
        command: String,
        /// With which parameters, as JSON
        #[arg(value_name = "JSON", default_value = "{}", value_parser = json)]
        params: Value,
        /// How long it may take, in seconds
        #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
        timeout: u64,
    },
    /// Show what a machine was told to do, newest first
    History {
        /// The machine
        #[arg(value_name = "NODE")]
        id: NodeId,
        #[command(flatten)]
        limit: Limit,
    },
    /// Cut a machine off and forget it
    Revoke {
        /// The machine
        #[arg(value_name = "NODE")]
        id: NodeId,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

fn scope(text: &str) -> Result<NodeScope, String> {
    let known = || NodeScope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
    NodeScope::parse(text).ok_or_else(|| format!("there are {}", known()))
}

/// Lists machines, or does something with one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let client = &context.client;
    let node = match args.action {
        None | Some(Action::List) => return list(context, usize::from(args.limit)).await,
        Some(Action::Show { id }) => return show(context, &client.node(&id).await?),
        Some(Action::Pair { name, platform, mut scopes, no_scopes }) => {
            if scopes.is_empty() && !no_scopes {
                scopes.extend(HARMLESS_SCOPES);
            }
            return pair(context, &client.register_node(&name, &platform, &scopes).await?);
        }
        Some(Action::Command { id, command, params, timeout }) => {
            let limit = Duration::from_secs(timeout);
            return print_outcome(context, &client.command_node(&id, &command, &params, limit).await?);
        }
        Some(Action::History { id, limit }) => return history(context, &id, usize::from(limit)).await,
        Some(Action::Revoke { id, yes }) => return revoke(context, &id, yes).await,
        Some(Action::Approve { id, code, scopes }) => {
            let scopes = (!scopes.is_empty()).then_some(&scopes[..]);
            client.approve_node(&id, code.as_deref(), scopes).await?
        }
        Some(Action::Reject { id }) => client.reject_node(&id).await?,
        Some(Action::Scopes { id, mut scopes, named, .. }) => {
            scopes.extend(named);
            client.set_node_scopes(&id, &scopes).await?
        }
    };
    let sentence =
        format!("{} is {} and may: {}.", one_line(&node.name), node.status.as_str(), scopes_of(&node));
    Ok(context.screen.done(&node, sentence)?)
}

async fn list(context: &Context, limit: usize) -> Result<(), Stop> {
    let nodes = collect(limit, |size, cursor| context.client.nodes(size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&nodes)?);
    }
    if nodes.items.is_empty() {
        context.screen.remark("There are none. `sophon nodes pair NAME` registers one.");
        return Ok(());
    }
    let mut table = Table::new(&["NAME", "NODE", "PLATFORM", "STATUS", "SCOPES"], 4);
    for node in &nodes.items {
        let (name, platform) = (one_line(&node.name), one_line(&node.platform));
        table.row([name, node.id.to_string(), platform, state(node), scopes_of(node)]);
    }
    line(table.render(context.screen.width))?;
    if nodes.has_more {
        context.screen.remark("There are more: `--limit N`.");
    }
    Ok(())
}

/// How far it has come; of one that is paired, whether it is there.
fn state(node: &Node) -> String {
    match (node.status, node.online, node.last_seen_at) {
        (NodeStatus::Paired, true, _) => style("online").green().to_string(),
        (NodeStatus::Paired, false, Some(seen)) => format!("seen {}", ago(environment::now(), seen)),
        (NodeStatus::Paired, false, None) => "never seen".to_owned(),
        (status, ..) => style(status.as_str()).yellow().to_string(),
    }
}

fn scopes_of(node: &Node) -> String {
    let scopes: Vec<&str> = node.scopes.iter().map(|scope| scope.as_str()).collect();
    if scopes.is_empty() { "nothing".to_owned() } else { scopes.join(", ") }
}

fn show(context: &Context, node: &Node) -> Result<(), Stop> {
    if context.screen.json {
        return Ok(document(node)?);
    }
    let mut lines = vec![
        ("Node", node.id.to_string()),
        ("Name", one_line(&node.name)),
        ("Platform", one_line(&node.platform)),
        ("Status", state(node)),
        ("May", scopes_of(node)),
        ("Registered", ago(environment::now(), node.created_at)),
    ];
    let said = [
        ("Code", node.pairing_code.clone()),
        ("Version", node.version.as_deref().map(one_line)),
        ("Up", node.uptime.map(|seconds| span(Duration::from_secs(seconds.max(0).cast_unsigned())))),
        ("Busy", node.cpu_percent.map(|percent| format!("{percent} %"))),
        ("Memory", node.memory_mb.map(|size| format!("{size} MiB"))),
    ];
    lines.extend(said.into_iter().filter_map(|(name, value)| Some((name, value?))));
    Ok(line(facts(&lines))?)
}

fn pair(context: &Context, registered: &RegisteredNode) -> Result<(), Stop> {
    let RegisteredNode { node, pairing_secret, expires_at } = registered;
    let (id, name, gateway) = (&node.id, one_line(&node.name), context.client.base());
    let left = span(expires_at.since(environment::now()));
    let (code, secret) = (node.pairing_code.as_deref().unwrap_or_default(), pairing_secret.reveal());
    let text = format!(
        "{name} is registered. Run this on the machine, within {left}; the secret is not shown again:\n\n  \
         sophon-node pair --gateway {gateway} --node {id} --secret {secret}\n\n\
         When it shows the code {code}, let it in:\n\n  sophon nodes approve {id} --code {code}"
    );
    Ok(context.screen.done(registered, text)?)
}

fn print_outcome(context: &Context, command: &NodeCommand) -> Result<(), Stop> {
    if context.screen.json {
        document(command)?;
        return if command.ok == Some(true) { Ok(()) } else { Err(Stop::reported()) };
    }
    if command.ok == Some(true) {
        let result = command.result.as_ref().unwrap_or(&Value::Null);
        return Ok(line(context.screen.safe(&format!("{result:#}")))?);
    }
    let message = command.error.as_ref().map_or("", |error| &error.message);
    Err(Stop::failed(format!("{}: {message}", outcome(command))))
}

/// Where it stands, and why, in two words.
fn outcome(command: &NodeCommand) -> String {
    let status = command.status.as_str();
    let code = command.error.as_ref().map(|error| one_line(&error.code));
    code.map_or_else(|| status.to_owned(), |code| format!("{status} ({code})"))
}

async fn history(context: &Context, id: &NodeId, limit: usize) -> Result<(), Stop> {
    let commands = collect(limit, |size, cursor| context.client.node_commands(id, size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&commands)?);
    }
    if commands.items.is_empty() {
        context.screen.remark("It was told nothing.");
        return Ok(());
    }
    let now = environment::now();
    let mut table = Table::new(&["COMMAND", "PARAMETERS", "OUTCOME", "SENT", "BY"], 1);
    for command in &commands.items {
        let by = command.task_id.as_ref().map_or_else(|| "a person".to_owned(), ToString::to_string);
        let (name, params) = (one_line(&command.command), one_line(&command.params.to_string()));
        table.row([name, params, outcome(command), ago(now, command.created_at), by]);
    }
    line(table.render(context.screen.width))?;
    if commands.has_more {
        context.screen.remark("There are more: `--limit N`.");
    }
    Ok(())
}

async fn revoke(context: &Context, id: &NodeId, is_confirmed: bool) -> Result<(), Stop> {
    let question = async || {
        let node = context.client.node(id).await?;
        Ok(format!("Cut “{}” off and forget it, with what it was told to do?", one_line(&node.name)))
    };
    confirmed(context, is_confirmed, Deed::Revoke, question).await?;
    context.client.delete_node(id).await?;
    Ok(context.screen.done(&serde_json::json!({ "deleted": id }), format!("{id} is cut off."))?)
}
