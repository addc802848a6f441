//! Consent: whoever sits at the machine decides whether a program runs, beside the approval at the gateway.

use std::io::IsTerminal;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::machine::has_desktop;

/// Characters of a program and its arguments that a person can be shown; what is longer is denied, so that nobody
/// agrees to what they cannot see.
const LONGEST_SHOWN: usize = 2_000;
/// How long what was typed before a question is looked for.
const TYPED_AHEAD: Duration = Duration::from_millis(100);

/// Whether to run programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Consent {
    /// Ask whoever is here, on the terminal or the desktop; deny where nobody can be asked.
    Ask,
    /// Run them: the approval at the gateway is enough.
    Allow,
    /// Run none.
    Deny,
}

/// Asks, one question at a time.
#[derive(Clone)]
pub(crate) struct Judge {
    consent: Consent,
    terminal: Arc<Mutex<Option<Lines<BufReader<Stdin>>>>>,
}

impl Judge {
    pub(crate) fn new(consent: Consent) -> Self {
        Self { consent, terminal: Arc::default() }
    }

    /// Whether `what` may be done; the reason why not. Silence for `limit` is a no.
    pub(crate) async fn agrees(&self, what: &str, limit: Duration) -> Result<(), &'static str> {
        match self.consent {
            Consent::Allow => Ok(()),
            Consent::Deny => Err("The node runs no programs: it was started with --consent deny."),
            Consent::Ask if what.chars().count() > LONGEST_SHOWN => {
                Err("It is too long to be shown to the person at the node.")
            }
            Consent::Ask => match timeout(limit, self.ask(what)).await {
                Ok(Some(true)) => Ok(()),
                Ok(Some(false)) => Err("The person at the node said no, or could not be shown the question."),
                Ok(None) => Err(
                    "Nobody can be asked at the node: it has neither a terminal nor a desktop with zenity.",
                ),
                Err(_) => Err("Nobody at the node answered in time."),
            },
        }
    }

    /// The answer, if somebody can be asked.
    async fn ask(&self, what: &str) -> Option<bool> {
        let mut terminal = self.terminal.lock().await;
        if std::io::stdin().is_terminal() {
            let lines = terminal.get_or_insert_with(|| BufReader::new(tokio::io::stdin()).lines());
            // It was the answer to another question.
            while let Ok(Ok(Some(_))) = timeout(TYPED_AHEAD, lines.next_line()).await {}
            put_question(what);
            let line = lines.next_line().await.ok()??;
            return Some(matches!(line.trim(), "y" | "yes"));
        }
        if !has_desktop() {
            return None;
        }
        dialog(what).status().await.ok().map(|status| status.success())
    }
}

/// Whoever is typing when it comes up says no.
fn dialog(what: &str) -> Command {
    let mut dialog = Command::new("zenity");
    dialog.args(["--question", "--default-cancel", "--no-markup", "--title=Sophon", "--text"]);
    dialog.arg(format!("Sophon wants to run:\n\n{what}")).stdin(Stdio::null()).kill_on_drop(true);
    dialog
}

#[expect(clippy::print_stderr, reason = "a question on the terminal")]
fn put_question(what: &str) {
    eprintln!("Sophon wants to run:\n  {what}\nRun it? [y/N]");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_said_at_the_start_counts() {
        let limit = Duration::from_secs(1);
        assert_eq!(Judge::new(Consent::Allow).agrees("true", limit).await, Ok(()));
        Judge::new(Consent::Deny).agrees("true", limit).await.unwrap_err();
    }

    #[tokio::test]
    async fn what_cannot_be_shown_whole_is_denied() {
        let long = "x".repeat(LONGEST_SHOWN + 1);
        let denied = Judge::new(Consent::Ask).agrees(&long, Duration::from_secs(1)).await;
        assert!(denied.unwrap_err().contains("too long"));
    }
}
