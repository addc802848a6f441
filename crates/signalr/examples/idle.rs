//! Measures what an idle WebSocket connection costs the server. `idle [COUNT]` starts the server as a process of
//! its own, opens COUNT connections (2,000 by default) and prints the growth of its memory.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use axum::serve::ListenerExt as _;
use signalr::{
    Anyone, Broadcast, Bus, Call, Connection, Hub, HubError, HubServer, Invocation, Limits, Method, Options,
    Reply, Slots, Start,
};

struct Quiet;

impl Hub for Quiet {
    type Auth = Anyone;
    type Topic = String;
    type Event = Broadcast;

    fn auth(&self) -> &Anyone {
        &Anyone
    }

    fn project<'a>(&'a self, _seq: u64, event: &'a Broadcast) -> Option<Invocation<'a>> {
        Some(event.invocation())
    }

    fn methods(&self) -> &'static [Method] {
        &[]
    }

    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        connection.follow(&connection.id().to_string(), Start::Now);
        Ok(())
    }

    async fn invoke(&self, _connection: &Connection<Self>, _call: Call) -> Result<Reply, HubError> {
        Err(HubError::UnknownMethod)
    }
}

fn main() -> std::io::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => serve(),
        count => measure(count.and_then(|count| count.parse().ok()).unwrap_or(2_000)),
    }
}

#[tokio::main]
async fn serve() -> std::io::Result<()> {
    let bus = Bus::new(Limits::default(), 0);
    let hub = HubServer::new(Quiet, bus, Slots::default(), Options::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    say(&listener.local_addr()?.to_string());
    let listener = listener.tap_io(|socket| drop(signalr::prepare(socket)));
    axum::serve(listener, hub.router("/hub")).await
}

fn measure(count: usize) -> std::io::Result<()> {
    let mut server = Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
    let mut address = String::new();
    BufReader::new(server.stdout.take().expect("it is piped")).read_line(&mut address)?;
    let warm = connect(address.trim())?;
    let before = resident_kilobytes(server.id())?;
    let open: Vec<_> = (0..count).map(|_| connect(address.trim())).collect::<Result<_, _>>()?;
    let after = resident_kilobytes(server.id())?;
    let each = (after - before) as f64 / count as f64;
    say(&format!("{count} connections: {before} KB before, {after} KB after, {each:.2} KB each"));
    drop((warm, open));
    server.kill()
}

/// Opens a WebSocket and shakes hands for JSON.
fn connect(address: &str) -> std::io::Result<TcpStream> {
    let mut socket = TcpStream::connect(address)?;
    socket.write_all(
        format!(
            "GET /hub HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156 Safari/537.36\r\n\
             Origin: http://localhost\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\n\r\n"
        )
        .as_bytes(),
    )?;
    read_until(&mut socket, b"\r\n\r\n")?;
    let handshake = b"{\"protocol\":\"json\",\"version\":1}\x1e";
    // One text frame, masked with zeros.
    let mut frame = vec![0x81, 0x80 | handshake.len() as u8, 0, 0, 0, 0];
    frame.extend_from_slice(handshake);
    socket.write_all(&frame)?;
    read_until(&mut socket, b"{}\x1e")?;
    Ok(socket)
}

fn read_until(socket: &mut TcpStream, end: &[u8]) -> std::io::Result<()> {
    let mut heard = Vec::new();
    let mut byte = [0];
    while !heard.ends_with(end) {
        socket.read_exact(&mut byte)?;
        heard.push(byte[0]);
    }
    Ok(())
}

fn resident_kilobytes(process: u32) -> std::io::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").trim().parse().unwrap_or_default())
}

#[expect(clippy::print_stdout, reason = "the figure is what the program is for")]
fn say(line: &str) {
    println!("{line}");
}
