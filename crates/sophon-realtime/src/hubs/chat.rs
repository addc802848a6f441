//! `/hubs/chat`: sending, and following sessions.

use fanout::Start;
use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_api::hubs::{Joined, PendingMessage, SessionRef, TaskRef};
use sophon_api::{Accepted, SendMessage};
use sophon_core::Gateway;
use sophon_core::chat;
use sophon_core::following::shuts_out;
use sophon_model::{Event, SessionId, TaskId, Topic};

use super::SessionEventScope;
use super::error::hub_error;
use super::groups::Groups;
use super::named::named;
use super::project::{self, told};
use super::sign_in::People;

pub(crate) struct ChatHub {
    gateway: Gateway,
    people: People,
    scope: SessionEventScope,
    groups: Groups,
}

impl ChatHub {
    pub(super) fn new(gateway: Gateway, people: People, scope: SessionEventScope) -> Self {
        Self { groups: Groups::new(gateway.clone(), "sessions"), gateway, people, scope }
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
        project::chat(seq, event).map(told)
    }

    /// A connection is not told what it said itself, nor of a session that is not for it any longer.
    fn admits(&self, connection: &Connection<Self>, event: &Event) -> bool {
        match event {
            Event::MessageCreated { origin: Some(origin), .. } => *origin != connection.id().to_string(),
            Event::SessionChanged { session, .. } if shuts_out(event, Some(connection.caller())) => {
                self.groups.leave(connection, &Topic::Session(session.id.clone()));
                false
            }
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
        let user = &connection.caller().user;
        let feed = (self.scope == SessionEventScope::User).then(|| Topic::Feed(user.clone()));
        self.groups.connected(connection, [Topic::User(user.clone())].into_iter().chain(feed)).await;
        Ok(())
    }

    async fn disconnected(&self, connection: &Connection<Self>) {
        self.groups.disconnected(connection);
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        match call.method() {
            "SendMessage" => self.send_message(connection, call.arguments::<(SendMessage,)>()?.0).await,
            "CancelTask" => {
                let TaskRef { task_id } = named::<_, TaskId>(&call)?;
                self.gateway.tasks.cancel(connection.caller(), &task_id).await.map_err(hub_error)?;
                Ok(Reply::Void)
            }
            "JoinSession" => self.join(connection, named::<_, SessionId>(&call)?).await,
            "LeaveSession" => {
                let SessionRef { session_id, .. } = named::<_, SessionId>(&call)?;
                self.groups.leave(connection, &Topic::Session(session_id));
                Ok(Reply::Void)
            }
            _ => Err(HubError::UnknownMethod),
        }
    }
}

impl ChatHub {
    /// Sends, and joins the session that the message goes to before it is stored, so that nothing of the turn is
    /// missed.
    async fn send_message(
        &self,
        connection: &Connection<Self>,
        send: SendMessage,
    ) -> Result<Reply, HubError> {
        let caller = connection.caller();
        if let Some(session) = &send.session_id {
            self.groups.join(connection, Topic::Session(session.clone())).await?;
        }
        let last = self.gateway.db.bus().last_seq();
        let is_new = send.session_id.is_none();
        let mut send = chat::SendMessage::from(send);
        send.origin = Some(connection.id().to_string());
        let sent = self.gateway.chat.send(caller, send, None).await.map_err(hub_error)?;
        if is_new {
            let topic = Topic::Session(sent.session_id.clone());
            self.groups.follow(connection, &topic, Start::After(last))?;
        }
        Ok(Reply::value(Accepted::from(sent)))
    }

    /// Follows a session: from now on, or from where the client left (`since`).
    async fn join(&self, connection: &Connection<Self>, wanted: SessionRef) -> Result<Reply, HubError> {
        let SessionRef { session_id, since } = wanted;
        let topic = Topic::Session(session_id.clone());
        let place = self.groups.catch_up(self, connection, &topic, since).await?;
        let mut joined = Ok(false);
        let pending = self.gateway.pending.join(&session_id, || {
            joined = self.groups.join_at(connection, &topic, place);
        });
        let complete = joined?;
        let pending = pending.into_iter().map(|message| PendingMessage {
            task_id: message.task_id,
            message_id: message.message_id,
            content: message.content,
            seq: message.seq,
        });
        Ok(Reply::value(Joined {
            session_id,
            seq: self.gateway.db.bus().last_seq(),
            complete,
            pending: pending.collect(),
        }))
    }
}
