//! Master keys that a command of the operator's prints: from a vault, or a hardware token.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use sophon_model::Result;
use sophon_model::ports::{MasterKey, MasterKeys};
use tokio::io::AsyncReadExt;
use zeroize::Zeroizing;

use super::{LONGEST_TEXT, parse, refused};

/// How long the command may take.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Command {
    program: String,
    arguments: Vec<String>,
}

impl Command {
    pub(super) fn new(program: &str, arguments: &[String]) -> Self {
        Self { program: program.to_owned(), arguments: arguments.to_vec() }
    }

    /// What the command prints. What it says of errors goes where the gateway's errors go.
    async fn output(&self) -> Result<Zeroizing<String>> {
        let mut command = tokio::process::Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let failed = |what: String| refused(format!("{}: {what}", self.place()));
        let mut child = command.spawn().map_err(|error| failed(format!("it cannot be run ({error})")))?;
        let mut text = Zeroizing::new(String::with_capacity(LONGEST_TEXT + 1));
        if let Some(stdout) = child.stdout.take() {
            let read = stdout.take(LONGEST_TEXT as u64 + 1).read_to_string(&mut text).await;
            read.map_err(|error| failed(format!("its output cannot be read ({error})")))?;
        }
        if text.len() > LONGEST_TEXT {
            return Err(failed(format!("it printed more than {LONGEST_TEXT} bytes")));
        }
        let status = child.wait().await.map_err(|error| failed(error.to_string()))?;
        if status.success() { Ok(text) } else { Err(failed(format!("it failed ({status})"))) }
    }
}

#[async_trait]
impl MasterKeys for Command {
    async fn load(&self) -> Result<Vec<MasterKey>> {
        let Ok(output) = tokio::time::timeout(PATIENCE, self.output()).await else {
            let limit = PATIENCE.as_secs();
            return Err(refused(format!("{}: it did not end within {limit} s", self.place())));
        };
        let keys = parse(&output?, &self.place())?;
        if keys.is_empty() {
            return Err(refused(format!("{}: it printed no key", self.place())));
        }
        Ok(keys)
    }

    async fn add(&self, _: &MasterKey) -> Result<bool> {
        Ok(false)
    }

    fn place(&self) -> String {
        format!("the command {}", self.program)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn shell(script: &str) -> Command {
        Command::new("sh", &["-c".to_owned(), script.to_owned()])
    }

    #[tokio::test]
    async fn the_keys_are_what_the_command_prints() {
        let printed = shell(&format!("echo {}", STANDARD.encode([5; 32]))).load().await.unwrap();
        assert_eq!(printed[0].expose(), [5; 32]);
    }

    #[tokio::test]
    async fn a_command_that_fails_prints_nothing_or_too_much_is_an_error_that_names_it() {
        let endless = format!("yes '{}'", STANDARD.encode([5; 32]));
        for script in ["exit 3", "true", "echo nonsense", &endless] {
            let error = shell(script).load().await.err().unwrap().to_string();
            assert!(error.starts_with("the command sh"), "{script}: {error}");
        }
        let error = Command::new("/no/such/program", &[]).load().await.err().unwrap().to_string();
        assert!(error.contains("cannot be run"), "{error}");
    }
}
