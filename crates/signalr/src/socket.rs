use std::io;

use tokio::net::TcpStream;

/// What the system may hold of a connection and cannot send yet, in bytes.
#[cfg(target_os = "linux")]
const MAX_UNSENT_BYTES: u32 = 16 * 1024;

/// Makes an accepted socket fit for a hub; for `ListenerExt::tap_io` of axum.
///
/// Nagle's algorithm is turned off: everything pending is in one write already, and it would only be held back. On Linux
/// the system takes no more than 16 KB of what it cannot send yet. Otherwise it would take some megabytes for a client
/// that has stopped reading, which the server would take for read.
///
/// # Errors
/// The system refuses, most often as the client is gone.
pub fn prepare(socket: &TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(socket).set_tcp_notsent_lowat(MAX_UNSENT_BYTES)?;
    Ok(())
}
