//! `person.ask`

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use sophon_model::ports::ToolSpec;
use sophon_model::{InfoRequestStatus, Risk};

use super::InfoRequests;
use crate::tools::{Tool, ToolContext, ToolFailure, ToolOutput, spec, typed};

/// The tool's name.
pub(super) const NAME: &str = "person.ask";

pub(super) struct Ask {
    requests: InfoRequests,
}

impl Ask {
    pub(super) fn new(requests: InfoRequests) -> Self {
        Self { requests }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    question: String,
    #[serde(default)]
    choices: Vec<String>,
}

#[async_trait]
impl Tool for Ask {
    fn spec(&self) -> ToolSpec {
        spec(
            NAME,
            "Asks the person you work for a question and waits for the answer. Use it only when you cannot go on without.",
            Risk::None,
            &json!({
                "question": { "type": "string", "description": "The question, with all that is needed to answer it." },
                "choices": { "type": "array", "items": { "type": "string" }, "description": "Answers to choose from." },
            }),
            &["question"],
        )
    }

    /// The same call finds the question that it asked.
    fn is_resumable(&self) -> bool {
        true
    }

    async fn call(&self, context: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        let Arguments { question, choices } = typed(arguments)?;
        let asked = self.requests.ask(context, question, choices).await?;
        match (asked.status, asked.response) {
            (InfoRequestStatus::Pending, _) => Ok(ToolOutput::Waits(asked.expires_at)),
            (InfoRequestStatus::Answered, Some(response)) => Ok(response.into()),
            (InfoRequestStatus::TimedOut, _) => Err(ToolFailure("The person did not answer in time.".into())),
            _ => Err(ToolFailure("The person does not want to answer this.".into())),
        }
    }
}
