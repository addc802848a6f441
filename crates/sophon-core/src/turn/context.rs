//! What a model is given to read.

use std::collections::HashMap;

use sophon_model::ports::{MemoryFilter, MessageRange, ModelMessage, Tx};
use sophon_model::{
    Agent, Error, Message, MessageId, MessageRole, MessageStatus, Result, Session, Task, ToolCallStatus,
};

use super::Turn;
use super::step::Step;
use crate::untrusted;

/// Messages of the session that are read, the question included.
const MOST_MESSAGES: usize = 60;
/// Bytes of them; older ones are left out.
const MOST_TEXT: usize = 200_000;
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
        let question = turn.question.clone();
        turn.held.read(move |tx| read(tx, &task, &question, &session, &agent)).await
    }
}

fn read(tx: &dyn Tx, task: &Task, question: &MessageId, session: &Session, agent: &Agent) -> Result<Context> {
    let question = tx.get(question)?.ok_or_else(|| Error::not_found("message to answer"))?;
    let range = MessageRange { since: None, before: Some(question.number + 1), limit: MOST_MESSAGES };
    let stored = tx.messages(&session.id, &range)?;
    let is_first = stored.len() == 1;
    let mut messages = conversation(stored);
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
    let steps = steps(tx, task, &mut messages)?;
    Ok(Context { system, messages, steps })
}

/// The newest messages that fit, in the model's terms.
fn conversation(stored: Vec<Message>) -> Vec<ModelMessage> {
    let mut room = MOST_TEXT;
    let mut messages: Vec<ModelMessage> = Vec::new();
    for message in stored.into_iter().rev() {
        if message.status == MessageStatus::Pending || message.content.is_empty() {
            continue;
        }
        let Some(left) = room.checked_sub(message.content.len()) else { break };
        room = left;
        messages.push(match message.role {
            MessageRole::Agent => {
                ModelMessage::Assistant { content: message.content, tool_calls: Vec::new(), reasoning: None }
            }
            MessageRole::User | MessageRole::System => ModelMessage::User { content: message.content },
        });
    }
    messages.reverse();
    messages
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
