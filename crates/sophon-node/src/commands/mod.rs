//! What the machine can do.

mod desktop;
mod execute;
mod system;

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answer::Answer;
use crate::consent::Judge;

/// The command that runs a program.
pub(crate) const EXECUTE: &str = "system.execute";
/// All that this node can do.
pub(crate) const COMMANDS: [&str; 7] = [
    "system.info",
    "system.processes",
    EXECUTE,
    "notify.show",
    "clipboard.read",
    "clipboard.write",
    "screen.capture",
];

/// Does a command within `limit`, if the machine's side agrees.
pub(crate) async fn execute(command: &str, params: &Value, limit: Duration, judge: &Judge) -> Answer {
    let doing = async {
        // How a program is shown is its own matter.
        if command != EXECUTE {
            let what = format!("{command} {:?}", params.to_string());
            judge.agrees(command, &what, limit).await.map_err(denied)?;
        }
        match command {
            "system.info" => system::info().await,
            "system.processes" => system::processes().await,
            EXECUTE => execute::execute(typed(params)?, limit, judge).await,
            "notify.show" => desktop::notify(typed(params)?).await,
            "clipboard.read" => desktop::read_clipboard().await,
            "clipboard.write" => desktop::write_clipboard(typed(params)?).await,
            "screen.capture" => desktop::capture(typed(params)?).await,
            _ => Err(Answer::failed("unsupported", format!("This node cannot do {command}."))),
        }
    };
    match tokio::time::timeout(limit, doing).await {
        Ok(Ok(result)) => Answer::done(result),
        Ok(Err(answer)) => answer,
        Err(_) => late(limit),
    }
}

/// The machine's side does not agree.
fn denied(reason: String) -> Answer {
    Answer::failed("consent_denied", reason)
}

fn late(limit: Duration) -> Answer {
    Answer::failed("timeout", format!("It was not done within {} ms, and stopped.", limit.as_millis()))
}

fn typed<T: DeserializeOwned>(params: &Value) -> Result<T, Answer> {
    T::deserialize(params)
        .map_err(|error| Answer::failed("failed", format!("The parameters are wrong: {error}.")))
}

fn failed(error: impl std::fmt::Display) -> Answer {
    Answer::failed("failed", error.to_string())
}
