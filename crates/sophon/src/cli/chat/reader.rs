//! Whoever reads standard output: `sophon chat | head` has a reader that goes before the answer has ended.

use std::io::{self, stdout};
use std::os::fd::AsFd;

use tokio::io::Interest;
use tokio::net::unix::pipe;

/// The reader of standard output, where that is a pipe.
pub struct Reader(Option<pipe::Sender>);

impl Reader {
    /// Watches the reader from now on. Where standard output is a file, nobody can go away from it.
    pub fn new() -> Self {
        // Unchecked: it is only watched, and whether writing to it blocks is for all who share it.
        let watched = || -> io::Result<_> {
            pipe::Sender::from_owned_fd_unchecked(stdout().as_fd().try_clone_to_owned()?)
        };
        Self(watched().ok())
    }

    /// Resolves when the reader has gone.
    pub async fn has_gone(&self) {
        let gone = match &self.0 {
            Some(watched) => watched.ready(Interest::ERROR).await.is_ok(),
            None => false,
        };
        if !gone {
            std::future::pending::<()>().await;
        }
    }
}
