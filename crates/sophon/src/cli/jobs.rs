//! `sophon jobs`.

use clap::Subcommand;
use sophon_api::JobCounts;
use sophon_client::collect;
use sophon_model::{JobId, JobStatus, Queue};

use super::confirm::{Deed, confirmed};
use super::context::Context;
use super::environment;
use super::screen::{document, line, one_line};
use super::stop::Stop;
use super::table::Table;
use super::when::ago;

/// What to show of the background jobs, and what to do with one.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
A job that failed for good is kept until somebody runs it again or deletes it, or until
`retention.dead_jobs_days` have passed.

Examples:
  sophon jobs                 how many jobs each queue has
  sophon jobs failed          which of them failed for good, and why
  sophon jobs retry job_…     run one of those again"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the jobs that failed for good, newest first
    Failed {
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// Run a job again that failed for good
    Retry {
        /// The job
        #[arg(value_name = "JOB")]
        id: JobId,
    },
    /// Delete a job that failed for good
    Delete {
        /// The job
        #[arg(value_name = "JOB")]
        id: JobId,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Counts jobs, lists those that failed, or does something with one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.action {
        None => count(context).await,
        Some(Action::Failed { limit }) => list_failed(context, usize::from(limit)).await,
        Some(Action::Retry { id }) => {
            let job = context.client.retry_job(&id).await?;
            Ok(context.screen.done(&job, format!("{id} runs again."))?)
        }
        Some(Action::Delete { id, yes }) => {
            let question = async || Ok(format!("Delete {id}? Nobody will do its work."));
            confirmed(context, yes, Deed::Delete, question).await?;
            context.client.discard_job(&id).await?;
            Ok(context.screen.done(&serde_json::json!({ "id": id }), format!("{id} is deleted."))?)
        }
    }
}

async fn count(context: &Context) -> Result<(), Stop> {
    let counts = context.client.job_counts().await?;
    if context.screen.json {
        return Ok(document(&counts)?);
    }
    let mut table = Table::new(&["QUEUE", "READY", "BLOCKED", "RUNNING", "PARKED", "FAILED"], 0);
    for queue in Queue::ALL {
        let of = |status| number(&counts.items, *queue, status);
        let row =
            [JobStatus::Ready, JobStatus::Blocked, JobStatus::Running, JobStatus::Parked, JobStatus::Dead];
        let [ready, blocked, running, parked, dead] = row.map(of);
        table.row([queue.as_str().to_owned(), ready, blocked, running, parked, dead]);
    }
    Ok(line(table.render(context.screen.width))?)
}

fn number(counts: &[JobCounts], queue: Queue, status: JobStatus) -> String {
    let found = counts.iter().find(|count| count.queue == queue && count.status == status);
    found.map_or(0, |count| count.count).to_string()
}

async fn list_failed(context: &Context, limit: usize) -> Result<(), Stop> {
    let failed = collect(limit, |size, cursor| context.client.dead_jobs(size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&failed)?);
    }
    if failed.items.is_empty() {
        context.screen.remark("No job failed for good.");
        return Ok(());
    }
    let now = environment::now();
    let mut table = Table::new(&["KIND", "WHY", "JOB", "FAILED"], 1);
    for job in &failed.items {
        let why = job.error.as_deref().map(one_line).unwrap_or_default();
        table.row([job.kind.clone(), why, job.id.to_string(), ago(now, job.run_at)]);
    }
    Ok(line(table.render(context.screen.width))?)
}
