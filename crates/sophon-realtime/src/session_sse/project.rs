//! How session SSE sends events: seed 004.

use bytes::Bytes;
use serde::Serialize;
use serde_json::json;
use sophon_api::hubs::ReceiveMessage;
use sophon_core::live::EventEntry;
use sophon_core::sessions::View;
use sophon_model::{
    Activity, Event, MessageEvent, SessionChange, SessionEvent, SessionId, Task, TaskEvent, Timestamp,
};

use crate::slots::{SESSION_SSE, SESSION_SSE_VISITORS};

/// The block of an event; empty if this wire does not send it.
pub(super) fn block(entry: &EventEntry, view: View) -> Bytes {
    let seq = entry.seq();
    let slot = match view {
        View::Participant => SESSION_SSE,
        View::Visitor => SESSION_SSE_VISITORS,
    };
    entry.encoded(slot, |event| match event {
        Event::Message(event) => message(seq, event, view),
        Event::Task(event) => task(seq, event, view),
        Event::Session(event) => session(seq, event),
        Event::ToolCall(_)
        | Event::Marks(_)
        | Event::Approval(_)
        | Event::InfoRequest(_)
        | Event::Node(_)
        | Event::Discussion(_)
        | Event::Announcement(_) => Bytes::new(),
    })
}

/// One that shows another branch is to be read anew, as after a gap.
fn session(seq: u64, event: &SessionEvent) -> Bytes {
    let updated = encode(Some(seq), "session_updated", &SessionPayload::new(event));
    match event.change {
        SessionChange::Branched => [updated, gap(&event.session.id)].concat().into(),
        SessionChange::Created | SessionChange::Updated | SessionChange::Deleted => updated,
    }
}

fn message(seq: u64, event: &MessageEvent, view: View) -> Bytes {
    match event {
        MessageEvent::Created { message } => {
            encode(Some(seq), "message", &ReceiveMessage::new((**message).clone(), Vec::new(), None))
        }
        MessageEvent::Finished { message, tool_calls } => {
            let (message, tool_calls) = match view {
                View::Participant => ((**message).clone(), tool_calls.clone()),
                View::Visitor => ((**message).clone().without_details(), Vec::new()),
            };
            encode(Some(seq), "message", &ReceiveMessage::new(message, tool_calls, None))
        }
        MessageEvent::Opened { .. } | MessageEvent::Delta(_) | MessageEvent::Reset { .. } => Bytes::new(),
    }
}

fn task(seq: u64, event: &TaskEvent, view: View) -> Bytes {
    match event {
        TaskEvent::Started(task) => {
            let activity = (view == View::Participant).then_some(task.description.as_str());
            presence(seq, task, "working", activity)
        }
        TaskEvent::Completed(task) | TaskEvent::Failed(task) | TaskEvent::Cancelled(task) => {
            presence(seq, task, "online", None)
        }
        TaskEvent::Progress(progress) if progress.activity == Activity::Writing => {
            let data = json!({ "agentId": progress.agent_id, "ts": progress.at.as_seconds() });
            encode(None, "typing", &data)
        }
        TaskEvent::Queued(_) | TaskEvent::Progress(_) | TaskEvent::ModelUsed(_) => Bytes::new(),
    }
}

/// The keep-alive event.
pub(super) fn heartbeat(now: Timestamp) -> Bytes {
    encode(None, "heartbeat", &json!({ "ts": now.as_seconds() }))
}

/// Tells a client who came back too late that it has to read the session anew.
pub(super) fn gap(session: &SessionId) -> Bytes {
    encode(None, "resync", &json!({ "sessionId": session }))
}

/// Whether the session is gone with this event.
pub(super) fn is_deletion(event: &Event) -> bool {
    matches!(event, Event::Session(SessionEvent { change: SessionChange::Deleted, .. }))
}

fn presence(seq: u64, task: &Task, status: &str, activity: Option<&str>) -> Bytes {
    let at = task.ended_at.or(task.started_at).unwrap_or(task.created_at);
    let data = json!({
        "agentId": task.agent_id,
        "sessionId": task.session_id,
        "status": status,
        "currentActivity": activity,
        "ts": at.as_seconds(),
    });
    encode(Some(seq), "presence", &data)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionPayload<'a> {
    id: &'a str,
    session_id: &'a str,
    name: &'a str,
    status: &'static str,
    visibility: &'static str,
    mode: &'static str,
    workspace: &'a str,
    change: SessionChange,
    updated_at: String,
}

impl<'a> SessionPayload<'a> {
    fn new(event: &'a SessionEvent) -> Self {
        let session = &event.session;
        Self {
            id: session.id.as_str(),
            session_id: session.id.as_str(),
            name: &session.title,
            status: session.status.as_str(),
            visibility: session.visibility.as_str(),
            mode: session.mode.as_str(),
            workspace: session.tenant_id.as_str(),
            change: event.change,
            updated_at: session.updated_at.to_string(),
        }
    }
}

fn encode(seq: Option<u64>, event: &str, data: &impl Serialize) -> Bytes {
    // JSON has no raw line breaks, so that the data is always one line.
    let data = match serde_json::to_string(data) {
        Ok(data) => data,
        Err(error) => {
            tracing::error!(event, %error, "an event cannot be encoded and is not sent");
            return Bytes::new();
        }
    };
    let id = seq.map_or_else(String::new, |seq| format!("id: {seq}\n"));
    Bytes::from(format!("{id}event: {event}\ndata: {data}\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heartbeat_is_the_block_that_the_seed_shows() {
        assert_eq!(
            heartbeat(Timestamp::from_millis(1_742_930_000_123)),
            "event: heartbeat\ndata: {\"ts\":1742930000}\n\n"
        );
    }

    #[test]
    fn line_breaks_in_a_text_do_not_end_its_line() {
        let block = encode(Some(7), "message", &json!({ "content": "a\r\nb\u{2028}" }));
        let text = std::str::from_utf8(&block).unwrap();
        assert_eq!(text.lines().count(), 4);
        assert!(text.starts_with("id: 7\nevent: message\ndata: {"));
    }
}
