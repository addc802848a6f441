//! Who is told of what.

use sophon_model::{Event, SessionId, Topic, UserId};

/// The topics under which an event in a session of `owner` is published: the session's and the owner's feed, always;
/// those who watch the ledger are told of tasks; all connections of the owner are told of a session's changes.
pub fn topics_of(event: &Event, owner: &UserId) -> Vec<Topic> {
    let mut topics = vec![Topic::Session(session_of(event).clone()), Topic::Feed(owner.clone())];
    match event {
        Event::TaskQueued(_)
        | Event::TaskStarted(_)
        | Event::TaskCompleted(_)
        | Event::TaskFailed(_)
        | Event::TaskCancelled(_) => topics.push(Topic::Tasks(owner.clone())),
        Event::SessionChanged { .. } => topics.push(Topic::User(owner.clone())),
        _ => {}
    }
    topics
}

fn session_of(event: &Event) -> &SessionId {
    match event {
        Event::MessageCreated { message, .. }
        | Event::MessageOpened { message }
        | Event::MessageFinished { message, .. } => &message.session_id,
        Event::TextDelta(delta) => &delta.session_id,
        Event::TaskProgress(progress) => &progress.session_id,
        Event::ToolCallStarted { call } | Event::ToolCallEnded { call } => &call.session_id,
        Event::MessageReset { session_id, .. }
        | Event::ModelCallUsed { session_id, .. }
        | Event::Typing { session_id, .. } => session_id,
        Event::TaskQueued(task)
        | Event::TaskStarted(task)
        | Event::TaskCompleted(task)
        | Event::TaskFailed(task)
        | Event::TaskCancelled(task) => &task.session_id,
        Event::SessionChanged { session, .. } => &session.id,
    }
}
