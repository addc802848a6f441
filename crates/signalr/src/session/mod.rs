//! The life of one connection, the same for all transports: handshake, messages in both directions, end.

pub(crate) mod calls;
mod farewell;
mod outgoing;
mod recovery;
mod stateful;
mod streams;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use fanout::Lagged;
use tokio::task::JoinHandle;

use self::outgoing::Outgoing;
use self::recovery::Recovery;
use self::stateful::Stateful;
use crate::connection::Connection;
use crate::error::HubError;
use crate::hub::Hub;
use crate::link::{Ending, Handover, Manner, TransportKind};
use crate::protocol::{Decoder, Format, Message, ProtocolError, TransferFormat, handshake};
use crate::raw;
use crate::transport::{Io, Transport};

/// How Microsoft's server begins the text of a Close message after an error.
const CLOSED_WITH_ERROR: &str = "Connection closed with an error.";

/// An upload item that waits for room; nothing is read from the client meanwhile.
type Stall = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Serves a connection to its end. With a `handover` it outlives its transport: another may be put there. `early` is
/// what the client has sent already.
pub(crate) async fn run<H: Hub, T: Transport>(
    connection: Connection<H>,
    transport: T,
    handover: Option<Handover<T>>,
    early: Bytes,
) {
    let _registered = Registered(connection.clone());
    // What most connections never do, and their end, is boxed: an idle connection has no room for it.
    if let Some(serve) = &connection.shared.server.raw {
        return Box::pin(raw::run(&connection, transport, early, serve)).await;
    }
    let max_bytes = connection.shared.server.options.stateful_buffer_bytes;
    let stateful =
        handover.map(|handover| Box::new(Stateful { recovery: Recovery::new(max_bytes), handover }));
    let mut session = Session {
        connection,
        transport,
        present: true,
        writing: false,
        urgent: Bytes::new(),
        unanswered: false,
        stateful,
        outgoing: Outgoing::new(),
        stalled: None,
        acceptance: Acceptance::NotAsked,
    };
    let ending = match session.shake_hands(&early).await {
        Ok(decoder) => session.serve(decoder).await,
        Err(ending) => ending,
    };
    Box::pin(session.finish(ending)).await;
}

/// Takes the connection out of the server's books when its session ends, even by a panic in the hub's code.
struct Registered<H: Hub>(Connection<H>);

impl<H: Hub> Drop for Registered<H> {
    fn drop(&mut self) {
        self.0.link().end(Ending::gone());
        self.0.shared.server.forget(self.0.link());
    }
}

/// What the hub's `connected` says.
enum Acceptance {
    NotAsked,
    Asked(JoinHandle<Result<(), HubError>>),
    Given,
    Refused,
}

/// What a session waits for.
enum News {
    Ended,
    Lagged(Lagged),
    Io(Io),
    /// There is room again for the upload item that waited.
    Unstalled,
    Answered(Result<(), HubError>),
    /// Something may be there to be written, or room for more calls.
    Roused,
}

struct Session<H: Hub, T> {
    connection: Connection<H>,
    transport: T,
    /// The transport works. If not, the session waits for another one.
    present: bool,
    /// A write is under way.
    writing: bool,
    /// To be written before anything else: acknowledgements, and what a new socket begins with.
    urgent: Bytes,
    /// The answer to the handshake is still among what is urgent. It goes out when the hub accepts the connection,
    /// or with the first thing that there is to send: a client that is refused should learn of its handshake and of
    /// the reason in one write. JavaScript clients that learn of them apart send a request in between, and report
    /// that this found no connection, instead of the reason.
    unanswered: bool,
    stateful: Option<Box<Stateful<T>>>,
    outgoing: Outgoing<H>,
    stalled: Option<Stall>,
    acceptance: Acceptance,
}

impl<H: Hub, T: Transport> Session<H, T> {
    /// Reads the handshake. What ends the connection before it is sent as the handshake's error.
    async fn shake_hands(&mut self, early: &[u8]) -> Result<Decoder, Ending> {
        let max_bytes = self.connection.shared.server.options.max_message_bytes;
        let binary = self.connection.transport() != TransportKind::ServerSentEvents;
        let mut buffer = BytesMut::from(early);
        let format = loop {
            let taken = handshake::take(&mut buffer, max_bytes, binary);
            match taken.map_err(|error| Ending::failed(error.0, false))? {
                Some(format) => break format,
                None => buffer.extend_from_slice(&self.first_bytes().await?),
            }
        };
        self.connection.link().set_format(format);
        self.urgent = Bytes::from_static(handshake::ACCEPTED);
        self.unanswered = true;
        Ok(Decoder::new(format, max_bytes, buffer))
    }

    async fn first_bytes(&mut self) -> Result<Bytes, Ending> {
        let link = self.connection.link();
        tokio::select! {
            () = link.ended.cancelled() => Err(link.ending()),
            io = poll_fn(|cx| self.transport.poll(true, cx)) => match io {
                Io::Received(bytes) => Ok(bytes),
                Io::Broken(error) => Err(Ending::failed(error, false)),
                Io::Left | Io::Lost | Io::Written => Err(Ending::gone()),
            },
        }
    }

    async fn serve(&mut self, mut decoder: Decoder) -> Ending {
        let connection = self.connection.clone();
        let (link, subscription) = (connection.link(), &connection.shared.subscription);
        self.ask();
        let mut ended = pin!(link.ended.cancelled());
        let mut lagged = pin!(subscription.lagged());
        loop {
            let reading = match self.read_on(&mut decoder) {
                Ok(reading) => reading,
                Err(error) => return self.broken(&error.0),
            };
            link.times.paused.store(!reading, Ordering::Relaxed);
            if let Err(error) = self.write_on() {
                return too_slow(error);
            }
            let idle = !self.writing && self.may_send();
            let Self { transport, present, outgoing, stalled, acceptance, .. } = self;
            let news = tokio::select! {
                biased;
                () = &mut ended => News::Ended,
                error = &mut lagged => News::Lagged(error),
                io = poll_fn(|cx| transport.poll(reading, cx)), if *present => News::Io(io),
                () = unstalled(stalled) => News::Unstalled,
                result = answered(acceptance) => News::Answered(result),
                () = link.wake.notified() => News::Roused,
                result = subscription.next(outgoing.batch()), if idle => {
                    result.map_or_else(News::Lagged, |()| News::Roused)
                }
            };
            if let Err(ending) = self.handle(news, &mut decoder) {
                return ending;
            }
        }
    }

    /// Handles what has arrived, as long as there is room for it, and says whether to read on.
    fn read_on(&mut self, decoder: &mut Decoder) -> Result<bool, ProtocolError> {
        while self.stalled.is_none() && calls::has_room(&self.connection) {
            match decoder.next()? {
                Some(message) => self.receive(message)?,
                None => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Begins to write what is pending, unless a write is under way.
    fn write_on(&mut self) -> Result<(), Lagged> {
        if self.writing || !self.present {
            return Ok(());
        }
        self.acknowledge();
        let recovery = self.stateful.as_mut().map(|stateful| &mut stateful.recovery);
        let pending = self.outgoing.collect(&self.connection, recovery)?;
        if self.unanswered && pending.is_none() && matches!(self.acceptance, Acceptance::Asked(_)) {
            return Ok(());
        }
        self.unanswered = false;
        let urgent = std::mem::take(&mut self.urgent);
        match (urgent.is_empty(), pending) {
            (true, None) => {}
            (true, Some(pending)) => self.write(pending),
            (false, None) => self.write(urgent),
            (false, Some(pending)) => self.write([urgent, pending].concat().into()),
        }
        Ok(())
    }

    fn handle(&mut self, news: News, decoder: &mut Decoder) -> Result<(), Ending> {
        match news {
            News::Ended => return Err(self.connection.link().ending()),
            News::Lagged(error) => return Err(too_slow(error)),
            News::Io(Io::Received(bytes)) => decoder.push(&bytes),
            News::Io(Io::Written) => self.written(),
            News::Io(Io::Left) => return Err(Ending::gone()),
            News::Io(Io::Lost) => return self.lose(),
            News::Io(Io::Broken(error)) => return Err(self.broken(&error)),
            News::Unstalled => self.stalled = None,
            News::Answered(Ok(())) => {
                self.acceptance = Acceptance::Given;
                calls::open(&self.connection);
            }
            News::Answered(Err(error)) => {
                self.acceptance = Acceptance::Refused;
                let detailed = self.connection.shared.server.options.detailed_errors;
                let reason = error.told_after("Connection closed with an error.", detailed);
                return Err(Ending::failed(reason, false));
            }
            News::Roused => self.resume(decoder),
        }
        Ok(())
    }

    fn receive(&mut self, message: Message) -> Result<(), ProtocolError> {
        if let Some(stateful) = &mut self.stateful
            && !stateful.recovery.admits(&message)
        {
            return Ok(());
        }
        let link = self.connection.link();
        link.stamp(|times| &times.received, self.connection.shared.server.now());
        match message {
            Message::Invocation(call) => calls::begin(&self.connection, call),
            Message::StreamItem { id, item } => self.stalled = calls::upload(&self.connection, &id, item),
            Message::Completion { id, outcome } => {
                self.stalled = calls::complete(&self.connection, &id, outcome);
            }
            Message::Cancel { id } => streams::cancel(&self.connection, &id),
            Message::Ping => link.times.pings.store(true, Ordering::Relaxed),
            Message::Close { error } => {
                if let Some(error) = error {
                    tracing::debug!(connection = %link.id, error, "the client closes with an error");
                }
                link.end(Ending { error: None, allow_reconnect: false, manner: Manner::Flush });
            }
            // A client without stateful reconnect has no reason to send these.
            Message::Ack(number) => {
                if let Some(stateful) = &mut self.stateful {
                    stateful.recovery.acknowledge(number);
                }
            }
            Message::Sequence(number) => {
                if let Some(stateful) = &mut self.stateful {
                    stateful.recovery.rewind(number)?;
                }
            }
        }
        Ok(())
    }

    /// Asks the hub whether it accepts the connection; in a task, so that messages flow meanwhile.
    fn ask(&mut self) {
        let connection = self.connection.clone();
        let asked = async move { connection.shared.server.hub.connected(&connection).await };
        self.acceptance = Acceptance::Asked(self.connection.shared.server.tasks.spawn(asked));
    }

    /// The end of a client that broke the protocol. The details are sent with detailed errors only.
    fn broken(&self, error: &str) -> Ending {
        tracing::debug!(connection = %self.connection.id(), error, "a client broke the protocol");
        if self.connection.shared.server.options.detailed_errors {
            return Ending::failed(format!("{CLOSED_WITH_ERROR} InvalidDataException: {error}"), true);
        }
        Ending::failed(CLOSED_WITH_ERROR, true)
    }

    fn write(&mut self, bytes: Bytes) {
        let connection = &self.connection;
        let format = connection.link().format().map_or(TransferFormat::Text, Format::transfer);
        connection.link().stamp(|times| &times.write_began, connection.shared.server.now());
        self.transport.write(bytes, format);
        self.writing = true;
    }

    fn written(&mut self) {
        let link = self.connection.link();
        link.stamp(|times| &times.sent, self.connection.shared.server.now());
        link.stamp(|times| &times.write_began, 0);
        self.writing = false;
    }
}

async fn unstalled(stalled: &mut Option<Stall>) {
    poll_fn(|cx| stalled.as_mut().map_or(Poll::Pending, |stall| stall.as_mut().poll(cx))).await;
}

async fn answered(acceptance: &mut Acceptance) -> Result<(), HubError> {
    let Acceptance::Asked(task) = acceptance else { return std::future::pending().await };
    task.await.unwrap_or_else(|error| Err(HubError::internal("Panic", error)))
}

fn too_slow(error: Lagged) -> Ending {
    Ending::failed(format!("{CLOSED_WITH_ERROR} {error}."), true)
}
