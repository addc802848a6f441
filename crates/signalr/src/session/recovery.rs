//! Stateful reconnect: what has to be remembered so that a client whose socket broke can go on with another one,
//! losing nothing and seeing nothing twice.
//!
//! Invocations, items, completions and cancellations are counted from 1, in each direction. What the client has
//! not acknowledged is kept and written again on the new socket, behind a Sequence message with the number
//! of the first. The numbers follow what Microsoft's clients do.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use crate::protocol::{Format, Message, ProtocolError};

pub(super) struct Recovery {
    max_bytes: usize,
    kept: VecDeque<Bytes>,
    kept_bytes: usize,
    /// The number of the first message kept, or of the next to be sent if there is none.
    first: u64,
    /// The number of the next message to come, counted as the client does.
    next: u64,
    /// The highest number that has been handled.
    received: u64,
    acknowledged: u64,
}

impl Recovery {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            kept: VecDeque::new(),
            kept_bytes: 0,
            first: 1,
            next: 1,
            received: 0,
            acknowledged: 0,
        }
    }

    /// Whether nothing more may be sent before the client has acknowledged something.
    pub(super) fn is_full(&self) -> bool {
        self.kept_bytes >= self.max_bytes
    }

    /// Keeps a message that is about to be sent.
    pub(super) fn keep(&mut self, message: Bytes) {
        self.kept_bytes += message.len();
        self.kept.push_back(message);
    }

    /// The client has everything up to `number`.
    pub(super) fn acknowledge(&mut self, number: u64) {
        while self.first <= number
            && let Some(message) = self.kept.pop_front()
        {
            self.kept_bytes -= message.len();
            self.first += 1;
        }
    }

    /// What a new socket begins with.
    pub(super) fn resume(&self, format: Format) -> Bytes {
        let mut out = BytesMut::from(&format.sequence(self.first)[..]);
        for message in &self.kept {
            out.extend_from_slice(message);
        }
        out.freeze()
    }

    /// Whether a message from the client is to be handled, and not one that has been already. On a new socket a client
    /// first says where it goes on; what it says before that goes on where it was.
    pub(super) fn admits(&mut self, message: &Message) -> bool {
        let counts = matches!(
            message,
            Message::Invocation(_)
                | Message::StreamItem { .. }
                | Message::Completion { .. }
                | Message::Cancel { .. }
        );
        if !counts {
            return true;
        }
        let number = self.next;
        self.next += 1;
        let new = number > self.received;
        self.received = self.received.max(number);
        if number == self.received {
            // Also when it has come again: the client has not seen our acknowledgement.
            self.acknowledged = self.acknowledged.min(number - 1);
        }
        new
    }

    /// The client goes on with the message of this number.
    pub(super) fn rewind(&mut self, number: u64) -> Result<(), ProtocolError> {
        if number > self.next {
            let text = "Sequence ID greater than amount of messages we've received.";
            return Err(ProtocolError(text.to_owned()));
        }
        self.next = number;
        Ok(())
    }

    /// Whether the client waits for an acknowledgement.
    pub(super) fn owes_ack(&self) -> bool {
        self.acknowledged < self.received
    }

    /// The acknowledgement to be sent now.
    pub(super) fn ack(&mut self, format: Format) -> Bytes {
        self.acknowledged = self.received;
        format.ack(self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cancel() -> Message {
        Message::Cancel { id: "1".to_owned() }
    }

    fn text(bytes: &Bytes) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_is_not_acknowledged_is_sent_again_behind_its_number() {
        let mut recovery = Recovery::new(3);
        assert_eq!(text(&recovery.resume(Format::Json)), "{\"type\":9,\"sequenceId\":1}\u{1e}");
        for message in ["a", "b", "c"] {
            assert!(!recovery.is_full());
            recovery.keep(Bytes::from(message));
        }
        assert!(recovery.is_full());
        recovery.acknowledge(1);
        assert!(!recovery.is_full());
        assert_eq!(text(&recovery.resume(Format::Json)), "{\"type\":9,\"sequenceId\":2}\u{1e}bc");
        recovery.acknowledge(99);
        assert_eq!(text(&recovery.resume(Format::Json)), "{\"type\":9,\"sequenceId\":4}\u{1e}");
    }

    #[test]
    fn what_has_been_handled_is_not_handled_again() {
        let mut recovery = Recovery::new(100);
        assert!(recovery.admits(&cancel()) && recovery.admits(&cancel()));
        recovery.resume(Format::Json);
        assert!(recovery.admits(&cancel()), "number 3, before the client says where it goes on");
        assert!(recovery.admits(&Message::Sequence(2)));
        recovery.rewind(2).unwrap();
        assert!(!recovery.admits(&cancel()) && !recovery.admits(&cancel()), "numbers 2 and 3 come again");
        assert!(recovery.admits(&cancel()), "number 4 is new");
        assert!(recovery.rewind(6).is_err(), "number 5 would be lost");
    }

    #[test]
    fn an_acknowledgement_is_owed_once_for_all_that_came() {
        let mut recovery = Recovery::new(100);
        assert!(!recovery.owes_ack());
        recovery.admits(&cancel());
        recovery.admits(&cancel());
        assert!(recovery.owes_ack());
        assert_eq!(text(&recovery.ack(Format::Json)), "{\"type\":8,\"sequenceId\":2}\u{1e}");
        assert!(!recovery.owes_ack());
        recovery.admits(&Message::Ping);
        assert!(!recovery.owes_ack());
    }
}
