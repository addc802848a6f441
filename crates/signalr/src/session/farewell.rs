//! The end of a connection: what the hub and the client still learn.

use std::future::poll_fn;
use std::time::Duration;

use bytes::BytesMut;
use tokio::time::{sleep, timeout};

use super::{Acceptance, Session, calls};
use crate::hub::Hub;
use crate::link::{Ending, Manner, TransportKind};
use crate::protocol::handshake;
use crate::transport::{Io, Transport};

/// How long a client whose socket takes nothing any more may still take its Close message.
const STUCK_CLOSE_LIMIT: Duration = Duration::from_secs(1);
/// How long the refusal of a handshake that came by request lets the answer to that request go ahead. JavaScript
/// clients that hear of the refusal first take it for an error that nobody handles, which ends a Node process.
const REFUSAL_DELAY: Duration = Duration::from_millis(100);

impl<H: Hub, T: Transport> Session<H, T> {
    /// Ends the connection for everyone: the hub, its calls, and the client.
    pub(super) async fn finish(mut self, ending: Ending) {
        let connection = self.connection.clone();
        let (server, link) = (&connection.shared.server, connection.link());
        link.end(ending.clone());
        calls::abandon(&connection);
        self.say_goodbye();
        // A poll that has not come yet is no sign of trouble.
        let socket = link.transport != TransportKind::LongPolling;
        let stuck = socket && self.writing && ending.manner == Manner::Drop;
        let limit = if stuck { STUCK_CLOSE_LIMIT } else { server.options.close_timeout };
        let closed = timeout(limit, self.last_words(&ending)).await;
        tracing::debug!(connection = %link.id, ?ending, polite = closed.is_ok(), "the connection has ended");
    }

    /// Lets the hub know, after its `connected` has returned, and not if that refused the connection.
    fn say_goodbye(&mut self) {
        let connection = self.connection.clone();
        let acceptance = std::mem::replace(&mut self.acceptance, Acceptance::NotAsked);
        let accepted = async move {
            match acceptance {
                Acceptance::Asked(task) => matches!(task.await, Ok(Ok(()))),
                Acceptance::Given => true,
                Acceptance::NotAsked | Acceptance::Refused => false,
            }
        };
        let tasks = &self.connection.shared.server.tasks;
        tasks.spawn(async move {
            if accepted.await {
                connection.shared.server.hub.disconnected(&connection).await;
            }
        });
    }

    /// Finishes the write under way, writes the Close message and lets the client leave.
    async fn last_words(&mut self, ending: &Ending) {
        if !self.present {
            return;
        }
        if ending.manner != Manner::Gone {
            if !self.drained().await {
                return;
            }
            let mut last = BytesMut::new();
            if self.unanswered {
                last.extend_from_slice(&self.urgent);
            }
            if ending.manner == Manner::Flush
                && let Ok(Some(pending)) = self.outgoing.collect(&self.connection, None)
            {
                last.extend_from_slice(&pending);
            }
            if self.connection.link().format().is_none() && self.connection.link().requests.is_some() {
                sleep(REFUSAL_DELAY).await;
            }
            let error = ending.error.as_deref();
            last.extend_from_slice(&match (self.connection.link().format(), error) {
                (Some(format), _) => format.close(error, ending.allow_reconnect),
                (None, error) => handshake::refused(error.unwrap_or(handshake::CANCELED)),
            });
            self.write(last.freeze());
            if !self.drained().await {
                return;
            }
        }
        self.transport.close().await;
    }

    /// Waits for the write under way. What the client still says is ignored.
    async fn drained(&mut self) -> bool {
        while self.writing {
            match poll_fn(|cx| self.transport.poll(true, cx)).await {
                Io::Written => self.writing = false,
                Io::Received(_) => {}
                Io::Left | Io::Lost | Io::Broken(_) => return false,
            }
        }
        true
    }
}
