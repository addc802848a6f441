use std::time::Duration;

/// Which transports a hub offers. All three by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transports {
    /// A single socket for both directions; text and binary.
    pub websockets: bool,
    /// An event stream down and requests up; text only.
    pub server_sent_events: bool,
    /// Requests both ways; text and binary.
    pub long_polling: bool,
}

impl Default for Transports {
    fn default() -> Self {
        Self { websockets: true, server_sent_events: true, long_polling: true }
    }
}

/// The limits and times of a hub. The defaults are those of ASP.NET Core where it has the setting.
#[derive(Clone, Debug)]
pub struct Options {
    /// The transports offered; others answer 404.
    pub transports: Transports,
    /// Clients that ask for a lower negotiate version get the error that it is not supported.
    pub minimum_negotiate_version: u32,
    /// Silence towards a client after which it is sent a ping. Long polling has none.
    pub keep_alive: Duration,
    /// Silence from a client after which it is taken for gone. Counted from its first ping on.
    pub client_timeout: Duration,
    /// How long a client may take for the handshake.
    pub handshake_timeout: Duration,
    /// How long one write may take before the connection is given up.
    pub send_timeout: Duration,
    /// How long the end of a connection may take: the last write and the client's own close.
    pub close_timeout: Duration,
    /// How long a connection may be without its client: negotiated and not opened, between two polls, or between
    /// two sockets of a stateful one.
    pub disconnect_timeout: Duration,
    /// How long a poll waits before it is answered empty.
    pub poll_timeout: Duration,
    /// The largest message a client may send, in bytes. What the server sends is not limited by it.
    pub max_message_bytes: usize,
    /// Invocations of one client that run at a time; the others wait in their order. Streams do not count.
    pub max_parallel_invocations: usize,
    /// Invocations of one client that may wait; with more, nothing is read from it until there is room.
    pub max_queued_invocations: usize,
    /// Streams, in either direction, that one client may have open; one more is refused.
    pub max_streams: usize,
    /// Items of one upload stream that may wait to be taken; with more, nothing is read from the client.
    pub upload_buffer_items: usize,
    /// Bytes of answers and messages to one client alone that may wait; with more, the sender waits.
    pub outbox_bytes: usize,
    /// The most that goes into one write, in bytes, unless a single message is larger.
    pub max_write_bytes: usize,
    /// Bytes of request headers that a connection remembers; further headers are left out.
    pub max_header_bytes: usize,
    /// Connections of this hub, opened and negotiated; one more is refused with 503.
    pub max_connections: usize,
    /// Whether a client may go on over a new WebSocket after its first one broke, if it asks for that.
    pub stateful_reconnect: bool,
    /// Bytes sent to such a client and not acknowledged by it that are kept for it; with more, sending waits.
    pub stateful_buffer_bytes: usize,
    /// Tell clients the type and text of every error. Off: only of [`HubError::Message`](crate::HubError).
    pub detailed_errors: bool,
    /// Tells clients which argument of a call does not fit and what it must be, also without detailed errors. ASP.NET Core
    /// keeps it to itself. Off by default.
    pub argument_errors: bool,
    /// How often connections are looked over for pings and time-outs.
    pub sweep_interval: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            transports: Transports::default(),
            minimum_negotiate_version: 0,
            keep_alive: Duration::from_secs(15),
            client_timeout: Duration::from_secs(30),
            handshake_timeout: Duration::from_secs(15),
            send_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
            disconnect_timeout: Duration::from_secs(15),
            poll_timeout: Duration::from_secs(90),
            max_message_bytes: 32 * 1024,
            max_parallel_invocations: 1,
            max_queued_invocations: 32,
            max_streams: 100,
            upload_buffer_items: 10,
            outbox_bytes: 64 * 1024,
            max_write_bytes: 64 * 1024,
            max_header_bytes: 8 * 1024,
            max_connections: 100_000,
            stateful_reconnect: false,
            stateful_buffer_bytes: 100_000,
            detailed_errors: false,
            argument_errors: false,
            sweep_interval: Duration::from_secs(1),
        }
    }
}
