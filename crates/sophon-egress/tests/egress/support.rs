//! A listener that counts who comes, and a resolver that says what it is told.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use parking_lot::Mutex;
use sophon_egress::{Egress, EgressOptions, Resolve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a canary does with a connection, after it has read the head of a request.
#[derive(Clone)]
pub enum Behaviour {
    /// Writes this and closes.
    Answer(Vec<u8>),
    /// Writes this (which may be nothing) and then neither writes nor closes.
    Stall(Vec<u8>),
}

impl Behaviour {
    /// A page of the given type and text.
    pub fn page(content_type: &str, body: impl AsRef<[u8]>) -> Self {
        Self::answer(200, &format!("content-type: {content_type}\r\n"), body)
    }

    /// An answer with more header lines, each with its line end.
    pub fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status} -\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n");
        Self::Answer([head.as_bytes(), body].concat())
    }
}

/// A listener on a loopback address that counts its connections and keeps the heads of the requests.
pub struct Canary {
    pub port: u16,
    accepted: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Canary {
    pub async fn on(address: &str, behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let canary = Self { port, accepted: Arc::default(), heads: Arc::default() };
        let (accepted, heads) = (canary.accepted.clone(), canary.heads.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, behaviour.clone(), heads.clone()));
            }
        });
        canary
    }

    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().clone()
    }
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour, heads: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    heads.lock().push(String::from_utf8_lossy(&head).into_owned());
    match behaviour {
        Behaviour::Answer(bytes) => {
            let _gone = stream.write_all(&bytes).await;
        }
        Behaviour::Stall(bytes) => {
            let _gone = stream.write_all(&bytes).await;
            let _closed = stream.read_buf(&mut head).await;
        }
    }
}

/// Answers each question for a name with the next of its answers; the last one is repeated. Other names do not exist.
#[derive(Default)]
pub struct Names(Mutex<HashMap<String, Vec<Vec<IpAddr>>>>);

impl Names {
    pub fn with(self, name: &str, answers: &[&[&str]]) -> Self {
        let parse = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        self.0.lock().insert(name.to_owned(), answers.iter().map(parse).collect());
        self
    }
}

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        let mut names = self.0.lock();
        let answers = names.get_mut(name).ok_or(std::io::ErrorKind::NotFound)?;
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

pub fn egress(options: EgressOptions, names: Names) -> Egress {
    sophon_egress::install_crypto();
    Egress::with_resolver(options, Arc::new(names)).unwrap()
}

/// Options with these networks opened.
pub fn opened(networks: &[&str]) -> EgressOptions {
    let allowed_networks = networks.iter().map(|net| net.parse().unwrap()).collect();
    EgressOptions { allowed_networks, ..Default::default() }
}
