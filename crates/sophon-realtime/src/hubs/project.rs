//! How the hubs send events: seed 000, in the words of `sophon_api::hubs`.
//!
//! Each payload bears `seq`, which `JoinSession` takes as `since`: the event's number, or that of the last one before
//! it for what is not kept (`StreamChunk`, most of `AgentStatus`), or 0 for a session that the client has not joined.

use signalr::Invocation;
use sophon_api::hubs::{
    AgentStatus, ChatEvent, HubEvent, ReceiveMessage, SessionMarked, SessionUpdated, StreamChunk,
    ToolCallCompleted, ToolCallStarted,
};
use sophon_model::{Activity, Event, MessageEvent, TaskEvent, ToolCallEvent};

/// What is sent of a message that begins again.
const VOID: &str = "The answer begins again: what was streamed of it is void.";

/// The ten events of `/hubs/chat`, `TaskCancelled` and `SessionMarked`.
pub(super) fn chat(seq: u64, event: &Event) -> Option<ChatEvent> {
    match event {
        Event::Message(event) => message(seq, event),
        Event::Task(TaskEvent::Progress(progress)) => {
            Some(ChatEvent::AgentStatus(AgentStatus::new(progress, seq)))
        }
        Event::Task(event) => task(seq, event).map(ChatEvent::from),
        Event::ToolCall(ToolCallEvent::Started { call }) => {
            Some(ChatEvent::ToolCallStarted(ToolCallStarted::new(call, seq)))
        }
        Event::ToolCall(ToolCallEvent::Ended { call }) => {
            Some(ChatEvent::ToolCallCompleted(ToolCallCompleted::new(call, seq)))
        }
        Event::Session(event) => Some(ChatEvent::SessionUpdated(SessionUpdated::new(event, seq))),
        Event::Marks(event) => Some(ChatEvent::SessionMarked(SessionMarked::new(event.clone(), seq))),
        Event::Approval(_)
        | Event::InfoRequest(_)
        | Event::Node(_)
        | Event::Discussion(_)
        | Event::Announcement(_) => None,
    }
}

/// The five events of `/hubs/tasks`.
pub(super) fn tasks(seq: u64, event: &Event) -> Option<sophon_api::hubs::TaskEvent> {
    match event {
        Event::Task(event) => task(seq, event),
        Event::Message(_)
        | Event::ToolCall(_)
        | Event::Session(_)
        | Event::Marks(_)
        | Event::Approval(_)
        | Event::InfoRequest(_)
        | Event::Node(_)
        | Event::Discussion(_)
        | Event::Announcement(_) => None,
    }
}

fn task(seq: u64, event: &TaskEvent) -> Option<sophon_api::hubs::TaskEvent> {
    event.ledger_row().map(|task| sophon_api::hubs::TaskEvent::of(task, seq))
}

fn message(seq: u64, event: &MessageEvent) -> Option<ChatEvent> {
    Some(match event {
        MessageEvent::Created { message } => {
            ChatEvent::ReceiveMessage(ReceiveMessage::new((**message).clone(), Vec::new(), Some(seq)))
        }
        MessageEvent::Finished { message, tool_calls } => {
            let received = ReceiveMessage::new((**message).clone(), tool_calls.clone(), Some(seq));
            ChatEvent::ReceiveMessage(received)
        }
        MessageEvent::Delta(delta) => ChatEvent::StreamChunk(StreamChunk::new(delta, seq)),
        MessageEvent::Reset { task_id, session_id, message_id } => ChatEvent::AgentStatus(AgentStatus {
            task_id: task_id.clone(),
            session_id: session_id.clone(),
            message_id: Some(message_id.clone()),
            status: Activity::Resuming,
            detail: Some(VOID.to_owned()),
            seq,
        }),
        MessageEvent::Opened { .. } => return None,
    })
}

/// An event under its name, with its payload.
pub(super) fn invocation<'a>(event: impl HubEvent + Send + Sync + 'a) -> Invocation<'a> {
    Invocation::new(event.name()).arg(event)
}
