//! An answer whose body is still to come.

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use http::{HeaderMap, StatusCode};
use reqwest::{Client, Request, Response};
use tokio::time::{Instant, timeout, timeout_at};

use crate::{EgressError, Limits, Phase};

/// An answer whose body is still to come. Dropping it, or the stream made of it, closes the connection.
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    host: String,
    body: Response,
    limits: Limits,
    /// By when the body begins, until it has begun: a server may send the head at once and think afterwards.
    begins_by: Option<Instant>,
}

impl Reply {
    /// Sends `request`, whose host the caller has checked, and waits for the head of the answer. From now on counts
    /// [`Limits::first_byte`].
    pub(crate) async fn to(
        client: &Client,
        request: Request,
        host: &str,
        limits: &Limits,
    ) -> Result<Self, EgressError> {
        let slow = |_| EgressError::TimedOut { host: host.to_owned(), phase: Phase::FirstByte };
        let begins_by = Instant::now() + limits.first_byte;
        let mut body = timeout_at(begins_by, client.execute(request))
            .await
            .map_err(slow)?
            .map_err(|error| EgressError::before_answer(host, &error))?;
        let headers = std::mem::take(body.headers_mut());
        let (host, limits) = (host.to_owned(), limits.clone());
        Ok(Self { status: body.status(), headers, host, body, limits, begins_by: Some(begins_by) })
    }

    /// Reads at most `most_bytes` of the body; the flag says whether there was more. [`Limits::whole`] holds.
    pub async fn read_up_to(mut self, most_bytes: usize) -> Result<(Vec<u8>, bool), EgressError> {
        let limit = self.limits.whole;
        let slow = EgressError::TimedOut { host: self.host.clone(), phase: Phase::Whole };
        let read = async {
            let mut read = Vec::new();
            while let Some(piece) = self.piece().await? {
                let room = most_bytes - read.len();
                if piece.len() > room {
                    read.extend_from_slice(&piece[..room]);
                    return Ok((read, true));
                }
                read.extend_from_slice(&piece);
            }
            Ok((read, false))
        };
        timeout(limit, read).await.map_err(|_| slow)?
    }

    /// The body, piece by piece. [`Limits::first_byte`],
    /// [`Limits::idle`] and [`Limits::stream_bytes`] hold; an error is the last item.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, EgressError>> + Send + 'static {
        try_unfold((self, 0), async |(mut reply, seen)| {
            let Some(piece) = reply.piece().await? else { return Ok(None) };
            let seen = seen + piece.len();
            if seen > reply.limits.stream_bytes {
                let limit = reply.limits.stream_bytes;
                return Err(EgressError::TooLong { host: reply.host, limit });
            }
            Ok(Some((piece, (reply, seen))))
        })
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, EgressError> {
        let (by, phase) = match self.begins_by {
            Some(begins_by) => (begins_by, Phase::FirstByte),
            None => (Instant::now() + self.limits.idle, Phase::Idle),
        };
        let piece = timeout_at(by, self.body.chunk()).await;
        self.begins_by = None;
        match piece {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(error)) => Err(EgressError::in_body(&self.host, &error)),
            Err(_) => Err(EgressError::TimedOut { host: self.host.clone(), phase }),
        }
    }
}
