//! Talking back and forth.

use std::io::{self, IsTerminal};

use super::super::context::Context;
use super::super::stop::Stop;
use super::controls::{Control, Controls};
use super::conversation::Conversation;
use super::editor::Editor;
use super::turn::Ending;

const HELP: &str = "/new begins a new session, /stop or Ctrl-C ends the answer, /exit or Ctrl-D leaves";
const LINES: &str = "Alt+Enter, or \\ at the end, begins another line; up arrow: earlier messages";

/// Takes a message, shows the answer, and so on until the person leaves.
pub async fn run(context: &Context, mut conversation: Conversation<'_>) -> Result<(), Stop> {
    let screen = context.screen;
    let is_terminal = !screen.json && screen.is_watched && io::stdin().is_terminal();
    let mut controls = if is_terminal { Controls::terminal(editor(context))? } else { Controls::pipe()? };
    screen.remark(context.client.base());
    screen.remark(HELP);
    if is_terminal {
        screen.remark(LINES);
    }
    let (mut has_failed, mut was_interrupted) = (false, false);
    loop {
        let control = tokio::select! {
            control = controls.next() => control?,
            never = conversation.idle() => match never {},
        };
        let line = match control {
            Control::Line(line) => line,
            Control::Interrupt if is_terminal && !was_interrupted => {
                was_interrupted = true;
                screen.remark("Ctrl-C again leaves, and so does Ctrl-D");
                continue;
            }
            Control::End | Control::Interrupt => break,
            Control::Typed => continue,
            Control::ReaderGone => return Err(Stop::reader_gone()),
        };
        was_interrupted = false;
        match line.trim() {
            "" | "/stop" => {}
            "/exit" | "/quit" => break,
            "/new" => {
                conversation.begin_anew();
                screen.remark("the next message begins a new session");
            }
            "/help" => {
                screen.remark(HELP);
                screen.remark(LINES);
            }
            command if is_command(command) => {
                screen.remark(format!("{command} is not understood; {HELP}"));
            }
            message => {
                if is_terminal {
                    controls.listen()?;
                }
                match ask(&mut conversation, message, &mut controls, context).await? {
                    Next::Go => {}
                    Next::GoAfterFailure => has_failed = true,
                    Next::Leave => return Err(Stop::interrupted()),
                }
            }
        }
    }
    if let Some(session) = conversation.session() {
        screen.remark(format!("`sophon chat -s {session}` goes on here"));
    }
    conversation.close().await;
    // A person has seen it; a script has not.
    if has_failed && !is_terminal { Err(Stop::reported()) } else { Ok(()) }
}

/// The prompt. Where the history cannot be kept, it lasts as long as the conversation.
fn editor(context: &Context) -> Editor {
    let history = context.state.join("chat-history");
    let has_colors = console::colors_enabled_stderr();
    Editor::with_history(&history, has_colors).unwrap_or_else(|error| {
        let place = history.display();
        context
            .screen
            .remark(format!("your messages will not be remembered: {place} cannot be used ({error})"));
        Editor::new(has_colors)
    })
}

#[derive(PartialEq, Eq)]
enum Next {
    Go,
    GoAfterFailure,
    Leave,
}

/// One turn. An answer that fails, or a gateway that does not answer, does not end the conversation.
async fn ask(
    conversation: &mut Conversation<'_>,
    message: &str,
    controls: &mut Controls,
    context: &Context,
) -> Result<Next, Stop> {
    let ending = conversation.ask(message.to_owned(), controls).await;
    let failure = match ending {
        Ok(Ending::Left) => return Ok(Next::Leave),
        Ok(Ending::Completed | Ending::Cancelled(_)) => return Ok(Next::Go),
        Ok(Ending::CutOff(_)) => return Ok(Next::GoAfterFailure),
        Ok(Ending::Failed(cause)) => Stop::turn_failed(cause),
        Err(stop @ Stop::Silent(_)) => return Err(stop),
        Err(stop) => stop,
    };
    // Told here, because the conversation goes on.
    let _status = failure.report(context.screen.json);
    Ok(Next::GoAfterFailure)
}

/// `/etc/hosts is broken` is a message; `/foo` is a command.
fn is_command(line: &str) -> bool {
    line.strip_prefix('/')
        .is_some_and(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_message_and_a_word_is_a_command() {
        assert!(is_command("/foo"));
        assert!(!is_command("/etc/hosts"));
        assert!(!is_command("/foo bar"));
        assert!(!is_command("/"));
        assert!(!is_command("hello"));
    }
}
