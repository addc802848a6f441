//! Sessions, messages, tasks, and what agents do in them.

use serde_json::json;
use sophon_model::{
    MemoryCategory, MemoryEntry, MemoryId, MemoryScope, Message, MessageId, MessageRole, MessageStatus,
    Session, SessionId, SessionMode, SessionStatus, Task, TaskId, TaskKind, TaskStatus, ToolCall, ToolCallId,
    ToolCallStatus, User, Visibility, WhileBusy,
};

use super::{AGENT, NOW, SESSION, TASK, TENANT, USER};

/// An active private session without messages.
pub fn session(id: impl Into<SessionId>) -> Session {
    Session {
        id: id.into(),
        tenant_id: TENANT.into(),
        owner_id: USER.into(),
        agent_id: AGENT.into(),
        title: String::new(),
        visibility: Visibility::Private,
        status: SessionStatus::Active,
        mode: SessionMode::Async,
        while_busy: WhileBusy::Queue,
        channel_id: None,
        model: None,
        parent_id: None,
        forked_at_message_id: None,
        message_count: 0,
        branch: 0,
        last_outcome: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Whose a session is.
pub trait MakeSession {
    /// The session, owned by `user`.
    #[must_use]
    fn of(self, user: &User) -> Self;
}

impl MakeSession for Session {
    fn of(self, user: &User) -> Self {
        Self { tenant_id: user.tenant_id.clone(), owner_id: user.id.clone(), ..self }
    }
}

/// A message of the user, sent.
pub fn message(id: impl Into<MessageId>) -> Message {
    Message {
        id: id.into(),
        number: 0,
        tenant_id: TENANT.into(),
        session_id: SESSION.into(),
        role: MessageRole::User,
        user_id: Some(USER.into()),
        agent_id: None,
        task_id: None,
        content: "hello".into(),
        status: MessageStatus::Sent,
        local_id: None,
        reply_to: None,
        attachments: Vec::new(),
        usage: None,
        finish_reason: None,
        details: None,
        branch: 0,
        is_hidden: false,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Where a message is, and who wrote it.
pub trait MakeMessage {
    /// The message, written in `session` by its owner.
    #[must_use]
    fn of(self, session: &Session) -> Self;
    /// The message, as an agent's reply that is complete.
    #[must_use]
    fn reply(self) -> Self;
}

impl MakeMessage for Message {
    fn of(self, session: &Session) -> Self {
        Self {
            tenant_id: session.tenant_id.clone(),
            session_id: session.id.clone(),
            user_id: Some(session.owner_id.clone()),
            ..self
        }
    }

    fn reply(self) -> Self {
        let (role, status) = (MessageRole::Agent, MessageStatus::Delivered);
        Self { role, status, user_id: None, agent_id: Some(AGENT.into()), task_id: Some(TASK.into()), ..self }
    }
}

/// A queued chat turn.
pub fn task(id: impl Into<TaskId>) -> Task {
    Task {
        id: id.into(),
        tenant_id: TENANT.into(),
        user_id: USER.into(),
        api_token_id: None,
        parent_id: None,
        session_id: Some(SESSION.into()),
        agent_id: Some(AGENT.into()),
        kind: TaskKind::Chat,
        description: "hello".into(),
        status: TaskStatus::Queued,
        request_message_id: None,
        reply_message_id: None,
        is_streaming: true,
        error: None,
        usage: None,
        details: None,
        cancelled_by: None,
        cancel_reason: None,
        cancel_requested_at: None,
        attempt: 0,
        created_at: NOW,
        started_at: None,
        ended_at: None,
    }
}

/// Where a task is, and how far it has come.
pub trait MakeTask {
    /// The task, in `session`.
    #[must_use]
    fn of(self, session: &Session) -> Self;
    /// The task, at its first attempt, held by a worker elsewhere.
    #[must_use]
    fn running(self) -> Self;
    /// The task, finished with this status.
    #[must_use]
    fn finished(self, status: TaskStatus) -> Self;
}

impl MakeTask for Task {
    fn of(self, session: &Session) -> Self {
        Self {
            tenant_id: session.tenant_id.clone(),
            user_id: session.owner_id.clone(),
            session_id: Some(session.id.clone()),
            agent_id: Some(session.agent_id.clone()),
            ..self
        }
    }

    fn running(self) -> Self {
        Self { status: TaskStatus::Running, attempt: 1, started_at: Some(NOW), ..self }
    }

    fn finished(self, status: TaskStatus) -> Self {
        assert!(status.is_final(), "{status:?} is no end");
        Self { status, ended_at: Some(NOW), ..self.running() }
    }
}

/// A call of `memory.search` that runs.
pub fn tool_call(id: impl Into<ToolCallId>) -> ToolCall {
    ToolCall {
        id: id.into(),
        task_id: TASK.into(),
        session_id: SESSION.into(),
        tool: "memory.search".into(),
        arguments: json!({}),
        arguments_hash: String::new(),
        text_offset: 0,
        status: ToolCallStatus::Running,
        result: None,
        started_at: NOW,
        ended_at: None,
    }
}

/// A fact that the user told.
pub fn memory(id: impl Into<MemoryId>) -> MemoryEntry {
    MemoryEntry {
        id: id.into(),
        tenant_id: TENANT.into(),
        user_id: USER.into(),
        agent_id: None,
        scope: MemoryScope::User,
        category: MemoryCategory::Fact,
        content: "Oscar is a cat.".into(),
        created_at: NOW,
        updated_at: NOW,
    }
}
