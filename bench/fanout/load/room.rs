//! The room: its sockets, and which event has reached how many of them.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::Outcome;
use crate::wire::{MARK, Wire};

/// Larger than what may be in flight, so that one read empties a socket.
const READ_BYTES: usize = 256 * 1024;
/// Sockets reported at a time.
const READY_SOCKETS: usize = 1024;
/// With nothing delivered for so long, the server has lost something.
const STALLED: Duration = Duration::from_secs(10);

/// A published event that some subscriber still misses.
struct InFlight {
    published: Instant,
    reached: usize,
}

pub(crate) struct Room {
    poll: Poll,
    subscribers: Vec<Subscriber>,
    publisher: TcpStream,
    publication: Vec<u8>,
    /// Not written yet, because the publisher's socket was full.
    unwritten: Vec<u8>,
    in_flight: VecDeque<InFlight>,
    most_in_flight: usize,
    /// Events that have reached everyone.
    done: u64,
    times: Vec<Duration>,
}

struct Subscriber {
    socket: TcpStream,
    received: u64,
}

impl Room {
    pub(crate) fn open(
        wire: Wire,
        address: SocketAddr,
        subscribers: usize,
        in_flight: usize,
    ) -> Outcome<Self> {
        let poll = Poll::new()?;
        let watched = |socket: std::net::TcpStream, number| {
            socket.set_nonblocking(true)?;
            let mut socket = TcpStream::from_std(socket);
            poll.registry().register(&mut socket, Token(number), Interest::READABLE)?;
            Ok::<_, std::io::Error>(socket)
        };
        let publisher = watched(wire.connect(address)?, subscribers)?;
        let mut room = Vec::with_capacity(subscribers);
        for number in 0..subscribers {
            let socket = watched(wire.subscribe(address)?, number)?;
            room.push(Subscriber { socket, received: 0 });
        }
        Ok(Self {
            poll,
            subscribers: room,
            publisher,
            publication: wire.publication(),
            unwritten: Vec::new(),
            in_flight: VecDeque::new(),
            most_in_flight: in_flight,
            done: 0,
            times: Vec::new(),
        })
    }

    /// Publishes and receives until `end`.
    pub(crate) fn run_until(&mut self, end: Instant) -> Outcome<()> {
        let mut events = Events::with_capacity(READY_SOCKETS);
        let mut buffer = vec![0; READ_BYTES];
        let mut progress = (self.done, Instant::now());
        while Instant::now() < end {
            self.publish()?;
            self.poll.poll(&mut events, Some(Duration::from_millis(100)))?;
            for event in &events {
                self.receive(event.token().0, &mut buffer)?;
            }
            if progress.0 != self.done {
                progress = (self.done, Instant::now());
            } else if progress.1.elapsed() > STALLED {
                return Err(format!("nothing has arrived everywhere since event {}", self.done).into());
            }
        }
        Ok(())
    }

    /// Deliveries of the events that have reached everyone.
    pub(crate) fn delivered(&self) -> u64 {
        self.done * self.subscribers.len() as u64
    }

    /// How long each took to reach the last.
    pub(crate) fn times(&self) -> &[Duration] {
        &self.times
    }

    pub(crate) fn forget_times(&mut self) {
        self.times.clear();
    }

    fn publish(&mut self) -> Outcome<()> {
        while self.in_flight.len() < self.most_in_flight {
            self.unwritten.extend_from_slice(&self.publication);
            self.in_flight.push_back(InFlight { published: Instant::now(), reached: 0 });
        }
        if !self.unwritten.is_empty() {
            match self.publisher.write(&self.unwritten) {
                Ok(written) => drop(self.unwritten.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn receive(&mut self, number: usize, buffer: &mut [u8]) -> Outcome<()> {
        let Some(subscriber) = self.subscribers.get_mut(number) else {
            // What the publisher is sent is of no interest, as long as it is read.
            return empty(&mut self.publisher, buffer, |_| {});
        };
        let mut arrived = 0;
        empty(&mut subscriber.socket, buffer, |bytes| arrived += memchr::memchr_iter(MARK, bytes).count())?;
        let first = (subscriber.received - self.done) as usize;
        subscriber.received += arrived as u64;
        for event in self.in_flight.iter_mut().skip(first).take(arrived) {
            event.reached += 1;
        }
        while let Some(event) = self.in_flight.pop_front_if(|event| event.reached == self.subscribers.len()) {
            self.done += 1;
            self.times.push(event.published.elapsed());
        }
        Ok(())
    }
}

/// Reads what there is. The poll reports a socket again only when more has come since it was found empty.
fn empty(socket: &mut TcpStream, buffer: &mut [u8], mut each: impl FnMut(&[u8])) -> Outcome<()> {
    loop {
        match socket.read(buffer) {
            Ok(0) => return Err("the server has closed a connection".into()),
            Ok(count) => {
                each(&buffer[..count]);
                if count < buffer.len() {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
