//! The messages of a session.

use std::collections::HashMap;

use sophon_model::ports::{MessageRange, Tx};
use sophon_model::{Caller, Message, Page, Result, Session, SessionId, TaskId, ToolCall};

use super::{Sessions, View};
use crate::policy::{Granted, Read, grant};

/// A message with the tool calls that were made for it.
#[derive(Clone, Debug)]
pub struct MessageWithCalls {
    /// The message.
    pub message: Message,
    /// The calls, in order of start.
    pub tool_calls: Vec<ToolCall>,
}

/// A part of a session's history, oldest first.
#[derive(Clone, Debug)]
pub struct History {
    /// The messages.
    pub items: Vec<MessageWithCalls>,
    /// Whether there are more in the direction asked for.
    pub has_more: bool,
}

impl Sessions {
    /// The messages after the number `since`, or else the newest ones (before the number `before`). What is being
    /// written has its text so far. Visitors see no details.
    pub async fn messages(
        &self,
        caller: Option<&Caller>,
        id: &SessionId,
        since: Option<i64>,
        before: Option<i64>,
        limit: Option<usize>,
    ) -> Result<History> {
        let limit = Page::new(limit, None).limit();
        let (caller, id) = (caller.cloned(), id.clone());
        let (mut messages, calls) = self
            .db
            .read(move |tx| {
                let session: Granted<Session, Read> = grant(tx, caller.as_ref(), tx.get(&id)?)?;
                let range = MessageRange { since, before, limit: limit + 1 };
                let messages = tx.messages(&session.id, &range)?;
                match View::of(&session, caller.as_ref()) {
                    View::Participant => {
                        let calls = calls_for(tx, &messages)?;
                        Ok((messages, calls))
                    }
                    View::Visitor => {
                        Ok((messages.into_iter().map(Message::without_details).collect(), Vec::new()))
                    }
                }
            })
            .await?;
        let has_more = messages.len() > limit;
        if has_more {
            // One too many was asked for: the newest when reading forward, else the oldest.
            messages.remove(if since.is_some() { limit } else { 0 });
        }
        self.pending.complete(&mut messages);
        Ok(History { items: with_calls(messages, calls), has_more })
    }
}

/// The calls that were made for the messages.
pub(super) fn calls_for(tx: &dyn Tx, messages: &[Message]) -> Result<Vec<ToolCall>> {
    let answers = messages.iter().filter(|message| message.agent_id.is_some());
    let tasks: Vec<TaskId> = answers.filter_map(|message| message.task_id.clone()).collect();
    if tasks.is_empty() { Ok(Vec::new()) } else { tx.tool_calls_of(&tasks) }
}

/// Each message with those of the calls that were made for it.
pub(super) fn with_calls(messages: Vec<Message>, calls: Vec<ToolCall>) -> Vec<MessageWithCalls> {
    let mut by_task: HashMap<TaskId, Vec<ToolCall>> = HashMap::new();
    for call in calls {
        by_task.entry(call.task_id.clone()).or_default().push(call);
    }
    let attach = |message: Message| {
        let answers = message.agent_id.as_ref().and(message.task_id.as_ref());
        let tool_calls = answers.and_then(|task| by_task.remove(task)).unwrap_or_default();
        MessageWithCalls { message, tool_calls }
    };
    messages.into_iter().map(attach).collect()
}
