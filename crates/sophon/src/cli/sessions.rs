//! `sophon sessions`.

use clap::Subcommand;
use console::style;
use sophon_api::{ForkSession, Message, Session};
use sophon_client::{MessageRange, SessionFilter, collect};
use sophon_model::{MessageId, MessageRole, SessionId};

use super::confirm::{Deed, confirmed};
use super::context::Context;
use super::environment;
use super::screen::{document, facts, line, one_line};
use super::stop::Stop;
use super::table::Table;
use super::values::Limit;
use super::when::{ago, span_ms};

/// Which sessions, and what to do with them.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sophon sessions                        the 20 in which something happened last
  sophon sessions --search invoice
  sophon sessions show ses_… --limit 5   the last five messages
  sophon sessions fork ses_… --title \"Another way\""
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only those with these words
    #[arg(long, short = 'q', value_name = "WORDS")]
    search: Option<String>,
    /// Only those with this agent, by id or short name
    #[arg(long, short, value_name = "AGENT")]
    agent: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show a session and its last messages
    Show {
        /// The session
        #[arg(value_name = "SESSION")]
        id: SessionId,
        /// How many messages at most
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=200))]
        limit: u16,
    },
    /// Give a session another title
    Rename {
        /// The session
        #[arg(value_name = "SESSION")]
        id: SessionId,
        /// Its new title
        #[arg(required = true)]
        title: Vec<String>,
    },
    /// Delete a session with all its messages
    Delete {
        /// The session
        #[arg(value_name = "SESSION")]
        id: SessionId,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Copy a session, up to a message, into a new one
    Fork {
        /// The session
        #[arg(value_name = "SESSION")]
        id: SessionId,
        /// The last message to copy [default: the last of all]
        #[arg(long, value_name = "MESSAGE")]
        at: Option<MessageId>,
        /// The title of the copy
        #[arg(long)]
        title: Option<String>,
    },
}

/// Lists sessions, or does something with one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.action {
        None => {
            let filter = SessionFilter { text: args.search, agent: args.agent };
            list(context, &filter, usize::from(args.limit)).await
        }
        Some(Action::Show { id, limit }) => show(context, &id, usize::from(limit)).await,
        Some(Action::Rename { id, title }) => {
            let session = context.client.rename_session(&id, &title.join(" ")).await?;
            Ok(context.screen.done(&session, format!("It is called “{}” now.", one_line(&session.title)))?)
        }
        Some(Action::Delete { id, yes }) => delete(context, &id, yes).await,
        Some(Action::Fork { id, at, title }) => {
            let session =
                context.client.fork_session(&id, &ForkSession { from_message_id: at, title }).await?;
            Ok(context.screen.done(
                &session,
                format!("Copied to {}. Go on with `sophon chat -s {}`.", session.id, session.id),
            )?)
        }
    }
}

async fn list(context: &Context, filter: &SessionFilter, limit: usize) -> Result<(), Stop> {
    let sessions = collect(limit, |size, cursor| context.client.sessions(filter, size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&sessions)?);
    }
    if sessions.items.is_empty() {
        context.screen.remark("There are none. `sophon chat` begins one.");
        return Ok(());
    }
    let now = environment::now();
    let mut table = Table::new(&["TITLE", "SESSION", "MESSAGES", "LAST"], 0);
    for session in &sessions.items {
        let id = session.id.to_string();
        table.row([title(session), id, session.message_count.to_string(), ago(now, session.updated_at)]);
    }
    line(table.render(context.screen.width))?;
    if sessions.has_more {
        context.screen.remark("There are more: `--limit N`, or look with `--search WORDS`.");
    }
    Ok(())
}

async fn show(context: &Context, id: &SessionId, limit: usize) -> Result<(), Stop> {
    let session = context.client.session(id).await?;
    let range = MessageRange { limit: Some(limit), ..MessageRange::default() };
    let messages = context.client.messages(id, range).await?;
    if context.screen.json {
        return Ok(document(&serde_json::json!({ "session": session, "messages": messages }))?);
    }
    let now = environment::now();
    line(facts(&[
        ("Session", session.id.to_string()),
        ("Title", title(&session)),
        ("Agent", session.agent_id.to_string()),
        ("State", format!("{}, {}", session.status.as_str(), session.visibility.as_str())),
        ("Messages", session.message_count.to_string()),
        ("Last", ago(now, session.updated_at)),
    ]))?;
    for message in &messages.items {
        line(format!("\n{}", heading(message, &ago(now, message.created_at))))?;
        for call in &message.tool_calls {
            let call = format!(
                "  {} {} ({})",
                call.status.as_str(),
                one_line(&call.tool_name),
                span_ms(call.duration_ms)
            );
            line(style(call).dim().to_string())?;
        }
        line(context.screen.prose(&message.content))?;
    }
    Ok(())
}

fn heading(message: &Message, when: &str) -> String {
    let who = match message.role {
        MessageRole::User => style("you").cyan().bold(),
        MessageRole::Agent => style("agent").green().bold(),
        MessageRole::System => style("gateway").yellow().bold(),
    };
    format!("{who} {}", style(format!("{when} · {}", message.message_id)).dim())
}

async fn delete(context: &Context, id: &SessionId, is_confirmed: bool) -> Result<(), Stop> {
    let question = async || {
        let session = context.client.session(id).await?;
        Ok(format!("Delete “{}” with its {} messages?", title(&session), session.message_count))
    };
    confirmed(context, is_confirmed, Deed::Delete, question).await?;
    context.client.delete_session(id).await?;
    Ok(context.screen.done(&serde_json::json!({ "deleted": id }), format!("Deleted {id}."))?)
}

fn title(session: &Session) -> String {
    let title = one_line(&session.title);
    if title.is_empty() { "(no title yet)".to_owned() } else { title }
}
