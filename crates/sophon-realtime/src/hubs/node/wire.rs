//! What nodes are told and what they say.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sophon_core::nodes::{self, Outcome};
use sophon_model::{NodeCommand, NodeCommandId, NodeScope};

/// A command.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExecuteCommand<'a> {
    command_id: &'a str,
    command: &'a str,
    params: &'a Value,
    /// How long the node may take.
    timeout_ms: u64,
}

impl<'a> ExecuteCommand<'a> {
    pub(super) fn new(command: &'a NodeCommand, left: Duration) -> Self {
        Self {
            command_id: command.id.as_str(),
            command: &command.command,
            params: &command.params,
            timeout_ms: left.as_millis() as u64,
        }
    }
}

/// What the node may be told from now on.
#[derive(Serialize)]
pub(super) struct RefreshScopes {
    pub(super) scopes: Vec<NodeScope>,
}

/// The last word.
#[derive(Serialize)]
pub(super) struct RevokeAccess {}

/// How the node is. Which node it is, its token says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Heartbeat {
    uptime: Option<f64>,
    platform: Option<String>,
    version: Option<String>,
    cpu_percent: Option<f64>,
    memory_mb: Option<f64>,
}

impl From<Heartbeat> for nodes::Heartbeat {
    fn from(said: Heartbeat) -> Self {
        let whole = |number: Option<f64>| number.map(|number| number.round() as i64);
        Self {
            platform: said.platform,
            version: said.version,
            uptime_seconds: whole(said.uptime),
            cpu_percent: whole(said.cpu_percent),
            memory_mb: whole(said.memory_mb),
        }
    }
}

/// The node has heard of its scopes.
#[derive(Deserialize)]
pub(super) struct ScopeChanged {
    pub(super) scopes: Vec<String>,
}

/// What became of a command.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CommandResult {
    #[serde(alias = "CommandId")]
    pub(super) command_id: NodeCommandId,
    #[serde(flatten)]
    pub(super) answer: Answer,
}

/// Whether it was done, and what came of it. The second names are those that .NET writes in MessagePack.
#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(alias = "Ok")]
    ok: bool,
    #[serde(default, alias = "Result")]
    result: Value,
    #[serde(default, alias = "Error")]
    error: Option<Reason>,
}

/// Why it was not done: for programs and people, or for people alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Reason {
    Text(String),
    Coded {
        #[serde(alias = "Code")]
        code: String,
        #[serde(default, alias = "Message")]
        message: String,
    },
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        let failed = |code: &str, message| Outcome::Failed { code: code.into(), message };
        match answer {
            Answer { ok: true, result, .. } => Outcome::Done(result),
            Answer { error: Some(Reason::Coded { code, message }), .. } => failed(&code, message),
            Answer { error: Some(Reason::Text(message)), .. } => failed("failed", message),
            Answer { error: None, .. } => failed("failed", "The node did not say why.".into()),
        }
    }
}

/// What a handler returned: an answer of the usual shape, or the result itself.
pub(super) fn outcome(returned: Value) -> Outcome {
    Answer::deserialize(&returned).map_or(Outcome::Done(returned), Outcome::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_handler_may_return_an_answer_or_the_bare_result() {
        assert_eq!(outcome(json!({ "ok": true, "result": [1] })), Outcome::Done(json!([1])));
        assert_eq!(outcome(json!({ "os": "linux" })), Outcome::Done(json!({ "os": "linux" })));
        assert_eq!(outcome(json!("text")), Outcome::Done(json!("text")));
        let refused = json!({ "ok": false, "error": { "code": "consent_denied", "message": "No." } });
        let expected = Outcome::Failed { code: "consent_denied".into(), message: "No.".into() };
        assert_eq!(outcome(refused), expected);
        let dotnet = json!({ "Ok": false, "Error": { "Code": "consent_denied", "Message": "No." } });
        let expected = Outcome::Failed { code: "consent_denied".into(), message: "No.".into() };
        assert_eq!(outcome(dotnet), expected);
        let in_words = outcome(json!({ "ok": false, "error": "It broke." }));
        assert_eq!(in_words, Outcome::Failed { code: "failed".into(), message: "It broke.".into() });
    }
}
