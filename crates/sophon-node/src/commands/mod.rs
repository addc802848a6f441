//! What the machine can do.

mod desktop;
mod execute;
mod system;

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answer::Answer;
use crate::consent::Judge;

/// Does a command within `limit`.
pub(crate) async fn execute(command: &str, params: &Value, limit: Duration, judge: &Judge) -> Answer {
    let doing = async {
        match command {
            "system.info" => system::info().await,
            "system.processes" => system::processes().await,
            "system.execute" => execute::execute(typed(params)?, limit, judge).await,
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
