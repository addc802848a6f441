//! Sending a message, editing it, and asking for another answer to the last one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sophon_model::ports::{Canceller, MessageRange};
use sophon_model::{
    Agent, AttachmentId, AuditAction, Caller, Error, Kind, Message, MessageEvent, MessageId, MessageRole,
    MessageStatus, Result, Session, SessionId, SessionStatus, Task, TaskEvent, TaskId, TaskKind, WhileBusy,
};

use crate::attachments::{self, Quotas};
use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::limits::{LONGEST_KEY, MOST_ATTACHMENTS, bounded, message_text, title};
use crate::models::Models;
use crate::once::Once;
use crate::policy::{Allowed, Create, Granted, Write, allow, grant};
use crate::sessions::{
    NewSession, agent_in, branch_in, create_in, join_agent_in, require_idle_in, save_in, unarchive_in,
};
use crate::tasks::{Running, first_line_truncated, queued, require_room, stop_in};
use crate::turn;

/// Characters of the first message that become the title of its session.
const TITLE_LENGTH: usize = 60;
/// How far back the last question of a session is looked for, in messages.
const QUESTION_WITHIN: usize = 50;

/// A message to be sent.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SendMessage {
    /// Where to; a new session if absent.
    pub session: Option<SessionId>,
    /// The agent that is to answer, by id or slug; the session's agent if absent.
    pub agent: Option<String>,
    /// The model that is to answer this message; the session's if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The text.
    pub content: String,
    /// The channel it comes by.
    pub channel_id: Option<String>,
    /// Its files, which were uploaded before.
    pub attachments: Vec<AttachmentId>,
    /// Whether the answer is streamed while it is written.
    pub is_streaming: bool,
    /// An id given by the sender; also makes the send idempotent within the session or, without one, the user.
    pub local_id: Option<String>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// The id that the message is to get; a new one if absent. Not a part of the request.
    #[serde(skip)]
    pub id: Option<MessageId>,
}

/// A message of one's own in other words.
#[derive(Clone, Debug)]
pub struct EditMessage {
    /// Its session.
    pub session: SessionId,
    /// The message.
    pub message: MessageId,
    /// What it says now.
    pub content: String,
    /// The model that is to answer; the session's if absent.
    pub model: Option<String>,
}

/// A message that was accepted: stored, with its task in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The task that answers.
    pub task_id: TaskId,
    /// The session.
    pub session_id: SessionId,
    /// The message.
    pub message_id: MessageId,
    /// Whether this is the answer to an earlier request with the same key.
    #[serde(skip)]
    pub replayed: bool,
}

/// The service.
#[derive(Clone)]
pub struct Chat {
    db: Database,
    running: Arc<Running>,
    quotas: Quotas,
    models: Models,
}

impl Chat {
    pub(crate) fn open(shared: &Shared) -> Self {
        let (db, running, models) = (shared.db.clone(), shared.running.clone(), shared.models.clone());
        Self { db, running, quotas: shared.settings.quotas, models }
    }

    /// Accepts a message: when this returns, message and task are durable. With the key of its request, or a local id, it
    /// is applied once; another request under the same key is a conflict. So is a message to an agent that is busy in a
    /// session which says so.
    pub async fn send(&self, caller: &Caller, send: SendMessage) -> Result<Sent> {
        let allowed = allow(caller)?;
        validate(&send)?;
        self.models.require_offered("model", send.model.as_deref()).await?;
        let once = once(caller, &send)?;
        let (by, caller, running) = (caller, caller.clone(), self.running.clone());
        self.db
            .write_as(by, AuditAction::MessageSend, move |unit| {
                if let Some(once) = &once
                    && let Some(sent) = once.replay(&*unit.tx, unit.now())?
                {
                    unit.is_no_action();
                    return Ok(Sent { replayed: true, ..sent });
                }
                let sent = send_in(unit, &caller, &allowed, send, &running)?;
                if let Some(once) = &once {
                    once.keep(unit, &sent)?;
                }
                Ok(sent)
            })
            .await
    }

    /// Asks for another answer to the last question of a session, of another model if one is named. The answer that there
    /// is stays on the branch that was shown.
    pub async fn regenerate(
        &self,
        caller: &Caller,
        session: &SessionId,
        model: Option<String>,
    ) -> Result<Sent> {
        self.models.require_offered("model", model.as_deref()).await?;
        let (known, wanted) = (caller.clone(), session.clone());
        self.db
            .write_once(caller, AuditAction::MessageRegenerate, move |unit| {
                let mut session = grant(unit.tx, &known, unit.tx.get(&wanted)?)?;
                require_open(&session)?;
                require_idle_in(unit, &session)?;
                let range = MessageRange { since: None, before: None, limit: QUESTION_WITHIN };
                let messages = unit.tx.messages(&session.id, &range)?;
                let question = messages.iter().rfind(|message| message.role == MessageRole::User);
                let question = question.ok_or_else(|| {
                    Error::conflict("There is no recent question in this session that could be answered.")
                })?;
                let is_answer = |message: &&Message| message.reply_to.as_ref() == Some(&question.id);
                if let Some(answer) = messages.iter().find(is_answer) {
                    branch_in(unit, &mut session, answer)?;
                }
                let agent = answering_in(unit, &known, &session, None)?;
                let sent = queue_in(unit, &known, &session, &agent, question, true, model)?;
                save_in(unit, &mut session)?;
                Ok(sent)
            })
            .await
    }

    /// Sends one of the caller's messages in other words, on a branch of its own in place of the message and all that
    /// follow it. It keeps its files, as copies.
    pub async fn edit(&self, caller: &Caller, edit: EditMessage) -> Result<Sent> {
        let allowed = allow(caller)?;
        message_text(&edit.content)?;
        self.models.require_offered("model", edit.model.as_deref()).await?;
        let (known, quotas) = (caller.clone(), self.quotas);
        self.db
            .write_once(caller, AuditAction::MessageEdit, move |unit| {
                edit_in(unit, &known, &allowed, quotas, edit)
            })
            .await
    }
}

fn edit_in(
    unit: &mut Unit<'_>,
    caller: &Caller,
    allowed: &Allowed<Session, Create>,
    quotas: Quotas,
    edit: EditMessage,
) -> Result<Sent> {
    require_room(unit, &caller.user)?;
    let mut session = grant(unit.tx, caller, unit.tx.get(&edit.session)?)?;
    require_open(&session)?;
    require_idle_in(unit, &session)?;
    let before = unit.tx.get(&edit.message)?;
    let before = before.filter(|message| message.session_id == session.id && !message.is_hidden);
    let before = before.ok_or_else(|| Error::not_found("message"))?;
    if before.user_id.as_ref() != Some(&caller.user) {
        return Err(Error::new(Kind::NotAuthorized, "Only messages of your own can be edited."));
    }
    branch_in(unit, &mut session, &before)?;
    // A title that was taken from the message follows it.
    if session.title == title_of(&before.content)? {
        session.title = title_of(&edit.content)?;
    }
    let mut edited = [Message {
        id: unit.new_id(),
        content: edit.content,
        local_id: None,
        task_id: None,
        branch: session.branch,
        created_at: unit.now(),
        updated_at: unit.now(),
        ..before
    }];
    attachments::copy_all_in(unit, allowed, quotas, &mut edited)?;
    let [mut message] = edited;
    message.number = unit.tx.insert_message(&message)?;
    unit.emit(MessageEvent::Created { message: Box::new(message.clone()) });
    let agent = answering_in(unit, caller, &session, None)?;
    let sent = queue_in(unit, caller, &session, &agent, &message, true, edit.model)?;
    session.message_count += 1;
    save_in(unit, &mut session)?;
    unarchive_in(unit, &session, &caller.user)?;
    Ok(sent)
}

/// What makes the message one that is applied once: the key of its request, or its local id, which counts within its
/// session or, without one, among the user's new sessions.
fn once(caller: &Caller, send: &SendMessage) -> Result<Option<Once>> {
    let (None, Some(local_id)) = (&caller.request_key, &send.local_id) else { return Ok(Once::of(caller)) };
    let session = send.session.as_ref().map_or("", |session| session.as_str());
    let scope = format!("chat.send.local:{}:{}:{session}", caller.tenant, caller.user);
    Once::within(scope, local_id.clone(), send).map(Some)
}

fn validate(send: &SendMessage) -> Result<()> {
    message_text(&send.content)?;
    if send.attachments.len() > MOST_ATTACHMENTS {
        return Err(Error::validation("attachments", format!("At most {MOST_ATTACHMENTS} files.")));
    }
    for attachment in &send.attachments {
        bounded("attachments", attachment.as_str(), 1, LONGEST_KEY)?;
    }
    for (field, text) in [("channel_id", send.channel_id.as_deref()), ("local_id", send.local_id.as_deref())]
    {
        if let Some(text) = text {
            bounded(field, text, 1, LONGEST_KEY)?;
        }
    }
    Ok(())
}

fn require_open(session: &Session) -> Result<()> {
    match session.status {
        SessionStatus::Active | SessionStatus::Waiting => Ok(()),
        SessionStatus::Paused => {
            Err(Error::conflict("The session is paused. Set its status to active to go on."))
        }
        SessionStatus::Completed => Err(Error::conflict("The session is completed. Fork it to go on.")),
    }
}

fn send_in(
    unit: &mut Unit<'_>,
    caller: &Caller,
    allowed: &Allowed<Session, Create>,
    send: SendMessage,
    running: &Arc<Running>,
) -> Result<Sent> {
    require_room(unit, &caller.user)?;
    let session = if let Some(id) = &send.session {
        unit.tx.get(id)?
    } else {
        let (agent, channel_id) = (send.agent.clone(), send.channel_id.clone());
        let new = NewSession { agent, channel_id, ..NewSession::default() };
        Some(create_in(unit, allowed, new)?)
    };
    let session = grant(unit.tx, caller, session)?;
    require_open(&session)?;
    if let Some(answered) = &send.reply_to {
        let message = unit.tx.get(answered)?.filter(|message| message.session_id == session.id);
        message.ok_or_else(|| Error::not_found("message to reply to"))?;
    }
    let agent = answering_in(unit, caller, &session, send.agent.as_deref())?;
    let mut session = apply_busy_rule_in(unit, caller, session, &agent, running)?;
    let mut message = Message {
        id: send.id.unwrap_or_else(|| unit.new_id()),
        number: 0,
        tenant_id: session.tenant_id.clone(),
        session_id: session.id.clone(),
        role: MessageRole::User,
        user_id: Some(caller.user.clone()),
        agent_id: None,
        task_id: None,
        content: send.content,
        status: MessageStatus::Sent,
        local_id: send.local_id,
        reply_to: send.reply_to,
        attachments: Vec::new(),
        usage: None,
        finish_reason: None,
        details: None,
        branch: session.branch,
        is_hidden: false,
        created_at: unit.now(),
        updated_at: unit.now(),
    };
    message.attachments = attachments::claim_in(unit, caller, &send.attachments, &session, &message.id)?;
    message.number = unit.tx.insert_message(&message)?;
    unit.emit(MessageEvent::Created { message: Box::new(message.clone()) });
    let sent = queue_in(unit, caller, &session, &agent, &message, send.is_streaming, send.model)?;
    if session.title.is_empty() {
        session.title = title_of(&message.content)?;
    }
    session.message_count += 1;
    save_in(unit, &mut session)?;
    unarchive_in(unit, &session, &caller.user)?;
    Ok(sent)
}

/// What a session is called that begins with this message.
fn title_of(content: &str) -> Result<String> {
    title(&first_line_truncated(content, TITLE_LENGTH))
}

/// The agent that answers: the one that is named, or the session's.
fn answering_in(unit: &Unit<'_>, caller: &Caller, session: &Session, named: Option<&str>) -> Result<Agent> {
    if named.is_none()
        && let Some(agent) = unit.tx.agent(&caller.tenant, session.agent_id.as_str())?
    {
        return Ok(agent);
    }
    // The session's agent may have been deleted since.
    agent_in(unit, &caller.tenant, named)
}

/// Applies the session's rule for messages to an agent that is busy in it, and returns the session as it is then.
fn apply_busy_rule_in(
    unit: &mut Unit<'_>,
    caller: &Caller,
    session: Granted<Session, Write>,
    agent: &Agent,
    running: &Arc<Running>,
) -> Result<Granted<Session, Write>> {
    if session.while_busy == WhileBusy::Queue {
        return Ok(session);
    }
    let mut busy = unit.tx.open_tasks_of(&session.id)?;
    busy.retain(|task| task.kind == TaskKind::Chat && task.agent_id.as_ref() == Some(&agent.id));
    if session.while_busy == WhileBusy::Reject && !busy.is_empty() {
        let text = "The agent is still working on an earlier message, and this session accepts no other meanwhile. \
            Wait for the answer, or cancel it.";
        return Err(Error::conflict(text).with_code("agent_busy"));
    }
    for task in busy {
        stop_in(unit, Canceller::User(&caller.user), &task.id, running.clone())?;
    }
    // A turn that was stopped has left its message in it.
    grant(unit.tx, caller, unit.tx.get(&session.id)?)
}

/// Puts the task that answers `message` into the queue.
fn queue_in(
    unit: &mut Unit<'_>,
    caller: &Caller,
    session: &Granted<Session, Write>,
    agent: &Agent,
    message: &Message,
    is_streaming: bool,
    model: Option<String>,
) -> Result<Sent> {
    let task = Task {
        session_id: Some(session.id.clone()),
        agent_id: Some(agent.id.clone()),
        request_message_id: Some(message.id.clone()),
        is_streaming,
        ..queued(unit, caller, TaskKind::Chat, &message.content)
    };
    unit.tx.insert(&task)?;
    unit.in_request(|request| request.set_message(message, &task.id));
    join_agent_in(unit, session, agent)?;
    turn::enqueue_in(unit, &task, session, agent, model)?;
    let sent = Sent {
        task_id: task.id.clone(),
        session_id: session.id.clone(),
        message_id: message.id.clone(),
        replayed: false,
    };
    unit.emit(TaskEvent::Queued(Box::new(task)));
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_line_cut_at_a_character() {
        assert_eq!(first_line_truncated("\n one\ntwo", 10), "one");
        assert_eq!(first_line_truncated("äöüäöü", 4), "äöü…");
        assert_eq!(first_line_truncated("äöüä", 4), "äöüä");
    }
}
