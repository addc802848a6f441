//! What was said before in a session, in the order in which a model is to read it.

use std::collections::HashMap;

use sophon_model::ports::{MessageRange, ModelMessage, ModelToolCall, Tx};
use sophon_model::{
    Error, Message, MessageId, MessageRole, MessageStatus, Result, Session, TaskId, ToolCall, ToolCallStatus,
};

/// Messages of the session that are read, the question included.
const MOST_MESSAGES: usize = 200;
/// Bytes of them; older ones are left out. What the model can read of that is judged later.
const MOST_TEXT: usize = 2_000_000;

/// What was said, and the calls that were made for it.
pub(super) struct Conversation {
    /// In the order in which a model is to read them.
    pub(super) messages: Vec<Message>,
    calls: HashMap<TaskId, Vec<ToolCall>>,
}

/// The questions up to `question`, each with its newest answer after it, and with what tools returned then. An answer may have been written after later questions were sent: what was written before the message
/// with the number `reply` counts.
pub(super) fn read(tx: &dyn Tx, session: &Session, question: &MessageId, reply: i64) -> Result<Conversation> {
    let question = tx.get(question)?.ok_or_else(|| Error::not_found("message to answer"))?;
    let range = |since, before| MessageRange { since, before: Some(before), limit: MOST_MESSAGES };
    let mut stored = tx.messages(&session.id, &range(None, question.number + 1))?;
    let later = tx.messages(&session.id, &range(Some(question.number), reply))?;
    stored.extend(later.into_iter().filter(|message| message.role == MessageRole::Agent));
    let tasks: Vec<TaskId> = stored
        .iter()
        .filter(|message| message.role == MessageRole::Agent)
        .filter_map(|message| message.task_id.clone())
        .collect();
    let calls = if tasks.is_empty() { Vec::new() } else { tx.tool_calls_of(&tasks)? };
    let mut conversation = Conversation { messages: in_order(stored, &question.id), calls: HashMap::new() };
    for call in calls {
        conversation.calls.entry(call.task_id.clone()).or_default().push(call);
    }
    Ok(conversation)
}

impl Conversation {
    /// As a model knows it, with the calls if it has tools.
    pub(super) fn in_model_terms(self, has_tools: bool) -> Vec<ModelMessage> {
        let Self { messages, calls } = self;
        let mut calls = if has_tools { calls } else { HashMap::new() };
        messages.into_iter().flat_map(|message| in_model_terms(message, &mut calls)).collect()
    }
}

fn in_order(stored: Vec<Message>, question: &MessageId) -> Vec<Message> {
    let ids: Vec<MessageId> = stored.iter().map(|message| message.id.clone()).collect();
    let mut answers: HashMap<MessageId, Message> = HashMap::new();
    let mut spoken = Vec::new();
    for message in stored.into_iter().filter(|message| message.status != MessageStatus::Pending) {
        match message.reply_to.clone().filter(|id| message.role == MessageRole::Agent && ids.contains(id)) {
            // The question is answered anew.
            Some(answered) if answered == *question => {}
            Some(answered) => {
                let is_better = !message.content.is_empty() || !answers.contains_key(&answered);
                if is_better {
                    answers.insert(answered, message);
                }
            }
            None => spoken.push(message),
        }
    }
    let ordered = spoken.into_iter().flat_map(|message| {
        let answer = answers.remove(&message.id);
        [Some(message), answer].into_iter().flatten()
    });
    let ordered: Vec<Message> = ordered.collect();
    let mut room = MOST_TEXT;
    let mut newest: Vec<Message> = ordered
        .into_iter()
        .rev()
        .take_while(|message| match room.checked_sub(message.content.len()) {
            Some(left) => {
                room = left;
                true
            }
            None => false,
        })
        .collect();
    newest.reverse();
    newest
}

/// A message as a model knows it: before the text of an answer stand the calls that were made for it and their results.
fn in_model_terms(message: Message, calls_of: &mut HashMap<TaskId, Vec<ToolCall>>) -> Vec<ModelMessage> {
    if message.role != MessageRole::Agent {
        return vec![ModelMessage::User { content: message.content }];
    }
    let calls = message.task_id.and_then(|task| calls_of.remove(&task)).unwrap_or_default();
    let ended = calls.into_iter().filter(|call| call.status != ToolCallStatus::Running);
    let (made, results): (Vec<ModelToolCall>, Vec<ModelMessage>) = ended
        .map(|call| {
            let made =
                ModelToolCall { id: call.id.to_string(), name: call.tool.clone(), arguments: call.arguments };
            let content = call.result.unwrap_or_default();
            (made, ModelMessage::Tool { call_id: call.id.to_string(), name: call.tool, content })
        })
        .unzip();
    let says = |content, tool_calls| ModelMessage::Assistant { content, tool_calls, reasoning: None };
    let calling = (!made.is_empty()).then(|| says(String::new(), made));
    calling.into_iter().chain(results).chain([says(message.content, Vec::new())]).collect()
}
