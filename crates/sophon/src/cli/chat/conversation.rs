//! A session as `sophon chat` goes through it, turn by turn.

use std::time::Duration;

use sophon_api::hubs::Joined;
use sophon_api::{Accepted, Attachment, NewAttachment, NewSession, SendMessage};
use sophon_client::{ChatHub, ClientError};
use sophon_model::SessionId;
use tokio::time::sleep;

use super::super::context::Context;
use super::super::environment;
use super::super::stop::Stop;
use super::controls::Controls;
use super::turn::{Ending, Turn};
use super::view::View;

/// Waits before trying again to send a message, or to connect. Together they outlast a restart of the gateway.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(200),
    Duration::from_millis(800),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
];

/// A session, made when the first message is sent, and the connection that follows it.
pub struct Conversation<'a> {
    context: &'a Context,
    /// How a session begins.
    beginning: NewSession,
    session: Option<SessionId>,
    hub: Option<ChatHub>,
    /// Go with the next message.
    attachments: Vec<NewAttachment>,
}

impl<'a> Conversation<'a> {
    /// A conversation in `session`, or else in a new one that begins with `beginning`.
    pub fn new(context: &'a Context, session: Option<SessionId>, beginning: NewSession) -> Self {
        Self { context, beginning, session, hub: None, attachments: Vec::new() }
    }

    /// Lets files go with the next message.
    pub fn attach(&mut self, attachments: Vec<Attachment>) {
        self.attachments = attachments.into_iter().map(|file| NewAttachment::of(file.key.into())).collect();
    }

    /// The session, once there is one.
    pub fn session(&self) -> Option<&SessionId> {
        self.session.as_ref()
    }

    /// The next message begins a new session.
    pub fn begin_anew(&mut self) {
        self.session = None;
    }

    /// Sends a message and shows the answer.
    pub async fn ask(&mut self, content: String, controls: &mut Controls) -> Result<Ending, Stop> {
        let (accepted, hub) = tokio::select! {
            begun = self.begin(without_escapes(&content)) => begun?,
            () = controls.interrupt() => return Ok(Ending::Left),
        };
        let mut view = View::new(self.context.screen);
        view.accepted(&accepted)?;
        let turn = Turn::new(self.context, accepted, hub, view);
        let (ending, hub) = turn.follow(controls).await?;
        self.hub = hub;
        Ok(ending)
    }

    /// Joins the session before the message is sent, so that nothing of the answer is missed.
    async fn begin(&mut self, content: String) -> Result<(Accepted, ChatHub), Stop> {
        let session = self.session_for_message().await?;
        let hub = match self.hub.take() {
            Some(mut hub) => match hub.join_session(&session).await {
                Ok(_) => hub,
                // The connection died while nobody looked.
                Err(error) if error.is_transient() => reconnect(self.context, &session).await?.0,
                Err(error) => return Err(error.into()),
            },
            None => connect(self.context, &session).await?.0,
        };
        Ok((self.send(&session, content).await?, hub))
    }

    /// Keeps the connection alive while nothing is asked; what happens on it meanwhile is not shown. Never ends.
    pub async fn idle(&mut self) -> std::convert::Infallible {
        loop {
            match &mut self.hub {
                None => std::future::pending().await,
                // The next message opens another.
                Some(hub) => {
                    if hub.next().await.is_err() {
                        self.hub = None;
                    }
                }
            }
        }
    }

    /// Says goodbye.
    pub async fn close(self) {
        if let Some(hub) = self.hub {
            hub.close().await;
        }
    }

    async fn session_for_message(&mut self) -> Result<SessionId, Stop> {
        if let Some(session) = &self.session {
            return Ok(session.clone());
        }
        let session = self.context.client.create_session(&self.beginning).await?.id;
        self.session = Some(session.clone());
        Ok(session)
    }

    /// Sends until there is an answer; the key makes it count once.
    async fn send(&mut self, session: &SessionId, content: String) -> Result<Accepted, Stop> {
        let key = environment::idempotency_key()?;
        let message = SendMessage {
            session_id: Some(session.clone()),
            content,
            attachments: Some(std::mem::take(&mut self.attachments)),
            ..SendMessage::default()
        };
        for pause in PAUSES {
            match self.context.client.send_message(&message, &key).await {
                Err(error) if error.is_transient() => sleep(pause).await,
                answer => return Ok(answer?),
            }
        }
        Ok(self.context.client.send_message(&message, &key).await?)
    }
}

/// The text without what steers a terminal: colours that came through a pipe, say.
fn without_escapes(text: &str) -> String {
    let text = console::strip_ansi_codes(text);
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
}

/// Opens another connection and joins the session, for as long as a gateway may take to restart.
pub async fn reconnect(context: &Context, session: &SessionId) -> Result<(ChatHub, Joined), ClientError> {
    for pause in PAUSES {
        match connect(context, session).await {
            Err(error) if error.is_transient() => sleep(pause).await,
            connected => return connected,
        }
    }
    connect(context, session).await
}

async fn connect(context: &Context, session: &SessionId) -> Result<(ChatHub, Joined), ClientError> {
    let mut hub = context.client.chat_hub().await?;
    let joined = hub.join_session(session).await?;
    Ok((hub, joined))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_not_sent() {
        assert_eq!(without_escapes("\u{1b}[31m-old\u{1b}[0m\r\n\tnew\u{7}\u{1b}"), "-old\r\n\tnew");
    }
}
