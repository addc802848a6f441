//! What this machine takes at the least.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Outcome;

/// A small message there and back between two tasks.
pub(crate) async fn loopback(times: usize) -> Outcome<Vec<Duration>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let echo = tokio::spawn(async move {
        let (mut peer, _) = listener.accept().await?;
        peer.set_nodelay(true)?;
        let mut buffer = [0; 256];
        loop {
            let count = peer.read(&mut buffer).await?;
            if count == 0 {
                return Ok::<_, std::io::Error>(());
            }
            peer.write_all(&buffer[..count]).await?;
        }
    });
    let mut socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let mut taken = Vec::with_capacity(times);
    let mut buffer = [0; 200];
    for _ in 0..times {
        let began = Instant::now();
        socket.write_all(&[1; 200]).await?;
        socket.read_exact(&mut buffer).await?;
        taken.push(began.elapsed());
    }
    drop(socket);
    echo.await??;
    Ok(taken)
}

/// Four kilobytes appended to a file and synced.
pub(crate) fn sync(folder: &Path, times: usize) -> Outcome<Vec<Duration>> {
    let mut file = std::fs::File::create(folder.join("sync"))?;
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        let began = Instant::now();
        file.write_all(&[1; 4_096])?;
        file.sync_data()?;
        taken.push(began.elapsed());
    }
    Ok(taken)
}
