//! `/hubs/chat`: sending, and following sessions.

use std::collections::HashMap;

use parking_lot::Mutex;
use signalr::{Call, Connection, ConnectionId, Hub, HubError, Invocation, Method, Reply};
use sophon_api::hubs::{Joined, PendingMessage, SessionRef, TaskRef};
use sophon_api::{Accepted, SendMessage};
use sophon_core::Gateway;
use sophon_core::chat;
use sophon_core::following::revokes_access;
use sophon_core::sessions::View;
use sophon_model::{Event, MessageEvent, MessageId, SessionId, TaskId, Topic};

use super::SessionEventScope;
use super::groups::{Groups, Membership};
use super::named::named;
use super::project::{self, invocation};
use super::rates;
use super::refusals::{self, CallError};
use super::sign_in::People;

/// Where it is.
pub(super) const ADDRESS: &str = "/hubs/chat";

pub(crate) struct ChatHub {
    gateway: Gateway,
    people: People,
    scope: SessionEventScope,
    groups: Groups,
    /// By which connection a message was sent, until it has come back there.
    sent: Mutex<HashMap<MessageId, ConnectionId>>,
}

impl ChatHub {
    pub(super) fn new(gateway: Gateway, people: People, scope: SessionEventScope) -> Self {
        let groups = Groups::new(gateway.clone(), "sessions");
        Self { groups, gateway, people, scope, sent: Mutex::default() }
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
        project::chat(seq, event).map(invocation)
    }

    /// A connection is not sent what it sent itself, nor events of a session that it may no longer read.
    fn admits(&self, connection: &Connection<Self>, event: &Event) -> bool {
        match event {
            Event::Message(MessageEvent::Created { message }) => {
                let mut sent = self.sent.lock();
                let is_own = sent.get(&message.id) == Some(&connection.id());
                is_own.then(|| sent.remove(&message.id)).is_none()
            }
            Event::Session(changed)
                if revokes_access(event, Some(connection.caller()), View::Participant) =>
            {
                self.groups.leave(connection, &Topic::Session(changed.session.id.clone()));
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
        let user = connection.caller().in_tenant();
        let feed = (self.scope == SessionEventScope::User).then(|| Topic::Feed(user.clone()));
        self.groups.connected(connection, [Topic::User(user)].into_iter().chain(feed)).await;
        Ok(())
    }

    async fn disconnected(&self, connection: &Connection<Self>) {
        self.groups.disconnected(connection);
        self.sent.lock().retain(|_, by| *by != connection.id());
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        let method = call.method().to_owned();
        let outcome = self.call(connection, call).await;
        refusals::answer(&self.gateway, connection.caller(), (ADDRESS, &method), outcome)
    }
}

impl ChatHub {
    async fn call(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, CallError> {
        rates::count(&self.gateway, connection.caller(), call.method())?;
        match call.method() {
            "SendMessage" => self.send_message(connection, call.arguments::<(SendMessage,)>()?.0).await,
            "CancelTask" => {
                let TaskRef { task_id } = named::<_, TaskId>(&call)?;
                self.gateway.tasks.cancel(connection.caller(), &task_id).await?;
                Ok(Reply::Void)
            }
            "JoinSession" => self.join(connection, named::<_, SessionId>(&call)?).await,
            "LeaveSession" => {
                let SessionRef { session_id, .. } = named::<_, SessionId>(&call)?;
                self.groups.leave(connection, &Topic::Session(session_id));
                Ok(Reply::Void)
            }
            _ => Err(HubError::UnknownMethod.into()),
        }
    }

    /// Sends, and joins the session that the message goes to before it is stored, so that nothing of the turn is
    /// missed. Nothing is refused after it has been stored.
    async fn send_message(
        &self,
        connection: &Connection<Self>,
        send: SendMessage,
    ) -> Result<Reply, CallError> {
        let caller = connection.caller();
        match &send.session_id {
            Some(session) => self.groups.enter(connection, Topic::Session(session.clone())).await?,
            None => self.groups.require_room(connection)?,
        }
        let before = self.gateway.db.bus().position();
        let is_new = send.session_id.is_none();
        let id: MessageId = self.gateway.db.new_id();
        let send = chat::SendMessage { id: Some(id.clone()), ..send.into() };
        self.sent.lock().insert(id.clone(), connection.id());
        let sent = self.gateway.chat.send(caller, send).await;
        // It is another message if the sender's own id for it was known, and then there is nothing to keep back.
        if connection.is_closed() || !sent.as_ref().is_ok_and(|sent| sent.message_id == id) {
            self.sent.lock().remove(&id);
        }
        let sent = sent?;
        if is_new {
            self.groups.follow_new(connection, &Topic::Session(sent.session_id.clone()), before);
        }
        Ok(Reply::value(Accepted::from(sent)))
    }

    /// Follows a session: from now on, or from where the client left (`since`).
    async fn join(&self, connection: &Connection<Self>, wanted: SessionRef) -> Result<Reply, CallError> {
        let SessionRef { session_id, since } = wanted;
        let topic = Topic::Session(session_id.clone());
        let place = self.groups.catch_up(self, connection, &topic, since).await?;
        self.gateway.pending.fetch(&session_id).await?;
        let join = || self.groups.join_at(connection, &topic, place);
        let (joined, pending) = self.gateway.pending.join(&session_id, join);
        let Membership { seq, complete } = joined?;
        self.groups.confirm(connection, &topic).await?;
        let pending = pending.into_iter().map(|message| PendingMessage {
            task_id: message.task_id,
            message_id: message.message_id,
            offset: message.content.len(),
            content: message.content,
        });
        Ok(Reply::value(Joined { session_id, seq, complete, pending: pending.collect() }))
    }
}
