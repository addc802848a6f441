//! What stands between a machine and its gateway: one address for a gateway that comes back at another, with or without
//! WebSockets.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// The longest head of a request that is looked at, in bytes.
const LONGEST_HEAD: usize = 8 * 1024;
const FORBIDDEN: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

pub struct Relay {
    pub url: String,
    target: Arc<Mutex<String>>,
}

impl Relay {
    /// Relays to the gateway at `url`. Without `websockets`, what would become one is refused.
    pub async fn start(url: &str, websockets: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            target: Arc::new(Mutex::new(url.into())),
        };
        let target = relay.target.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let target = target.lock().trim_start_matches("http://").to_owned();
                tokio::spawn(carry(stream, target, websockets));
            }
        });
        relay
    }

    /// From now on to the gateway at `url`.
    pub fn lead_to(&self, url: &str) {
        url.clone_into(&mut self.target.lock());
    }
}

/// That either side hangs up is a matter of course.
async fn carry(mut stream: TcpStream, target: String, websockets: bool) -> std::io::Result<()> {
    let mut head = vec![0; LONGEST_HEAD];
    stream.readable().await?;
    let read = stream.peek(&mut head).await?;
    let head = String::from_utf8_lossy(&head[..read]).to_ascii_lowercase();
    if head.contains("upgrade: websocket") && !websockets {
        return stream.write_all(FORBIDDEN).await;
    }
    copy_bidirectional(&mut stream, &mut TcpStream::connect(target).await?).await?;
    Ok(())
}
