//! Consent: the person at the machine decides whether a command runs, beside the approval at the gateway; or the policy
//! that its owner has written decides, where nobody is there to be asked.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::commands::{COMMANDS, EXECUTE};
use crate::folder::Folder;
use crate::machine::has_desktop;

/// Characters of a program and its arguments that a person can be shown; what is longer is denied, so that nobody
/// agrees to what they cannot see.
const LONGEST_SHOWN: usize = 2_000;
/// How long what was typed before a question is looked for.
const TYPED_AHEAD: Duration = Duration::from_millis(100);

/// Whether to do what the gateway says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Consent {
    /// Ask the person at the machine, on the terminal or the desktop; deny where nobody can be asked.
    Ask,
    /// Do it: the approval at the gateway is enough.
    Allow,
    /// Do not do it.
    Deny,
}

/// What the owner of the machine has decided for commands: `consent.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Policy {
    commands: BTreeMap<Known, Consent>,
}

/// A command that this node can do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct Known(String);

impl TryFrom<String> for Known {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if COMMANDS.contains(&name.as_str()) {
            return Ok(Self(name));
        }
        // Whoever reads the file names the key.
        Err(format!("is no command of this node. It can do: {}", COMMANDS.join(", ")))
    }
}

/// Asks, one question at a time.
#[derive(Clone)]
pub(crate) struct Judge {
    /// For programs of which the policy says nothing.
    programs: Consent,
    /// Where the policy is.
    folder: Folder,
    terminal: Arc<Mutex<Option<Lines<BufReader<Stdin>>>>>,
}

impl Judge {
    /// Decides by the policy in `folder`; `programs` is for programs of which it says nothing. Other commands are done
    /// then.
    pub(crate) fn new(programs: Consent, folder: Folder) -> Self {
        Self { programs, folder, terminal: Arc::default() }
    }

    /// What the policy says now: its owner may have changed it. One that cannot be read decides nothing; the reason why.
    async fn consent(&self, command: &str) -> Result<Consent, String> {
        let folder = self.folder.clone();
        let read = tokio::task::spawn_blocking(move || folder.policy()).await;
        let policy = read.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        let decided = policy.commands.iter().find(|(known, _)| known.0 == command);
        Ok(match decided {
            Some((_, consent)) => *consent,
            None if command == EXECUTE => self.programs,
            None => Consent::Allow,
        })
    }

    /// Whether the command may be done, which is shown to people as `what`; the reason why not. Silence for `limit` is a
    /// no.
    pub(crate) async fn agrees(&self, command: &str, what: &str, limit: Duration) -> Result<(), String> {
        match self.consent(command).await? {
            Consent::Allow => Ok(()),
            Consent::Deny => Err(format!("The owner of the node has decided that it does not do {command}.")),
            Consent::Ask if what.chars().count() > LONGEST_SHOWN => {
                Err("It is too long to be shown to the person at the node.".to_owned())
            }
            Consent::Ask => {
                let denied = match timeout(limit, self.ask(what)).await {
                    Ok(Some(true)) => return Ok(()),
                    Ok(Some(false)) => "The person at the node said no, or could not be shown the question.",
                    Ok(None) => {
                        "Nobody can be asked at the node: it has neither a terminal nor a desktop with zenity. Its owner \
                         can decide in consent.toml."
                    }
                    Err(_) => "Nobody at the node answered in time.",
                };
                Err(denied.to_owned())
            }
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
    dialog.arg(format!("Sophon wants to do this:\n\n{what}")).stdin(Stdio::null()).kill_on_drop(true);
    dialog
}

#[expect(clippy::print_stderr, reason = "a question on the terminal")]
fn put_question(what: &str) {
    eprintln!("Sophon wants to do this:\n  {what}\nDo it? [y/N]");
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    fn folder(place: &TempDir) -> Folder {
        Folder::open(Some(place.path().to_owned())).unwrap()
    }

    fn write(place: &TempDir, policy: &str, mode: u32) {
        let path = place.path().join("consent.toml");
        fs::write(&path, policy).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[tokio::test]
    async fn what_was_said_at_the_start_counts_for_programs() {
        let place = tempfile::tempdir().unwrap();
        let judge = |consent| Judge::new(consent, folder(&place));
        assert_eq!(judge(Consent::Allow).agrees(EXECUTE, "true", LIMIT).await, Ok(()));
        judge(Consent::Deny).agrees(EXECUTE, "true", LIMIT).await.unwrap_err();
        assert_eq!(judge(Consent::Deny).agrees("notify.show", "", LIMIT).await, Ok(()));
    }

    #[tokio::test]
    async fn the_policy_decides_for_each_command_that_it_names() {
        let place = tempfile::tempdir().unwrap();
        let judge = Judge::new(Consent::Deny, folder(&place));
        write(&place, "[commands]\n\"system.execute\" = \"allow\"\n\"screen.capture\" = \"deny\"\n", 0o600);
        assert_eq!(judge.agrees(EXECUTE, "true", LIMIT).await, Ok(()));
        let denied = judge.agrees("screen.capture", "", LIMIT).await.unwrap_err();
        assert!(denied.contains("does not do screen.capture"), "{denied}");
        assert_eq!(judge.agrees("clipboard.read", "", LIMIT).await, Ok(()));
    }

    #[tokio::test]
    async fn the_policy_is_read_for_each_command_and_one_that_cannot_be_read_refuses() {
        let place = tempfile::tempdir().unwrap();
        let judge = Judge::new(Consent::Allow, folder(&place));
        assert_eq!(judge.agrees(EXECUTE, "true", LIMIT).await, Ok(()));
        write(&place, "[commands]\n\"system.execute\" = \"deny\"\n", 0o600);
        let denied = judge.agrees(EXECUTE, "true", LIMIT).await.unwrap_err();
        assert!(denied.contains("does not do system.execute"), "{denied}");
        write(&place, "[commands]\n\"system.execute\" = \"allow\"\n", 0o644);
        let denied = judge.agrees(EXECUTE, "true", LIMIT).await.unwrap_err();
        assert!(denied.contains("consent.toml must be yours") && denied.contains("chmod 600"), "{denied}");
        write(&place, "commands = 5\n", 0o600);
        let denied = judge.agrees("system.info", "", LIMIT).await.unwrap_err();
        assert!(denied.contains("consent.toml: commands must be a table"), "{denied}");
    }

    #[tokio::test]
    async fn what_cannot_be_shown_whole_is_denied() {
        let long = "x".repeat(LONGEST_SHOWN + 1);
        let place = tempfile::tempdir().unwrap();
        let judge = Judge::new(Consent::Ask, folder(&place));
        let denied = judge.agrees(EXECUTE, &long, LIMIT).await;
        assert!(denied.unwrap_err().contains("too long"));
    }
}
