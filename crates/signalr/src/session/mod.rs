//! The life of one connection, the same for all transports: handshake, messages in both directions, end.

pub(crate) mod calls;
mod outgoing;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use fanout::Lagged;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use self::outgoing::Outgoing;
use crate::connection::Connection;
use crate::error::HubError;
use crate::hub::Hub;
use crate::link::{Ending, Manner, TransportKind};
use crate::protocol::{Decoder, Format, Message, ProtocolError, handshake};
use crate::transport::{Io, Transport};

/// How long a client whose socket takes nothing any more may still take its Close message.
const STUCK_CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// An upload item that waits for room; nothing is read from the client meanwhile.
type Stall = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Serves a connection to its end.
pub(crate) async fn run<H: Hub, T: Transport>(connection: Connection<H>, transport: T) {
    let mut session = Session {
        connection,
        transport,
        writing: false,
        outgoing: Outgoing::new(),
        stalled: None,
        acceptance: Acceptance::NotAsked,
    };
    let ending = match session.shake_hands().await {
        Ok(decoder) => session.serve(decoder).await,
        Err(ending) => ending,
    };
    session.finish(ending).await;
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
    /// A write is under way.
    writing: bool,
    outgoing: Outgoing<H>,
    stalled: Option<Stall>,
    acceptance: Acceptance,
}

impl<H: Hub, T: Transport> Session<H, T> {
    /// Reads the handshake. What ends the connection before it is told as the handshake's error.
    async fn shake_hands(&mut self) -> Result<Decoder, Ending> {
        let max_bytes = self.connection.shared.server.options.max_message_bytes;
        let binary = self.connection.transport() != TransportKind::ServerSentEvents;
        let mut buffer = BytesMut::new();
        let format = loop {
            let taken = handshake::take(&mut buffer, max_bytes, binary);
            match taken.map_err(|error| Ending::failed(error.0, false))? {
                Some(format) => break format,
                None => buffer.extend_from_slice(&self.first_bytes().await?),
            }
        };
        self.connection.link().set_format(format);
        self.write(Bytes::from_static(handshake::ACCEPTED));
        Ok(Decoder::new(format, max_bytes, buffer))
    }

    async fn first_bytes(&mut self) -> Result<Bytes, Ending> {
        let link = self.connection.link();
        tokio::select! {
            () = link.ended.cancelled() => Err(link.ending()),
            io = poll_fn(|cx| self.transport.poll(true, cx)) => match io {
                Io::Received(bytes) => Ok(bytes),
                Io::Broken(error) => Err(Ending::failed(error, false)),
                Io::Gone | Io::Written => Err(Ending::gone()),
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
                Err(error) => return broken(&error.0),
            };
            link.times.paused.store(!reading, Ordering::Relaxed);
            if let Err(error) = self.write_on() {
                return too_slow(error);
            }
            let Self { transport, outgoing, stalled, acceptance, writing, .. } = self;
            let news = tokio::select! {
                biased;
                () = &mut ended => News::Ended,
                error = &mut lagged => News::Lagged(error),
                io = poll_fn(|cx| transport.poll(reading, cx)) => News::Io(io),
                () = unstalled(stalled) => News::Unstalled,
                result = answered(acceptance) => News::Answered(result),
                () = link.wake.notified() => News::Roused,
                result = subscription.next(outgoing.batch()), if !*writing => {
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
                Some(message) => self.receive(message),
                None => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Begins to write what is pending, unless a write is under way.
    fn write_on(&mut self) -> Result<(), Lagged> {
        if !self.writing
            && let Some(bytes) = self.outgoing.collect(&self.connection)?
        {
            self.write(bytes);
        }
        Ok(())
    }

    fn handle(&mut self, news: News, decoder: &mut Decoder) -> Result<(), Ending> {
        match news {
            News::Ended => return Err(self.connection.link().ending()),
            News::Lagged(error) => return Err(too_slow(error)),
            News::Io(Io::Received(bytes)) => decoder.push(&bytes),
            News::Io(Io::Written) => self.written(),
            News::Io(Io::Gone) => return Err(Ending::gone()),
            News::Io(Io::Broken(error)) => return Err(broken(&error)),
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
            News::Roused => {}
        }
        Ok(())
    }

    fn receive(&mut self, message: Message) {
        let link = self.connection.link();
        link.stamp(|times| &times.received, self.connection.shared.server.now());
        match message {
            Message::Invocation(call) => calls::begin(&self.connection, call),
            Message::StreamItem { id, item } => self.stalled = calls::upload(&self.connection, &id, item),
            Message::Completion { id, outcome } => {
                self.stalled = calls::complete(&self.connection, &id, outcome);
            }
            Message::Cancel { id } => calls::cancel(&self.connection, &id),
            Message::Ping => link.times.pings.store(true, Ordering::Relaxed),
            Message::Close { error } => {
                if let Some(error) = error {
                    tracing::debug!(connection = %link.id, error, "the client closes with an error");
                }
                link.end(Ending { error: None, allow_reconnect: false, manner: Manner::Flush });
            }
            // Only a client with stateful reconnect has reason to send these.
            Message::Ack(_) | Message::Sequence(_) => {}
        }
    }

    /// Asks the hub whether it accepts the connection; in a task, so that messages flow meanwhile.
    fn ask(&mut self) {
        let connection = self.connection.clone();
        let asked = async move { connection.shared.server.hub.connected(&connection).await };
        self.acceptance = Acceptance::Asked(self.connection.shared.server.tasks.spawn(asked));
    }

    fn write(&mut self, bytes: Bytes) {
        let connection = &self.connection;
        let format = connection.link().format().unwrap_or(Format::Json);
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

    async fn finish(mut self, ending: Ending) {
        let connection = self.connection.clone();
        let (server, link) = (&connection.shared.server, connection.link());
        link.end(ending.clone());
        calls::abandon(&connection);
        self.say_goodbye();
        let stuck = self.writing && ending.manner == Manner::Drop;
        let limit = if stuck { STUCK_CLOSE_LIMIT } else { server.options.close_timeout };
        let closed = timeout(limit, self.last_words(&ending)).await;
        server.forget(link);
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
        if ending.manner != Manner::Gone {
            if !self.drained().await {
                return;
            }
            let mut last = BytesMut::new();
            if ending.manner == Manner::Flush
                && let Ok(Some(pending)) = self.outgoing.collect(&self.connection)
            {
                last.extend_from_slice(&pending);
            }
            let error = ending.error.as_deref();
            last.extend_from_slice(&match (self.connection.link().format(), error) {
                (Some(format), _) => format.close(error, ending.allow_reconnect),
                (None, error) => handshake::refused(error.unwrap_or("Handshake was canceled.")),
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
                Io::Gone | Io::Broken(_) => return false,
            }
        }
        true
    }
}

async fn unstalled(stalled: &mut Option<Stall>) {
    poll_fn(|cx| stalled.as_mut().map_or(Poll::Pending, |stall| stall.as_mut().poll(cx))).await;
}

async fn answered(acceptance: &mut Acceptance) -> Result<(), HubError> {
    let Acceptance::Asked(task) = acceptance else { return std::future::pending().await };
    task.await.unwrap_or_else(|error| Err(HubError::internal("Panic", error)))
}

fn broken(error: &str) -> Ending {
    Ending::failed(format!("Connection closed with an error. InvalidDataException: {error}"), true)
}

fn too_slow(error: Lagged) -> Ending {
    Ending::failed(format!("Connection closed with an error. {error}."), true)
}
