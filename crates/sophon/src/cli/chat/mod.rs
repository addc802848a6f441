//! `sophon chat`.

mod answer;
mod asking;
mod attach;
mod controls;
mod conversation;
mod editor;
mod keyboard;
mod reader;
mod repl;
mod status;
mod turn;
mod view;

use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;

use sophon_api::NewSession;
use sophon_client::SessionFilter;
use sophon_model::SessionId;

use self::controls::Controls;
use self::conversation::Conversation;
pub use self::turn::Cause;
use self::turn::Ending;
use super::context::Context;
use super::stop::Stop;

/// The most that is read from a pipe, in bytes; the gateway takes less in one message.
const LARGEST_INPUT: u64 = 1024 * 1024;

/// What to say, where and to whom.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sophon chat                                  talk back and forth (/new, /stop, /exit)
  sophon chat \"What is 12 * 30.5?\"             one question, one answer
  sophon chat --last \"And without tax?\"        go on where you were
  echo \"Good morning\" | sophon chat            the message comes through a pipe
  git diff | sophon chat \"Review this:\" -      a message with the pipe in the place of `-`
  sophon chat --model gemma4 \"Hello\"           another model than usual
  sophon chat --attach plan.pdf \"Sum it up\"    a file goes with the message
  sophon chat --json \"hello\" | jq -r .event    one event a line, for programs

The answer goes to standard output, everything else to standard error. A terminal shows it while it
comes; a file or a pipe gets it whole, at its end. Ctrl-C stops the answer; a second Ctrl-C leaves. The exit status is 1 if the answer failed or was cut off, 130 if it was stopped.
When the program that reads the pipe ends, the command ends, too; the gateway finishes the answer.

At the prompt, Alt+Enter or a backslash at the end of a line begins another line, and what you paste
stays together. What you type while an answer comes is kept for the next message. Earlier messages
come back with the up arrow; they are kept in your state folder ($XDG_STATE_HOME/sophon).

When the agent needs your approval or asks a question, the terminal asks you. Without a
terminal you are told how to answer with `sophon approvals` and `sophon questions`.")]
pub struct Args {
    /// The message; `-` stands for what comes through a pipe
    message: Vec<String>,
    /// Go on in this session
    #[arg(long, short, value_name = "SESSION")]
    session: Option<SessionId>,
    /// Go on in the session in which something happened last
    #[arg(long, short, conflicts_with = "session")]
    last: bool,
    /// The agent for a new session, by id or short name
    #[arg(long, short, value_name = "AGENT", conflicts_with_all = ["session", "last"])]
    agent: Option<String>,
    /// The model for a new session, as `sophon models catalog` lists it [default: the agent's, or the gateway's]
    #[arg(long, short, value_name = "MODEL", conflicts_with_all = ["session", "last"])]
    model: Option<String>,
    /// A file that goes with the message; several with several `--attach`
    #[arg(long, value_name = "FILE", conflicts_with = "interactive")]
    attach: Vec<PathBuf>,
    /// Talk back and forth even if the input is no terminal: one message a line
    #[arg(long, short, conflicts_with = "message")]
    interactive: bool,
}

/// Asks once, or talks back and forth.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    let has_terminal = args.message.is_empty() && io::stdin().is_terminal();
    if has_terminal && !args.attach.is_empty() {
        let stop = Stop::failed("a file goes with a message, and there is none");
        return Err(stop.hint("Write one: `sophon chat --attach FILE \"What is this?\"`."));
    }
    let is_interactive = args.interactive || has_terminal;
    let message = if is_interactive { None } else { Some(message(&args.message)?) };
    let session = match args.session {
        None if args.last => Some(last_session(context).await?),
        session => session,
    };
    let agent = args.agent.or_else(|| context.settings.default_agent.clone());
    let beginning = NewSession { agent_id: agent, model: args.model, ..NewSession::default() };
    let mut conversation = Conversation::new(context, session, beginning);
    match message {
        None => repl::run(context, conversation).await,
        Some(message) => {
            conversation.attach(attach::upload(context, &args.attach).await?);
            let mut controls = Controls::interrupts()?;
            let ending = conversation.ask(message, &mut controls).await?;
            conversation.close().await;
            ending.into_status()
        }
    }
}

/// Sends a message into a new session that begins so, and shows the answer. Gives the session.
pub async fn say(context: &Context, beginning: NewSession, message: String) -> Result<SessionId, Stop> {
    let mut conversation = Conversation::new(context, None, beginning);
    let mut controls = Controls::interrupts()?;
    let ending = conversation.ask(message, &mut controls).await?;
    let session = conversation.session().cloned();
    conversation.close().await;
    ending.into_status()?;
    session.ok_or_else(Stop::interrupted)
}

/// The words of the command line, with the pipe in the place of `-`; the pipe alone if there are none.
fn message(words: &[String]) -> Result<String, Stop> {
    let takes_pipe = words.is_empty() || words.iter().any(|word| word == "-");
    let piped = if takes_pipe { piped()? } else { String::new() };
    let message = match words {
        [] => piped,
        words => insert(words, &piped),
    };
    if message.trim().is_empty() {
        return Err(Stop::failed("there is no message").hint("Write one: `sophon chat \"Hello\"`."));
    }
    Ok(message)
}

/// The words with spaces between them, and the pipe as a paragraph of its own.
fn insert(words: &[String], piped: &str) -> String {
    let groups = words.split(|word| word == "-").map(|group| group.join(" "));
    groups.collect::<Vec<_>>().join(&format!("\n\n{piped}\n\n")).trim().to_owned()
}

fn piped() -> Result<String, Stop> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(LARGEST_INPUT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_INPUT {
        return Err(Stop::failed(format!("more than {LARGEST_INPUT} bytes came through the pipe")));
    }
    String::from_utf8(bytes).map_err(|_| Stop::failed("what came through the pipe is not text in UTF-8"))
}

async fn last_session(context: &Context) -> Result<SessionId, Stop> {
    let sessions = context.client.sessions(&SessionFilter::default(), 1, None).await?;
    let last = sessions.items.into_iter().next();
    last.map(|listed| listed.session.id)
        .ok_or_else(|| Stop::failed("there is no session yet").hint("Begin one: `sophon chat`."))
}

impl Ending {
    /// What the shell is told of a single answer.
    fn into_status(self) -> Result<(), Stop> {
        match self {
            Ending::Completed => Ok(()),
            Ending::Failed(cause) => Err(Stop::turn_failed(cause)),
            // The view has said why.
            Ending::CutOff(_) => Err(Stop::reported()),
            Ending::Cancelled(_) | Ending::Left => Err(Stop::interrupted()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inserted(words: &[&str], piped: &str) -> String {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        insert(&words, piped)
    }

    #[test]
    fn the_pipe_stands_where_the_dash_is() {
        assert_eq!(inserted(&["Review", "this:", "-"], "diff"), "Review this:\n\ndiff");
        assert_eq!(inserted(&["-", "What", "is", "it?"], "text"), "text\n\nWhat is it?");
        assert_eq!(inserted(&["Hello", "there"], "unread"), "Hello there");
    }
}
