//! `sophon questions`.

use clap::Subcommand;
use sophon_api::InfoRequest;
use sophon_client::collect;
use sophon_model::text::visible;
use sophon_model::{InfoRequestId, InfoRequestStatus};

use super::context::Context;
use super::environment;
use super::screen::{document, facts, line, one_line};
use super::stop::Stop;
use super::table::Table;
use super::values::Limit;
use super::when::{ago, span};

/// Which questions, and what to say to them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon questions                          what agents want to know from you
  sophon questions show info_…              the whole of it
  sophon questions answer info_… \"The blue one.\"
  sophon questions decline info_…"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List those that wait for an answer
    List,
    /// Show one with the answers to choose from
    Show {
        /// The question
        #[arg(value_name = "QUESTION")]
        id: InfoRequestId,
    },
    /// Answer one
    Answer {
        /// The question
        #[arg(value_name = "QUESTION")]
        id: InfoRequestId,
        /// The answer
        #[arg(required = true)]
        answer: Vec<String>,
    },
    /// Leave one without an answer; the agent goes on without
    Decline {
        /// The question
        #[arg(value_name = "QUESTION")]
        id: InfoRequestId,
    },
}

/// Lists questions, shows one or answers one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let client = &context.client;
    let (ended, what) = match args.action {
        None | Some(Action::List) => return list(context, usize::from(args.limit)).await,
        Some(Action::Show { id }) => return show(context, &client.info_request(&id).await?),
        Some(Action::Answer { id, answer }) => (client.respond(&id, &answer.join(" ")).await?, "answered"),
        Some(Action::Decline { id }) => (client.leave_unanswered(&id).await?, "left without an answer"),
    };
    let sentence = format!("{} is {what}.", ended.asked.id);
    Ok(context.screen.done(&ended, sentence)?)
}

async fn list(context: &Context, limit: usize) -> Result<(), Stop> {
    let questions = collect(limit, |size, cursor| context.client.info_requests(size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&questions)?);
    }
    if questions.items.is_empty() {
        context.screen.remark("No agent wants to know anything.");
        return Ok(());
    }
    let now = environment::now();
    let mut table = Table::new(&["QUESTION", "ID", "ASKED", "LEFT"], 0);
    for question in &questions.items {
        let (text, id) = (one_line(&visible(&question.asked.question)), question.asked.id.to_string());
        table.row([
            text,
            id,
            ago(now, question.asked.requested_at),
            span(question.asked.expires_at.since(now)),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

fn show(context: &Context, question: &InfoRequest) -> Result<(), Stop> {
    if context.screen.json {
        return Ok(document(question)?);
    }
    let now = environment::now();
    let mut lines = vec![
        ("Question", question.asked.id.to_string()),
        ("Status", question.asked.status.as_str().to_owned()),
        ("Asked", ago(now, question.asked.requested_at)),
        ("Session", question.asked.session_id.to_string()),
        ("Task", question.asked.task_id.to_string()),
        ("Agent", question.asked.agent_id.to_string()),
    ];
    if question.asked.status == InfoRequestStatus::Pending {
        lines.push(("Left", span(question.asked.expires_at.since(now))));
    }
    if let Some(response) = &question.response {
        lines.push(("Answer", one_line(&visible(response))));
    }
    line(facts(&lines))?;
    Ok(line(format!("\n{}", asked(question)))?)
}

/// The question and the answers to choose from, each on lines of its own, whole and with nothing hidden in them.
pub fn asked(question: &InfoRequest) -> String {
    let text = visible(&question.asked.question).replace('\n', "\n  ");
    let choices = question.asked.choices.iter().enumerate();
    choices.fold(format!("  {text}"), |text, (index, choice)| {
        format!("{text}\n  {}) {}", index + 1, one_line(&visible(choice)))
    })
}
