//! `discussion.run`

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use sophon_model::ports::ToolSpec;
use sophon_model::{DiscussionRunStatus, NewPanelist, Risk};

use super::runner::DiscussionRunner;
use super::{MOST_ROUNDS, NewDiscussion, ROUND_TIMEOUT, ROUNDS};
use crate::tools::{Tool, ToolContext, ToolFailure, ToolOutput, spec, typed};
use crate::untrusted::fence;

/// How much longer than all rounds and the judge the tool waits, so that the discussion ends first.
const GRACE: Duration = Duration::from_mins(1);

pub(super) struct Run {
    runner: DiscussionRunner,
}

impl Run {
    pub(super) fn new(runner: DiscussionRunner) -> Self {
        Self { runner }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    topic: String,
    panelists: Vec<NewPanelist>,
    judge: Option<NewPanelist>,
    rounds: Option<i64>,
}

#[async_trait]
impl Tool for Run {
    fn spec(&self) -> ToolSpec {
        let panelist = json!({
            "type": "object",
            "properties": {
                "name": { "type": "string" },
                "agentId": { "type": "string", "description": "An agent, by id or slug." },
                "persona": { "type": "string", "description": "Instead of an agent: who it is, in a few sentences." },
                "model": { "type": "string", "description": "The model that a persona prefers." },
            },
            "additionalProperties": false,
        });
        let rounds = format!("How often each speaks; {ROUNDS} if absent.");
        spec(
            "discussion.run",
            "Lets two to five panelists argue in rounds and a judge decide, waits for the end and returns the verdict. \
             Use it for decisions with something to be said on both sides.",
            Risk::Low,
            &json!({
                "topic": { "type": "string", "description": "What is to be decided, with all that is needed for it." },
                "panelists": { "type": "array", "items": panelist, "minItems": 2, "maxItems": 5 },
                "judge": panelist,
                "rounds": { "type": "integer", "minimum": 1, "maximum": MOST_ROUNDS, "description": rounds },
            }),
            &["topic", "panelists"],
        )
    }

    fn time_limit(&self) -> Duration {
        let most = (MOST_ROUNDS + 1) * ROUND_TIMEOUT;
        Duration::from_secs(most.unsigned_abs()) + GRACE
    }

    fn is_resumable(&self) -> bool {
        true
    }

    async fn call(&self, context: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        let Arguments { topic, panelists, judge, rounds } = typed(arguments)?;
        let new = NewDiscussion { topic, panelists, judge, rounds, round_timeout_seconds: None };
        let run = self.runner.run_for(context, new).await?;
        match (run.status, run.verdict) {
            (DiscussionRunStatus::Completed, Some(verdict)) => {
                let text = json!(verdict).to_string();
                Ok(fence("discussion.run", &text, self.runner.db.random()).into())
            }
            (DiscussionRunStatus::Cancelled, _) => {
                Err(ToolFailure("The person cancelled the discussion.".into()))
            }
            _ => {
                let reason = run.error.unwrap_or_default();
                Err(ToolFailure(format!("The discussion came to no verdict. {reason}").trim_end().into()))
            }
        }
    }
}
