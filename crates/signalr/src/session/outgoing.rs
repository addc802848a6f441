//! What goes to a client next: events of its topics and messages to it alone, in the order they were made.

use std::collections::VecDeque;

use bytes::Bytes;
use fanout::{Delivery, Lagged};

use crate::connection::Connection;
use crate::hub::Hub;
use crate::link::Direct;
use crate::protocol::Format;
use crate::session::recovery::Recovery;

/// How often one write is filled up from the log, so that a busy publisher cannot keep it from going out.
const MAX_REFILLS: usize = 8;

pub(crate) struct Outgoing<H: Hub> {
    events: Vec<Delivery<H::Event>>,
    /// The first so many events have been written.
    told: usize,
    directs: VecDeque<Direct>,
}

impl<H: Hub> Outgoing<H> {
    pub(crate) fn new() -> Self {
        Self { events: Vec::new(), told: 0, directs: VecDeque::new() }
    }

    /// Where to add events that have been read.
    pub(crate) fn batch(&mut self) -> &mut Vec<Delivery<H::Event>> {
        &mut self.events
    }

    /// Everything pending, up to the limit of a write. What counts is kept for a stateful client.
    pub(crate) fn collect(
        &mut self,
        connection: &Connection<H>,
        mut recovery: Option<&mut Recovery>,
    ) -> Result<Option<Bytes>, Lagged> {
        let (link, server) = (connection.link(), &connection.shared.server);
        let Some(format) = link.format() else { return Ok(None) };
        // First the messages, then the events: so every event shown before a message was queued is at hand.
        self.directs.append(&mut link.take_queued());
        let mut write = Write::new(server.options.max_write_bytes);
        let mut refills = 0;
        let mut dry = false;
        loop {
            if self.told == self.events.len() && !dry {
                if refills == MAX_REFILLS {
                    break;
                }
                refills += 1;
                self.events.clear();
                self.told = 0;
                connection.shared.subscription.try_next(&mut self.events)?;
                dry = self.events.is_empty();
            }
            let Some(next) = self.next(connection, format) else { break };
            let full = recovery.as_ref().is_some_and(|recovery| recovery.is_full());
            if full || !write.has_room_for(&next.record) {
                break;
            }
            if let Some(recovery) = &mut recovery
                && next.counts
            {
                recovery.keep(next.record.clone());
            }
            write.push(next.record);
            if next.is_event {
                self.told += 1;
            } else {
                self.directs.pop_front();
            }
        }
        if self.told == self.events.len() {
            // An idle connection keeps no batch.
            self.events = Vec::new();
            self.told = 0;
        }
        if write.is_empty() && !dry && !recovery.is_some_and(|recovery| recovery.is_full()) {
            link.wake.notify_one();
        }
        Ok(write.finish())
    }

    /// The next record: a message goes after the events it was queued behind.
    fn next(&self, connection: &Connection<H>, format: Format) -> Option<Next> {
        let event = self.events.get(self.told);
        match (event, self.directs.front()) {
            (Some(event), direct) if direct.is_none_or(|direct| event.position() <= direct.after) => {
                let record = encode(connection, event, format);
                Some(Next { counts: !record.is_empty(), record, is_event: true })
            }
            (_, direct) => direct.map(|direct| Next {
                record: direct.bytes.clone(),
                counts: direct.counts,
                is_event: false,
            }),
        }
    }
}

struct Next {
    record: Bytes,
    /// It counts for stateful reconnect.
    counts: bool,
    is_event: bool,
}

/// An event as it is sent on this connection; empty if it is not.
fn encode<H: Hub>(connection: &Connection<H>, told: &Delivery<H::Event>, format: Format) -> Bytes {
    let server = &connection.shared.server;
    if !server.hub.admits(connection, told.value()) {
        return Bytes::new();
    }
    // Few are sent an event aside, so that is not kept.
    if told.is_aside() {
        return record(&server.hub, 0, told.value(), format);
    }
    told.encoded(server.slots.of(format), |event| record(&server.hub, told.seq(), event, format))
}

fn record<H: Hub>(hub: &H, seq: u64, event: &H::Event, format: Format) -> Bytes {
    let Some(invocation) = hub.project(seq, event) else { return Bytes::new() };
    format.invocation(None, &invocation).unwrap_or_else(|error| {
        tracing::error!(target = invocation.target(), error, "an event cannot be encoded and is not sent");
        Bytes::new()
    })
}

/// Records for one write. A single one is passed on as it is; several are copied together, which is far cheaper
/// than writing them apart.
struct Write {
    single: Bytes,
    several: Vec<u8>,
    max_bytes: usize,
}

impl Write {
    fn new(max_bytes: usize) -> Self {
        Self { single: Bytes::new(), several: Vec::new(), max_bytes }
    }

    fn len(&self) -> usize {
        self.single.len() + self.several.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A write holds at least one record, however large.
    fn has_room_for(&self, record: &Bytes) -> bool {
        self.is_empty() || self.len() + record.len() <= self.max_bytes
    }

    fn push(&mut self, record: Bytes) {
        if self.is_empty() {
            self.single = record;
        } else if !record.is_empty() {
            self.several.extend_from_slice(&std::mem::take(&mut self.single));
            self.several.extend_from_slice(&record);
        }
    }

    fn finish(self) -> Option<Bytes> {
        match (self.single.is_empty(), self.several.is_empty()) {
            (false, _) => Some(self.single),
            (true, false) => Some(self.several.into()),
            (true, true) => None,
        }
    }
}
