//! The two wires, as little of them as it takes to join a room and to publish.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use clap::ValueEnum;

use crate::Outcome;

/// Is in each event once and nowhere else, so that events are counted without being parsed.
pub(crate) const MARK: u8 = b'^';
/// In a frame's second byte: the payload is masked; its length follows in two bytes.
const MASKED: u8 = 0x80;
const LONG: usize = 126;
/// How long an answer may take while a connection is set up.
const PATIENCE: Duration = Duration::from_secs(10);
/// An event of about 150 bytes on the wire: the piece of a sentence that an agent streams.
const EVENT: &str =
    r#"{"message_id":"m_1","session_id":"s_1","chunk":"^ lorem ipsum dolor sit amet, consectetur"}"#;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Wire {
    /// SignalR in JSON: a hub at `/hub` with the methods `Join` and `Publish`
    Signalr,
    /// Socket.IO: the events `join`, which is acknowledged, and `publish`
    SocketIo,
}

impl Wire {
    /// A connection that may publish.
    pub(crate) fn connect(self, address: SocketAddr) -> Outcome<TcpStream> {
        let mut socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        match self {
            Self::Signalr => {
                upgrade(&mut socket, address, "/hub")?;
                socket.write_all(&frame("{\"protocol\":\"json\",\"version\":1}\u{1e}"))?;
                read_until(&mut socket, "{}\u{1e}")?;
            }
            Self::SocketIo => {
                upgrade(&mut socket, address, "/socket.io/?EIO=4&transport=websocket")?;
                socket.write_all(&frame("40"))?;
                read_until(&mut socket, "40{")?;
            }
        }
        Ok(socket)
    }

    /// A connection in the room.
    pub(crate) fn subscribe(self, address: SocketAddr) -> Outcome<TcpStream> {
        let mut socket = self.connect(address)?;
        let (join, joined) = match self {
            Self::Signalr => (
                "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Join\",\"arguments\":[]}\u{1e}",
                "invocationId",
            ),
            Self::SocketIo => ("420[\"join\"]", "430["),
        };
        socket.write_all(&frame(join))?;
        read_until(&mut socket, joined)?;
        Ok(socket)
    }

    /// What the publisher writes to publish one event.
    pub(crate) fn publication(self) -> Vec<u8> {
        match self {
            Self::Signalr => {
                frame(&format!("{{\"type\":1,\"target\":\"Publish\",\"arguments\":[{EVENT}]}}\u{1e}"))
            }
            Self::SocketIo => frame(&format!("42[\"publish\",{EVENT}]")),
        }
    }
}

fn upgrade(socket: &mut TcpStream, address: SocketAddr, target: &str) -> Outcome<()> {
    write!(
        socket,
        "GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )?;
    // Byte by byte: what follows the head belongs to the next reader.
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte)?;
        head.extend(byte);
    }
    if head.starts_with(b"HTTP/1.1 101") {
        return Ok(());
    }
    Err(format!("{} instead of an upgrade", String::from_utf8_lossy(&head)).into())
}

/// A text frame of a client, whose mask changes nothing.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    let length = text.len();
    if length < LONG {
        frame.push(MASKED | length as u8);
    } else {
        frame.push(MASKED | LONG as u8);
        frame.extend((length as u16).to_be_bytes());
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

fn read_until(socket: &mut TcpStream, wanted: &str) -> Outcome<()> {
    let (mut heard, mut buffer) = (String::new(), [0; 4096]);
    while !heard.contains(wanted) {
        let count = socket.read(&mut buffer)?;
        if count == 0 {
            return Err(format!("closed after {heard:?}, without {wanted:?}").into());
        }
        heard.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    Ok(())
}
