//! `/hubs/chat`: sending, and following sessions.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use fanout::Start;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use signalr::{Call, Connection, ConnectionId, Hub, HubError, Invocation, Method, Reply};
use sophon_core::Gateway;
use sophon_core::chat::SendMessage;
use sophon_core::live::catch_up;
use sophon_model::{Attachment, Event, MessageId, SessionId, Topic};

use super::SessionEventScope;
use super::error::hub_error;
use super::project;
use super::rejoin::LostConnections;
use super::sign_in::People;
use super::tasks::TaskRef;

/// How long a client that came back has to join its sessions by itself, from where it left, before it is put into them
/// from now on.
const CLIENT_DECIDES: Duration = Duration::from_secs(1);
/// Sessions that one connection may follow.
const MOST_SESSIONS: usize = 100;

#[derive(Clone)]
pub(crate) struct ChatHub {
    gateway: Gateway,
    people: People,
    scope: SessionEventScope,
    lost: Arc<Mutex<LostConnections>>,
    /// The sessions that connections are to be in again unless their clients say otherwise first.
    undecided: Arc<Mutex<HashMap<ConnectionId, Vec<SessionId>>>>,
}

impl ChatHub {
    pub(super) fn new(gateway: Gateway, people: People, scope: SessionEventScope) -> Self {
        Self { gateway, people, scope, lost: Arc::default(), undecided: Arc::default() }
    }
}

impl Hub for ChatHub {
    type Auth = People;
    type Topic = Topic;
    type Event = Event;

    fn auth(&self) -> &People {
        &self.people
    }

    fn project<'a>(&'a self, seq: u64, event: &'a Event) -> Option<Invocation<'a>> {
        project::chat(seq, event)
    }

    /// A connection is not told what it said itself.
    fn admits(&self, connection: &Connection<Self>, event: &Event) -> bool {
        match event {
            Event::MessageCreated { origin: Some(origin), .. } => *origin != connection.id().to_string(),
            _ => true,
        }
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[
            Method::new("SendMessage"),
            Method::new("CancelTask"),
            Method::new("JoinSession"),
            Method::new("LeaveSession"),
        ];
        METHODS
    }

    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        let caller = connection.caller();
        connection.follow(&Topic::User(caller.user.clone()), Start::Now);
        if self.scope == SessionEventScope::User {
            connection.follow(&Topic::Feed(caller.user.clone()), Start::Now);
        }
        let joined_before = self.lost.lock().take(caller, self.gateway.db.now());
        if !joined_before.is_empty() {
            let since = Start::After(self.gateway.db.bus().last_seq());
            self.undecided.lock().insert(connection.id(), joined_before);
            let (hub, connection) = (self.clone(), connection.clone());
            self.gateway.lifecycle.spawn(async move { hub.rejoin(&connection, since).await });
        }
        Ok(())
    }

    async fn disconnected(&self, connection: &Connection<Self>) {
        self.undecided.lock().remove(&connection.id());
        if connection.may_return() {
            let followed = connection.followed().into_iter().filter_map(|topic| match topic {
                Topic::Session(session) => Some(session),
                _ => None,
            });
            self.lost.lock().remember(connection.caller(), followed.collect(), self.gateway.db.now());
        }
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        match call.method() {
            "SendMessage" => self.send_message(connection, call.arguments::<(Send,)>()?.0).await,
            "CancelTask" => {
                let (task,): (TaskRef,) = call.arguments()?;
                self.gateway.tasks.cancel(connection.caller(), &task.id()).await.map_err(hub_error)?;
                Ok(Reply::Void)
            }
            "JoinSession" => self.join(connection, call.arguments::<(SessionRef,)>()?.0).await,
            "LeaveSession" => {
                let (session,): (SessionRef,) = call.arguments()?;
                self.decide(connection, &session.id());
                connection.unfollow(&Topic::Session(session.id()));
                Ok(Reply::Void)
            }
            _ => Err(HubError::UnknownMethod),
        }
    }
}

impl ChatHub {
    /// Puts a client that came back into the sessions that it has not decided on by itself meanwhile, from the moment
    /// it came back.
    async fn rejoin(&self, connection: &Connection<Self>, since: Start) {
        tokio::select! {
            () = tokio::time::sleep(CLIENT_DECIDES) => {}
            () = connection.closed() => return,
        }
        let left = self.undecided.lock().remove(&connection.id()).unwrap_or_default();
        for session in left {
            // It may have been deleted meanwhile.
            if self.gateway.sessions.get(Some(connection.caller()), &session).await.is_ok()
                && follow_session(connection, &session, || since).is_err()
            {
                return;
            }
        }
    }

    /// The client says itself what is to become of a session.
    fn decide(&self, connection: &Connection<Self>, session: &SessionId) {
        if let Some(undecided) = self.undecided.lock().get_mut(&connection.id()) {
            undecided.retain(|other| other != session);
        }
    }

    /// Sends, and joins the session that the message goes to before it is stored, so that nothing of the turn is
    /// missed.
    async fn send_message(&self, connection: &Connection<Self>, send: Send) -> Result<Reply, HubError> {
        let caller = connection.caller();
        if let Some(session) = &send.session_id {
            self.decide(connection, session);
            self.gateway.sessions.get(Some(caller), session).await.map_err(hub_error)?;
            follow_session(connection, session, || Start::Now)?;
        }
        let last = self.gateway.db.bus().last_seq();
        let is_new = send.session_id.is_none();
        let send = SendMessage {
            session: send.session_id,
            agent: send.agent_id,
            content: send.content,
            channel_id: send.channel_id,
            attachments: send.attachments,
            is_streaming: send.is_streaming,
            local_id: send.local_id,
            reply_to: send.reply_to,
            origin: Some(connection.id().to_string()),
        };
        let sent = self.gateway.chat.send(caller, send, None).await.map_err(hub_error)?;
        if is_new {
            follow_session(connection, &sent.session_id, || Start::After(last))?;
        }
        Ok(Reply::value(Sent {
            task_id: sent.task_id.to_string(),
            session_id: sent.session_id.to_string(),
            message_id: sent.message_id.to_string(),
        }))
    }

    /// Follows a session: from now on, or from where the client left (`since`).
    async fn join(&self, connection: &Connection<Self>, wanted: SessionRef) -> Result<Reply, HubError> {
        let (session, since) = (wanted.id(), wanted.since());
        self.decide(connection, &session);
        self.gateway.sessions.get(Some(connection.caller()), &session).await.map_err(hub_error)?;
        let topic = Topic::Session(session.clone());
        let (mut start, mut complete) = (Start::Now, true);
        if let Some(since) = since {
            let missed = catch_up(&self.gateway.db, &topic, since).await.map_err(hub_error)?;
            for entry in &missed.missed {
                if let Some(invocation) = self.project(entry.seq(), entry.value()) {
                    connection.send(invocation).await?;
                }
            }
            (start, complete) = (Start::After(missed.resume_after), missed.complete);
        }
        let mut joined = Ok(0);
        let pending = self.gateway.pending.join(&session, || {
            joined = follow_session(connection, &session, || start);
        });
        let complete_after = joined?;
        // Should the log have moved on in between, the client must know that it misses something.
        let complete = complete && !matches!(start, Start::After(cursor) if complete_after > cursor);
        Ok(Reply::value(Joined {
            session_id: session.to_string(),
            seq: self.gateway.db.bus().last_seq(),
            complete,
            pending: pending
                .into_iter()
                .map(|message| Pending {
                    task_id: message.task_id.to_string(),
                    message_id: message.message_id.to_string(),
                    content: message.content,
                    seq: message.seq,
                })
                .collect(),
        }))
    }
}

fn follow_session(
    connection: &Connection<ChatHub>,
    session: &SessionId,
    start: impl FnOnce() -> Start,
) -> Result<u64, HubError> {
    let topic = Topic::Session(session.clone());
    let followed = connection.followed();
    // One of them is the user's own topic.
    if followed.len() > MOST_SESSIONS && !followed.contains(&topic) {
        let text =
            format!("conflict: A connection follows at most {MOST_SESSIONS} sessions. Leave one first.");
        return Err(HubError::message(text));
    }
    Ok(connection.follow(&topic, start()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Send {
    #[serde(default)]
    session_id: Option<SessionId>,
    #[serde(default)]
    agent_id: Option<String>,
    content: String,
    #[serde(default)]
    channel_id: Option<String>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default = "yes")]
    is_streaming: bool,
    #[serde(default)]
    local_id: Option<String>,
    #[serde(default)]
    reply_to: Option<MessageId>,
}

const fn yes() -> bool {
    true
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "these are the names on the wire")]
struct Sent {
    task_id: String,
    session_id: String,
    message_id: String,
}

/// A session as clients name it: its bare id, or an object with it.
#[derive(Deserialize)]
#[serde(untagged)]
enum SessionRef {
    Id(SessionId),
    #[serde(rename_all = "camelCase")]
    Object {
        session_id: SessionId,
        #[serde(default)]
        since: Option<u64>,
    },
}

impl SessionRef {
    fn id(&self) -> SessionId {
        match self {
            SessionRef::Id(id) | SessionRef::Object { session_id: id, .. } => id.clone(),
        }
    }

    fn since(&self) -> Option<u64> {
        match self {
            SessionRef::Id(_) => None,
            SessionRef::Object { since, .. } => *since,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Joined {
    session_id: String,
    seq: u64,
    complete: bool,
    pending: Vec<Pending>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pending {
    task_id: String,
    message_id: String,
    content: String,
    seq: u64,
}
