//! `sophon sessions`.

use std::io::{self, Write as _};

use clap::Subcommand;
use console::style;
use sophon_api::{ForkSession, ListedSession, Message, Session, SessionMarksPatch};
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
  sophon sessions mark ses_… --archive   out of the list
  sophon sessions export ses_… > lisbon.md
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
    /// Only those with this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Only pinned ones
    #[arg(long)]
    pinned: bool,
    /// Only those with new messages
    #[arg(long)]
    unread: bool,
    /// Only archived ones, which are not listed otherwise
    #[arg(long)]
    archived: bool,
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
    /// Pin or archive a session, tag it, or mark it as read
    #[command(group(clap::ArgGroup::new("marks").required(true).multiple(true)))]
    Mark {
        /// The session
        #[arg(value_name = "SESSION")]
        id: SessionId,
        #[command(flatten)]
        marks: MarkArgs,
    },
    /// List your tags
    Tags,
    /// Print a session as Markdown, or with --json as JSON, to keep it as a file
    Export {
        /// The session
        #[arg(value_name = "SESSION")]
        id: SessionId,
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

/// What to mark, for your own list alone.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own on the command line")]
struct MarkArgs {
    /// Put it first in the list
    #[arg(long, group = "marks", overrides_with = "unpin")]
    pin: bool,
    /// Do not put it first any more
    #[arg(long, group = "marks")]
    unpin: bool,
    /// Leave it out of the list
    #[arg(long, group = "marks", overrides_with = "unarchive")]
    archive: bool,
    /// Put it back into the list
    #[arg(long, group = "marks")]
    unarchive: bool,
    /// Mark all its messages as read
    #[arg(long, group = "marks", overrides_with = "unread")]
    read: bool,
    /// Mark its last message as unread
    #[arg(long, group = "marks")]
    unread: bool,
    /// Add a tag; may be repeated
    #[arg(long, group = "marks", value_name = "TAG")]
    tag: Vec<String>,
    /// Remove a tag; may be repeated
    #[arg(long, group = "marks", value_name = "TAG")]
    untag: Vec<String>,
}

/// Lists sessions, or does something with one.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.action {
        None => {
            let filter = SessionFilter {
                text: args.search,
                agent: args.agent,
                archived: args.archived,
                pinned: args.pinned,
                unread: args.unread,
                tag: args.tag,
            };
            list(context, &filter, usize::from(args.limit)).await
        }
        Some(Action::Show { id, limit }) => show(context, &id, usize::from(limit)).await,
        Some(Action::Rename { id, title }) => {
            let session = context.client.rename_session(&id, &title.join(" ")).await?;
            Ok(context.screen.done(&session, format!("It is called “{}” now.", one_line(&session.title)))?)
        }
        Some(Action::Mark { id, marks }) => mark(context, &id, marks).await,
        Some(Action::Tags) => tags(context).await,
        Some(Action::Export { id }) => {
            let mut stdout = io::stdout();
            let write = |piece: &[u8]| stdout.write_all(piece);
            Ok(context.client.export_session(&id, context.screen.json, write).await?)
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
    for listed in &sessions.items {
        let session = &listed.session;
        let id = session.id.to_string();
        table.row([
            marked_title(listed),
            id,
            session.message_count.to_string(),
            ago(now, session.updated_at),
        ]);
    }
    line(table.render(context.screen.width))?;
    if sessions.has_more {
        context.screen.remark("There are more: `--limit N`, or look with `--search WORDS`.");
    }
    Ok(())
}

/// The title with what is marked of the session: pinned, unread, its tags.
fn marked_title(listed: &ListedSession) -> String {
    let ListedSession { session, marks, .. } = listed;
    let is_unread = session.message_count > marks.read_count;
    let mut parts = vec![title(session)];
    parts.extend(marks.is_pinned.then(|| "[pinned]".to_owned()));
    parts.extend(is_unread.then(|| "[new]".to_owned()));
    parts.extend(marks.tags.iter().map(|tag| format!("#{}", one_line(tag))));
    parts.join(" ")
}

async fn mark(context: &Context, id: &SessionId, marks: MarkArgs) -> Result<(), Stop> {
    let choice = |yes: bool, no: bool| (yes || no).then_some(yes);
    let read_count = match choice(marks.read, marks.unread) {
        None => None,
        Some(is_read) => {
            let count = context.client.session(id).await?.message_count;
            Some(if is_read { count } else { count.saturating_sub(1).max(0) })
        }
    };
    let tags = if marks.tag.is_empty() && marks.untag.is_empty() {
        None
    } else {
        let mut tags = context.client.session_marks(id).await?.tags;
        tags.retain(|tag| !marks.untag.contains(tag));
        tags.extend(marks.tag);
        Some(tags)
    };
    let patch = SessionMarksPatch {
        read_count,
        is_pinned: choice(marks.pin, marks.unpin),
        is_archived: choice(marks.archive, marks.unarchive),
        tags,
    };
    let marks = context.client.mark_session(id, &patch).await?;
    Ok(context.screen.done(&marks, format!("Marked {id}."))?)
}

async fn tags(context: &Context) -> Result<(), Stop> {
    let tags = context.client.session_tags().await?;
    if context.screen.json {
        return Ok(document(&tags)?);
    }
    if tags.items.is_empty() {
        context.screen.remark("There are none. `sophon sessions mark SESSION --tag TAG` adds one.");
        return Ok(());
    }
    let mut table = Table::new(&["TAG", "SESSIONS"], 0);
    for used in &tags.items {
        table.row([one_line(&used.tag), used.sessions.to_string()]);
    }
    Ok(line(table.render(context.screen.width))?)
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
