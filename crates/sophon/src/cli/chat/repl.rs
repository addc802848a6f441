//! Talking back and forth.

use std::io::{self, Write};

use console::style;

use super::super::context::Context;
use super::super::stop::Stop;
use super::controls::{Control, Controls, stdin_lines};
use super::conversation::Conversation;
use super::turn::Ending;

const HELP: &str =
    "/new begins a new session, /stop ends the answer (as Ctrl-C does), /exit leaves (as Ctrl-D does)";

/// Takes a message, shows the answer, and so on until the person leaves.
pub async fn run(context: &Context, mut conversation: Conversation<'_>) -> Result<(), Stop> {
    let mut controls = Controls::new(Some(stdin_lines()))?;
    context.screen.remark(format!("{}: {HELP}", context.client.base()));
    loop {
        prompt(context);
        let control = tokio::select! {
            control = controls.next() => control,
            never = conversation.idle() => match never {},
        };
        let line = match control {
            Control::Line(line) => line,
            Control::End | Control::Interrupt => break,
        };
        match line.trim() {
            "" | "/stop" => {}
            "/exit" | "/quit" => break,
            "/new" => {
                conversation.begin_anew();
                context.screen.remark("the next message begins a new session");
            }
            "/help" => context.screen.remark(HELP),
            command if is_command(command) => {
                context.screen.remark(format!("{command} is not understood; {HELP}"));
            }
            message => {
                if ask(&mut conversation, message, &mut controls, context).await? == Next::Leave {
                    return Err(Stop::interrupted());
                }
            }
        }
    }
    if let Some(session) = conversation.session() {
        context.screen.remark(format!("`sophon chat -s {session}` goes on here"));
    }
    conversation.close().await;
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Next {
    Go,
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
        Ok(Ending::Failed(error)) => Stop::failed(error),
        Err(stop @ Stop::Silent(_)) => return Err(stop),
        Err(stop) => stop,
    };
    // Told here, because the conversation goes on.
    let _status = failure.tell(context.screen.json);
    Ok(Next::Go)
}

/// `/etc/hosts is broken` is a message; `/foo` is a command.
fn is_command(line: &str) -> bool {
    line.strip_prefix('/')
        .is_some_and(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic()))
}

fn prompt(context: &Context) {
    if context.screen.is_watched {
        // Where nobody listens there is nobody to tell that.
        let mut stderr = io::stderr();
        let _unheard = write!(stderr, "{} ", style("›").for_stderr().cyan().bold());
        let _unheard = stderr.flush();
    }
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
