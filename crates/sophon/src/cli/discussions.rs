//! `sophon discussions`.

use std::collections::HashSet;
use std::time::Duration;

use clap::Subcommand;
use console::style;
use sophon_api::{DiscussionRun, DiscussionRunDetail, DiscussionTurn, NewDiscussion, NewPanelist};
use sophon_client::collect;
use sophon_model::{DiscussionId, DiscussionRunId, DiscussionRunStatus, DiscussionTurnStatus, Id};
use tokio::time::sleep;

use super::context::Context;
use super::environment;
use super::screen::{Screen, document, facts, line, one_line};
use super::stop::Stop;
use super::table::Table;
use super::values::Limit;
use super::when::{ago, span_ms};

/// How often a run that is followed is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Which discussions, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon discussions                       what was discussed
  sophon discussions start \"Should we move to a monorepo?\" --panelist sophon \\
      --panelist \"Sceptic=You doubt every promise and ask for numbers.\" --rounds 2 --follow
  sophon discussions start disc_…          discuss the same question again
  sophon discussions show disc_… --follow  the newest run, while it goes on
  sophon discussions cancel disc_…"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List discussions, newest first
    List,
    /// Show what was said, and the verdict
    Show {
        /// A discussion, of which the newest run is shown, or a run
        #[arg(value_name = "DISCUSSION")]
        id: String,
        /// Show each turn as it is completed, until the run has ended
        #[arg(long, short)]
        follow: bool,
    },
    /// Start a discussion
    Start(Start),
    /// Cancel the newest run of a discussion, or a run
    Cancel {
        /// The discussion or the run
        #[arg(value_name = "DISCUSSION")]
        id: String,
    },
}

/// What to discuss.
#[derive(Debug, clap::Args)]
struct Start {
    /// The question, or a discussion that is to be run again
    #[arg(required = true)]
    question: Vec<String>,
    /// An agent by id or short name, or `Name=Persona`; two to five with several `--panelist`
    #[arg(long = "panelist", short, value_name = "PANELIST", value_parser = panelist)]
    panelists: Vec<NewPanelist>,
    /// Who decides, given like a panelist [default: an impartial persona]
    #[arg(long, value_name = "PANELIST", value_parser = panelist)]
    judge: Option<NewPanelist>,
    /// How often each panelist speaks [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=10))]
    rounds: Option<i64>,
    /// Show each turn as it is completed, until the run has ended
    #[arg(long, short)]
    follow: bool,
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of a value parser")]
fn panelist(text: &str) -> Result<NewPanelist, String> {
    Ok(match text.split_once('=') {
        Some((name, persona)) => NewPanelist {
            name: Some(name.trim().to_owned()),
            persona: Some(persona.trim().to_owned()),
            ..NewPanelist::default()
        },
        None => NewPanelist { agent_id: Some(text.to_owned()), ..NewPanelist::default() },
    })
}

/// Lists discussions, shows one, starts one or cancels one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.action {
        None | Some(Action::List) => list(context, usize::from(args.limit)).await,
        Some(Action::Show { id, follow: true }) => follow(context, &run_of(context, &id).await?).await,
        Some(Action::Show { id, follow: false }) => show(context, &run_of(context, &id).await?).await,
        Some(Action::Start(begin)) => start(context, begin).await,
        Some(Action::Cancel { id }) => {
            let run = context.client.cancel_discussion(&run_of(context, &id).await?).await?;
            let sentence = if run.status.is_final() {
                format!("{} is {}.", run.id, run.status.as_str())
            } else {
                format!("{} is being cancelled.", run.id)
            };
            Ok(context.screen.done(&run, sentence)?)
        }
    }
}

/// The run that is named, or the newest one of the discussion that is.
async fn run_of(context: &Context, id: &str) -> Result<DiscussionRunId, Stop> {
    if id.starts_with(DiscussionRunId::PREFIX) {
        return Ok(id.into());
    }
    let discussion = DiscussionId::from(id);
    let newest = context.client.discussion_runs(&discussion, 1, None).await?.items.into_iter().next();
    newest.map(|run| run.id).ok_or_else(|| {
        let hint = format!("Start one with `sophon discussions start {discussion}`.");
        Stop::failed(format!("{discussion} has not been run yet")).hint(hint)
    })
}

async fn list(context: &Context, limit: usize) -> Result<(), Stop> {
    let discussions = collect(limit, |size, cursor| context.client.discussions(size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&discussions)?);
    }
    if discussions.items.is_empty() {
        context.screen.remark("There are none. `sophon discussions start --help` shows how to start one.");
        return Ok(());
    }
    let now = environment::now();
    let mut table = Table::new(&["QUESTION", "ID", "PANEL", "ROUNDS", "CHANGED"], 0);
    for discussion in &discussions.items {
        table.row([
            one_line(&discussion.topic),
            discussion.id.to_string(),
            discussion.panelists.len().to_string(),
            discussion.rounds.to_string(),
            ago(now, discussion.updated_at),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

async fn start(context: &Context, begin: Start) -> Result<(), Stop> {
    let Start { question, panelists, judge, rounds, follow: is_followed } = begin;
    let topic = question.join(" ");
    let discussion = if topic.starts_with(DiscussionId::PREFIX) {
        DiscussionId::from(topic.as_str())
    } else {
        let new = NewDiscussion { topic, panelists, judge, rounds, round_timeout_seconds: None };
        context.client.create_discussion(&new).await?.id
    };
    let run = context.client.start_discussion(&discussion).await?;
    if is_followed {
        return follow(context, &run.id).await;
    }
    let sentence =
        format!("{} has started. `sophon discussions show {discussion} --follow` follows it.", run.id);
    Ok(context.screen.done(&run, sentence)?)
}

async fn show(context: &Context, id: &DiscussionRunId) -> Result<(), Stop> {
    let detail = context.client.discussion_run(id).await?;
    if context.screen.json {
        return Ok(document(&detail)?);
    }
    head(&detail.run)?;
    for turn in &detail.turns {
        spoken(context.screen, &detail.run, turn)?;
    }
    verdict(context.screen, &detail.run)
}

/// Shows each turn once, when it has ended, until the run has; programs get a document a turn, and the run last.
async fn follow(context: &Context, id: &DiscussionRunId) -> Result<(), Stop> {
    let screen = context.screen;
    let mut told = HashSet::new();
    let mut is_first = true;
    loop {
        let DiscussionRunDetail { run, turns } = context.client.discussion_run(id).await?;
        if std::mem::take(&mut is_first) && !screen.json {
            head(&run)?;
        }
        for turn in turns.iter().filter(|turn| turn.status != DiscussionTurnStatus::Running) {
            if !told.insert((turn.round, turn.panelist_id.clone())) {
                continue;
            }
            if screen.json { document(turn)? } else { spoken(screen, &run, turn)? }
        }
        if run.status.is_final() {
            if screen.json {
                document(&run)?;
            } else {
                verdict(screen, &run)?;
            }
            return match run.status {
                DiscussionRunStatus::Completed => Ok(()),
                _ => Err(Stop::reported()),
            };
        }
        sleep(LOOK_EVERY).await;
    }
}

fn head(run: &DiscussionRun) -> Result<(), Stop> {
    let panel: Vec<String> = run.panelists.iter().map(|panelist| one_line(&panelist.name)).collect();
    let mut lines = vec![
        ("Question", one_line(&run.topic)),
        ("Run", run.id.to_string()),
        ("Status", run.status.as_str().to_owned()),
        ("Panel", panel.join(", ")),
        ("Judge", one_line(&run.judge.name)),
    ];
    if let Some(discussion) = &run.discussion_id {
        lines.push(("Discussion", discussion.to_string()));
    }
    Ok(line(facts(&lines))?)
}

fn spoken(screen: Screen, run: &DiscussionRun, turn: &DiscussionTurn) -> Result<(), Stop> {
    let panelist = run.panelists.iter().find(|panelist| panelist.id == turn.panelist_id);
    let name = one_line(panelist.map_or(turn.panelist_id.as_str(), |panelist| panelist.name.as_str()));
    let took = style(format!("(round {}, {})", turn.round, span_ms(turn.duration_ms))).dim();
    line(format!("\n{} {took}", style(name).bold()))?;
    match (&turn.error, turn.status) {
        (Some(error), _) => line(style(one_line(error)).red().to_string())?,
        (None, DiscussionTurnStatus::Completed) => line(screen.prose(&turn.content))?,
        (None, status) => line(style(status.as_str()).dim().to_string())?,
    }
    Ok(())
}

fn verdict(screen: Screen, run: &DiscussionRun) -> Result<(), Stop> {
    if let Some(error) = &run.error {
        return Ok(line(format!("\n{} {}", style("Failed:").red().bold(), one_line(error)))?);
    }
    let Some(verdict) = &run.verdict else {
        return Ok(line(format!("\n{}", style(run.status.as_str()).dim()))?);
    };
    let sure = format!("({:.0} % sure)", verdict.confidence * 100.0);
    line(format!(
        "\n{} {}",
        style(format!("Verdict of {}", one_line(&run.judge.name))).bold(),
        style(sure).dim()
    ))?;
    line(screen.prose(&verdict.recommendation))?;
    line(format!("\n{}", screen.prose(&verdict.reasoning)))?;
    for (title, points) in [("Key points", &verdict.key_points), ("Dissent", &verdict.dissent)] {
        if !points.is_empty() {
            line(format!("\n{}", style(title).bold()))?;
            points.iter().try_for_each(|point| line(format!("• {}", one_line(point))))?;
        }
    }
    Ok(())
}
