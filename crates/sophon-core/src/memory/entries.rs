//! `memory.write` and `memory.search`

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use sophon_model::ports::{MemoryFilter, ToolSpec};
use sophon_model::{MemoryCategory, MemoryEntry, MemoryScope, Risk};

use super::NOTHING_REMEMBERED;
use crate::database::Database;
use crate::limits::{LONGEST_MEMORY, bounded};
use crate::tools::{Tool, ToolContext, ToolFailure, ToolOutput, spec, typed};

/// Entries that a search returns.
const MOST_FOUND: usize = 20;

pub(super) struct Write {
    db: Database,
}

impl Write {
    pub(super) fn new(db: Database) -> Self {
        Self { db }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WriteArguments {
    content: String,
    category: Option<MemoryCategory>,
    scope: Option<MemoryScope>,
}

#[async_trait]
impl Tool for Write {
    fn spec(&self) -> ToolSpec {
        spec(
            "memory.write",
            "Remembers something for later sessions. Use it when the person asks you to, or tells you something lasting.",
            Risk::Medium,
            &json!({
                "content": { "type": "string", "description": "What to remember, as one sentence that stands alone." },
                "category": { "type": "string", "enum": ["fact", "preference", "observation"] },
                "scope": { "type": "string", "enum": ["user", "agent"], "description": "user: all agents see it; agent: only you." },
            }),
            &["content"],
        )
    }

    async fn call(&self, context: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        let arguments: WriteArguments = typed(arguments)?;
        bounded("content", &arguments.content, 1, LONGEST_MEMORY)?;
        let context = context.clone();
        self.db
            .write(move |unit| {
                let entry = MemoryEntry {
                    id: unit.new_id(),
                    tenant_id: context.caller.tenant,
                    user_id: context.caller.user,
                    agent_id: Some(context.agent.id),
                    scope: arguments.scope.unwrap_or(MemoryScope::User),
                    category: arguments.category.unwrap_or(MemoryCategory::Fact),
                    content: arguments.content,
                    created_at: unit.now(),
                    updated_at: unit.now(),
                };
                unit.tx.insert(&entry)
            })
            .await?;
        Ok("Remembered.".into())
    }
}

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
struct SearchArguments {
    query: String,
}

#[async_trait]
impl Tool for Search {
    fn spec(&self) -> ToolSpec {
        let query =
            json!({ "type": "string", "description": "Words to look for; the newest entries if empty." });
        spec(
            "memory.search",
            "Looks up what was remembered.",
            Risk::None,
            &json!({ "query": query }),
            &["query"],
        )
    }

    async fn call(&self, context: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        let SearchArguments { query } = typed(arguments)?;
        let (tenant, user) = (context.caller.tenant.clone(), context.caller.user.clone());
        let filter = MemoryFilter { tenant, user, seen_by: Some(context.agent.id.clone()) };
        let found = self
            .db
            .read(move |tx| {
                if query.trim().is_empty() {
                    tx.memories(&filter, MOST_FOUND)
                } else {
                    tx.search_memories(&filter, &query, MOST_FOUND)
                }
            })
            .await?;
        if found.is_empty() {
            return Ok(NOTHING_REMEMBERED.into());
        }
        let lines: Vec<String> = found.iter().map(|entry| format!("- {}", entry.content)).collect();
        Ok(lines.join("\n").into())
    }
}
