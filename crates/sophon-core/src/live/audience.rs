//! Who is told of what.

use sophon_model::{Event, Topic};

/// The topics under which an event is published. Task events go to the session's followers and to those who watch
/// the user's ledger; a session's changes go to all connections of its owner.
pub fn topics_of(event: &Event) -> Vec<Topic> {
    match event {
        Event::MessageCreated { message, .. }
        | Event::MessageOpened { message }
        | Event::MessageFinished { message, .. } => vec![Topic::Session(message.session_id.clone())],
        Event::TextDelta(delta) => vec![Topic::Session(delta.session_id.clone())],
        Event::TaskProgress(progress) => vec![Topic::Session(progress.session_id.clone())],
        Event::ToolCallStarted { call } | Event::ToolCallEnded { call } => {
            vec![Topic::Session(call.session_id.clone())]
        }
        Event::MessageReset { session_id, .. }
        | Event::ModelCallUsed { session_id, .. }
        | Event::Typing { session_id, .. } => vec![Topic::Session(session_id.clone())],
        Event::TaskQueued(task)
        | Event::TaskStarted(task)
        | Event::TaskCompleted(task)
        | Event::TaskFailed(task)
        | Event::TaskCancelled(task) => {
            vec![Topic::Session(task.session_id.clone()), Topic::Tasks(task.user_id.clone())]
        }
        Event::SessionChanged { session, .. } => {
            vec![Topic::Session(session.id.clone()), Topic::User(session.owner_id.clone())]
        }
    }
}
