//! What a session does for a client that may go on over another socket.

use std::sync::atomic::Ordering;

use super::Session;
use super::recovery::Recovery;
use crate::hub::Hub;
use crate::link::{Ending, Handover};
use crate::protocol::Decoder;
use crate::transport::Transport;

/// What a stateful connection has more than others.
pub(super) struct Stateful<T> {
    pub(super) recovery: Recovery,
    pub(super) handover: Handover<T>,
}

impl<H: Hub, T: Transport> Session<H, T> {
    /// Whether the client can take more: it is there, and has acknowledged enough of what it got.
    pub(super) fn may_send(&self) -> bool {
        self.present && !self.stateful.as_ref().is_some_and(|stateful| stateful.recovery.is_full())
    }

    /// Tells a stateful client what has arrived, at the pace of the sweep.
    pub(super) fn acknowledge(&mut self) {
        let link = self.connection.link();
        if let Some(stateful) = &mut self.stateful
            && let Some(format) = link.format()
        {
            if link.times.ack_due.swap(false, Ordering::Relaxed) && stateful.recovery.owes_ack() {
                self.urgent = [&self.urgent[..], &stateful.recovery.ack(format)].concat().into();
            }
            link.times.ack_owed.store(stateful.recovery.owes_ack(), Ordering::Relaxed);
        }
    }

    /// The socket broke. A stateful session waits for another one, any other ends.
    pub(super) fn lose(&mut self) -> Result<(), Ending> {
        if self.stateful.is_none() {
            return Err(Ending::gone());
        }
        let now = self.connection.shared.server.now();
        let link = self.connection.link();
        link.stamp(|times| &times.left, now);
        link.stamp(|times| &times.present, 0);
        link.stamp(|times| &times.write_began, 0);
        self.present = false;
        self.writing = false;
        Ok(())
    }

    /// Goes on with another socket, if there is one.
    pub(super) fn resume(&mut self, decoder: &mut Decoder) {
        let link = self.connection.link();
        if let Some(stateful) = &mut self.stateful
            && let Some(format) = link.format()
            && let Some(transport) = stateful.handover.take()
        {
            decoder.reset();
            self.urgent = stateful.recovery.resume(format);
            self.unanswered = false;
            self.transport = transport;
            self.present = true;
            self.writing = false;
            link.stamp(|times| &times.present, 1);
            link.stamp(|times| &times.write_began, 0);
            link.stamp(|times| &times.received, self.connection.shared.server.now());
        }
    }
}
