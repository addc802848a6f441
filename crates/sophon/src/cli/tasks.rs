//! `sophon tasks`.

use clap::Subcommand;
use console::{StyledObject, style};
use sophon_api::Task;
use sophon_client::{TaskFilter, collect};
use sophon_model::{SessionId, TaskId, TaskStatus, Timestamp};

use super::context::Context;
use super::environment;
use super::screen::{document, facts, line, one_line};
use super::stop::Stop;
use super::table::Table;
use super::values::Limit;
use super::when::{ago, span, span_ms};

/// Which tasks, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon tasks                            what waits or runs now
  sophon tasks --history --status failed  what went wrong
  sophon tasks cancel task_…"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Those of the past too, newest first
    #[arg(long)]
    history: bool,
    /// Only those that are queued, running, completed, failed or cancelled
    #[arg(long, requires = "history", value_parser = status)]
    status: Option<TaskStatus>,
    /// Only those of this agent, by id or short name
    #[arg(long, short, value_name = "AGENT", requires = "history")]
    agent: Option<String>,
    /// Only those about this session
    #[arg(long, short, value_name = "SESSION", requires = "history")]
    session: Option<SessionId>,
    /// Only those with these words
    #[arg(long, short = 'q', value_name = "WORDS", requires = "history")]
    search: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show a task and the tools it called
    Show {
        /// The task
        #[arg(value_name = "TASK")]
        id: TaskId,
    },
    /// Stop a task; the tool that runs at the moment finishes first
    Cancel {
        /// The task
        #[arg(value_name = "TASK")]
        id: TaskId,
    },
}

fn status(text: &str) -> Result<TaskStatus, String> {
    TaskStatus::parse(text).ok_or_else(|| {
        let all: Vec<&str> = TaskStatus::ALL.iter().map(|status| status.as_str()).collect();
        format!("one of {}", all.join(", "))
    })
}

/// Lists tasks, or does something with one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.action {
        None => list(context, args).await,
        Some(Action::Show { id }) => show(context, &id).await,
        Some(Action::Cancel { id }) => {
            let task = context.client.cancel_task(&id).await?;
            let sentence = match task.status {
                TaskStatus::Running => format!("{id} is being stopped."),
                other => format!("{id} is {}.", other.as_str()),
            };
            Ok(context.screen.done(&task, sentence)?)
        }
    }
}

async fn list(context: &Context, args: Args) -> Result<(), Stop> {
    let client = &context.client;
    let limit = usize::from(args.limit);
    let tasks = if args.history {
        let filter =
            TaskFilter { status: args.status, agent: args.agent, session: args.session, text: args.search };
        collect(limit, |size, cursor| client.task_history(&filter, size, cursor)).await?
    } else {
        collect(limit, |size, cursor| client.active_tasks(size, cursor)).await?
    };
    if context.screen.json {
        return Ok(document(&tasks)?);
    }
    if tasks.items.is_empty() {
        let text = if args.history {
            "There are none."
        } else {
            "Nothing waits or runs. `--history` shows the past."
        };
        context.screen.remark(text);
        return Ok(());
    }
    let now = environment::now();
    let mut table = Table::new(&["STATUS", "WHAT", "TASK", "ASKED", "TOOK"], 1);
    for task in &tasks.items {
        let id = task.id.to_string();
        let what = one_line(&task.description);
        table.row([colored(task.status).to_string(), what, id, ago(now, task.created_at), took(task, now)]);
    }
    Ok(line(table.render(context.screen.width))?)
}

async fn show(context: &Context, id: &TaskId) -> Result<(), Stop> {
    let detail = context.client.task(id).await?;
    if context.screen.json {
        return Ok(document(&detail)?);
    }
    let (task, now) = (&detail.task, environment::now());
    let mut lines = vec![
        ("Task", task.id.to_string()),
        ("What", one_line(&task.description)),
        ("Status", colored(task.status).to_string()),
        ("Asked", ago(now, task.created_at)),
        ("Took", took(task, now)),
        ("Tokens", task.tokens_used.to_string()),
    ];
    if let Some(session) = &task.session_id {
        lines.push(("Session", session.to_string()));
    }
    if let Some(agent) = &task.agent_id {
        lines.push(("Agent", agent.to_string()));
    }
    if let Some(parent) = &task.parent_id {
        lines.push(("Part of", parent.to_string()));
    }
    if let Some(usage) = &task.usage {
        lines.push(("Model", format!("{} ({})", one_line(&usage.model), one_line(&usage.provider))));
    }
    if let Some(error) = &task.error {
        lines.push(("Error", one_line(error)));
    }
    line(facts(&lines))?;
    for part in &detail.children {
        let (status, what) = (colored(part.status), one_line(&part.description));
        line(format!("\n{status} {what} ({}) {}", took(part, now), style(&part.id).dim()))?;
    }
    for call in &detail.tool_calls {
        let took = span_ms(call.duration_ms);
        line(format!("\n{} {} ({took})", style(one_line(&call.tool_name)).bold(), call.status.as_str()))?;
        line(context.screen.safe(&call.arguments.to_string()))?;
        if let Some(result) = &call.result {
            line(context.screen.safe(result.trim_end()))?;
        }
    }
    Ok(())
}

fn took(task: &Task, now: Timestamp) -> String {
    match (task.started_at, task.ended_at) {
        (None, _) => "–".to_owned(),
        (Some(started), None) => span(now.since(*started)),
        (Some(_), Some(_)) => span_ms(task.duration_ms),
    }
}

fn colored(status: TaskStatus) -> StyledObject<&'static str> {
    let text = style(status.as_str());
    match status {
        TaskStatus::Queued => text.dim(),
        TaskStatus::Running => text.cyan(),
        TaskStatus::Completed => text.green(),
        TaskStatus::Failed => text.red(),
        TaskStatus::Cancelled => text.yellow(),
    }
}
