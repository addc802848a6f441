//! `session.search`

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use sophon_model::Risk;
use sophon_model::ports::ToolSpec;

use crate::database::Database;
use crate::tools::{Tool, ToolContext, ToolFailure, ToolOutput, spec, typed};

/// Messages that a search returns.
const MOST_FOUND: usize = 10;
/// Characters shown of each.
const EXCERPT: usize = 400;

pub(super) struct Search {
    db: Database,
}

impl Search {
    pub(super) fn new(db: Database) -> Self {
        Self { db }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    query: String,
}

#[async_trait]
impl Tool for Search {
    fn spec(&self) -> ToolSpec {
        let query = json!({ "type": "string", "description": "Words that a message must contain." });
        spec(
            "session.search",
            "Searches the messages of this session, also those too old to be in front of you.",
            Risk::None,
            &json!({ "query": query }),
            &["query"],
        )
    }

    async fn call(&self, context: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        let Arguments { query } = typed(arguments)?;
        let session = context.session.clone();
        let found = self.db.read(move |tx| tx.search_messages(&session, &query, MOST_FOUND)).await?;
        if found.is_empty() {
            return Ok("No message of this session contains that.".into());
        }
        let lines: Vec<String> = found
            .iter()
            .map(|message| {
                let excerpt: String = message.content.chars().take(EXCERPT).collect();
                format!(
                    "- {} ({}): {}",
                    message.role.as_str(),
                    message.created_at,
                    excerpt.replace('\n', " ")
                )
            })
            .collect();
        Ok(lines.join("\n").into())
    }
}
