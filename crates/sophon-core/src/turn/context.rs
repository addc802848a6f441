//! What a model is given to read.

use std::collections::HashMap;

use sophon_model::ports::{MemoryFilter, ModelMessage, Tx};
use sophon_model::{Agent, Error, Result, Task, ToolCallStatus};

use super::step::Step;
use super::{Turn, attached, conversation};
use crate::untrusted;

/// Memory entries that every turn begins with.
const MOST_MEMORIES: usize = 50;

pub(super) struct Context {
    pub(super) system: String,
    pub(super) messages: Vec<ModelMessage>,
    /// The answers stored by an earlier attempt at this turn. All but the last have their tools' results.
    pub(super) steps: Vec<Step>,
}

impl Context {
    pub(super) async fn load(turn: &Turn) -> Result<Self> {
        let (task, session, agent) = (turn.task.clone(), turn.session.clone(), turn.agent.clone());
        let (question, reply) = (turn.question.clone(), turn.reply.number);
        let uses_tools = !turn.tools.is_empty();
        let read = move |tx: &dyn Tx| conversation::read(tx, &session, &question, reply, uses_tools);
        let mut conversation = turn.held.read(read).await?;
        attached::describe(turn, &mut conversation.messages).await?;
        turn.held
            .read(move |tx| {
                let mut messages = conversation.in_model_terms();
                let is_first = messages.len() == 1;
                let steps = steps(tx, &task, &mut messages)?;
                Ok(Self { system: system(tx, &task, &agent, is_first)?, messages, steps })
            })
            .await
    }
}

/// The agent's character, what it is told at the beginning of a session, and what it remembers.
fn system(tx: &dyn Tx, task: &Task, agent: &Agent, is_first: bool) -> Result<String> {
    let filter = MemoryFilter { user: task.user_id.clone(), seen_by: Some(agent.id.clone()) };
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

/// The stored answers, which go to the end of `messages` with the results of their tools; those of the last one are
/// still to be gathered.
fn steps(tx: &dyn Tx, task: &Task, messages: &mut Vec<ModelMessage>) -> Result<Vec<Step>> {
    let stored = tx.steps(&task.id)?;
    let steps: Vec<Step> =
        stored.into_iter().map(serde_json::from_value).collect::<Result<_, _>>().map_err(Error::internal)?;
    let calls = tx.tool_calls(&task.id)?;
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
    Ok(steps)
}
