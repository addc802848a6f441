//! What a model is given to read.

use std::collections::HashMap;

use sophon_model::ports::{MemoryFilter, ModelMessage, Tx};
use sophon_model::{Agent, AttachmentId, Error, Result, StoredAttachment, Task, ToolCall, ToolCallStatus};

use super::conversation::Conversation;
use super::step::Step;
use super::{Stop, Turn, attached, conversation, require_rights};
use crate::identity::acting_for;
use crate::tools::Toolset;
use crate::untrusted;

/// Memory entries that every turn begins with.
const MOST_MEMORIES: usize = 50;

pub(super) struct Context {
    pub(super) system: String,
    pub(super) messages: Vec<ModelMessage>,
    /// The answers stored by an earlier attempt at this turn. All but the last have their tools' results.
    pub(super) steps: Vec<Step>,
}

/// What is stored that a turn begins with. It is read at once: somebody waits for the first word.
pub(super) struct Stored {
    system: String,
    conversation: Conversation,
    files: HashMap<AttachmentId, StoredAttachment>,
    steps: Vec<Step>,
    calls: Vec<ToolCall>,
}

impl Stored {
    /// The tools that the turn has now, and what is stored. The turn stops if its rights have ended.
    pub(super) async fn read(turn: &Turn) -> Result<(Toolset, Self), Stop> {
        let (task, session, agent) = (turn.task.clone(), turn.session.clone(), turn.agent.clone());
        let (question, reply, now) = (turn.question.clone(), turn.reply.number, turn.held.now());
        let tools = turn.with.tools.clone();
        turn.held
            .read(move |tx| {
                let acting = acting_for(tx, &task.works_for(), task.api_token_id.clone(), &agent.id, now)?;
                let tools = match require_rights(acting) {
                    Ok(acting) => tools.of(tx, &acting, &agent)?,
                    Err(stop) => return Ok(Err(stop)),
                };
                let conversation = conversation::read(tx, &session, &question, reply)?;
                let is_first = conversation.messages.len() == 1;
                let steps = tx.steps(&task.id)?.into_iter().map(serde_json::from_value);
                let stored = Self {
                    system: system(tx, &task, &agent, is_first)?,
                    files: attached::stored(tx, &conversation.messages)?,
                    conversation,
                    steps: steps.collect::<Result<_, _>>().map_err(Error::internal)?,
                    calls: tx.tool_calls(&task.id)?,
                };
                Ok(Ok((tools, stored)))
            })
            .await?
    }

    /// What the model is given. An agent without tools does not read what tools returned before.
    pub(super) async fn into_context(self, turn: &Turn) -> Context {
        let Self { mut conversation, files, steps, calls, system } = self;
        attached::describe(turn, &mut conversation.messages, &files).await;
        let mut messages = conversation.in_model_terms(!turn.tools.is_empty());
        add_steps(&mut messages, &steps, calls);
        Context { system, messages, steps }
    }
}

/// The agent's character, what it is told at the beginning of a session, and what it remembers.
fn system(tx: &dyn Tx, task: &Task, agent: &Agent, is_first: bool) -> Result<String> {
    let (tenant, user) = (task.tenant_id.clone(), task.user_id.clone());
    let filter = MemoryFilter { tenant, user, seen_by: Some(agent.id.clone()) };
    let memories = tx.memories(&filter, MOST_MEMORIES)?;
    let mut system = agent.soul.trim().to_owned();
    if is_first && !agent.boot.trim().is_empty() {
        system.push_str("\n\n");
        system.push_str(agent.boot.trim());
    }
    system.push_str("\n\n");
    system.push_str(untrusted::RULE);
    if !memories.is_empty() {
        system.push_str("\n\nWhat you remember of the person you work for:\n");
        for entry in &memories {
            system.push_str("- ");
            system.push_str(&entry.content.replace('\n', " "));
            system.push('\n');
        }
    }
    Ok(system)
}

/// Adds the stored answers to the end of `messages` with the results of their tools; those of the last one are still to
/// be gathered.
fn add_steps(messages: &mut Vec<ModelMessage>, steps: &[Step], calls: Vec<ToolCall>) {
    let ended = calls.into_iter().filter(|call| call.status != ToolCallStatus::Running);
    let mut results: HashMap<String, String> =
        ended.map(|call| (call.id.to_string(), call.result.unwrap_or_default())).collect();
    for (index, step) in steps.iter().enumerate() {
        messages.push(step.as_message());
        if index + 1 == steps.len() {
            break;
        }
        messages.extend(step.tool_calls.iter().map(|call| ModelMessage::Tool {
            call_id: call.id.clone(),
            name: call.name.clone(),
            content: results.remove(&call.id).unwrap_or_default(),
        }));
    }
}
