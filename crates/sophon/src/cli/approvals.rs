//! `sophon approvals`.

use clap::Subcommand;
use console::{StyledObject, style};
use serde_json::Value;
use sophon_api::ApprovalRequest;
use sophon_client::collect;
use sophon_model::text::visible;
use sophon_model::{ApprovalId, ApprovalStatus, Risk};

use super::context::Context;
use super::environment;
use super::screen::{document, facts, line, one_line};
use super::stop::Stop;
use super::table::Table;
use super::values::{Limit, json};
use super::when::{ago, span};

/// Which approvals, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon approvals                          what agents want to do and must ask for
  sophon approvals show apr_…               the whole of it
  sophon approvals approve apr_…
  sophon approvals reject apr_… --reason \"Not today.\"
  sophon approvals edit apr_… \\
    '{\"node\": \"node_…\", \"command\": \"system.execute\", \"params\": {\"argv\": [\"ls\"]}}'"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Those that were answered or ran out, newest first
    #[arg(long)]
    history: bool,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List those that wait for an answer
    List,
    /// Show one with its arguments
    Show {
        /// The approval
        #[arg(value_name = "APPROVAL")]
        id: ApprovalId,
    },
    /// Let the agent do it
    Approve {
        /// The approval
        #[arg(value_name = "APPROVAL")]
        id: ApprovalId,
    },
    /// Let the agent do it with other arguments
    Edit {
        /// The approval
        #[arg(value_name = "APPROVAL")]
        id: ApprovalId,
        /// The arguments, as JSON
        #[arg(value_name = "JSON", value_parser = json)]
        params: Value,
    },
    /// Do not let the agent do it
    Reject {
        /// The approval
        #[arg(value_name = "APPROVAL")]
        id: ApprovalId,
        /// Why, for the agent to read
        #[arg(long)]
        reason: Option<String>,
    },
}

/// Lists approvals, shows one or answers one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let client = &context.client;
    let answered = match args.action {
        None => return list(context, args.history, usize::from(args.limit)).await,
        Some(Action::List) => return list(context, false, usize::from(args.limit)).await,
        Some(Action::Show { id }) => return show(context, &client.approval(&id).await?),
        Some(Action::Approve { id }) => client.approve(&id).await?,
        Some(Action::Edit { id, params }) => client.approve_edited(&id, &params).await?,
        Some(Action::Reject { id, reason }) => client.reject(&id, reason.as_deref()).await?,
    };
    let sentence = format!("{} is {}.", answered.action.id, status(answered.action.status));
    Ok(context.screen.done(&answered, sentence)?)
}

async fn list(context: &Context, history: bool, limit: usize) -> Result<(), Stop> {
    let client = &context.client;
    let approvals = if history {
        collect(limit, |size, cursor| client.approval_history(size, cursor)).await?
    } else {
        collect(limit, |size, cursor| client.pending_approvals(None, size, cursor)).await?
    };
    if context.screen.json {
        return Ok(document(&approvals)?);
    }
    if approvals.items.is_empty() {
        let text = if history {
            "There are none."
        } else {
            "Nothing waits for an answer. `--history` shows the past."
        };
        context.screen.remark(text);
        return Ok(());
    }
    let now = environment::now();
    let mut table = Table::new(&["RISK", "WHAT", "APPROVAL", "ASKED", "STATUS"], 1);
    for approval in &approvals.items {
        let state = if approval.action.status == ApprovalStatus::Pending {
            format!("{} left", span(approval.action.expires_at.since(now)))
        } else {
            status(approval.action.status).to_owned()
        };
        let (risk, id) = (colored(approval.action.risk_level).to_string(), approval.action.id.to_string());
        table.row([risk, summary(approval), id, ago(now, approval.action.requested_at), state]);
    }
    Ok(line(table.render(context.screen.width))?)
}

fn show(context: &Context, approval: &ApprovalRequest) -> Result<(), Stop> {
    if context.screen.json {
        return Ok(document(approval)?);
    }
    let (action, now) = (&approval.action, environment::now());
    let mut lines = vec![
        ("Approval", action.id.to_string()),
        ("Tool", one_line(&action.tool_name)),
        ("Risk", colored(action.risk_level).to_string()),
        ("Status", status(action.status).to_owned()),
        ("Asked", ago(now, action.requested_at)),
        ("Session", action.session_id.to_string()),
        ("Task", action.task_id.to_string()),
        ("Agent", action.agent_id.to_string()),
    ];
    if action.status == ApprovalStatus::Pending {
        lines.push(("Left", span(action.expires_at.since(now))));
    }
    if action.preview.is_some() {
        lines.push(("What", summary(approval)));
    }
    if let Some(detail) = &approval.outcome_detail {
        lines.push(("Said", one_line(&visible(detail))));
    }
    line(facts(&lines))?;
    line(format!("\n{}", arguments(&action.params)))?;
    if let Some(modified) = &approval.modified_params {
        line(format!("\nchanged to\n\n{}", arguments(modified)))?;
    }
    Ok(())
}

/// What the action comes to, in a line.
pub fn summary(approval: &ApprovalRequest) -> String {
    one_line(&visible(approval.action.preview.as_deref().unwrap_or(&approval.action.tool_name)))
}

/// The status in words.
pub fn status(status: ApprovalStatus) -> &'static str {
    match status {
        ApprovalStatus::TimedOut => "timed out",
        status => status.as_str(),
    }
}

/// The arguments, whole and with nothing hidden in them.
pub fn arguments(arguments: &Value) -> String {
    visible(&format!("{arguments:#}")).into_owned()
}

/// The risk in the colour of it.
pub fn colored(risk: Risk) -> StyledObject<&'static str> {
    let text = style(risk.as_str());
    match risk {
        Risk::None | Risk::Low => text.dim(),
        Risk::Medium => text,
        Risk::High => text.yellow(),
        Risk::Critical => text.red(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_in_words() {
        assert_eq!(status(ApprovalStatus::TimedOut), "timed out");
        assert_eq!(status(ApprovalStatus::Approved), "approved");
    }
}
