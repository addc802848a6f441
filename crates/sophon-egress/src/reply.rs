//! An answer whose body is still to come.

use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use http::{HeaderMap, StatusCode};
use reqwest::{Client, Request, Response};
use tokio::time::timeout;

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
}

impl Reply {
    /// Sends `request`, whose host the caller has checked, and waits for the head of the answer.
    pub(crate) async fn to(
        client: &Client,
        request: Request,
        host: &str,
        limits: &Limits,
    ) -> Result<Self, EgressError> {
        let slow = |_| EgressError::TimedOut { host: host.to_owned(), phase: Phase::FirstByte };
        let mut body = timeout(limits.first_byte, client.execute(request))
            .await
            .map_err(slow)?
            .map_err(|error| EgressError::before_answer(host, &error))?;
        let headers = std::mem::take(body.headers_mut());
        Ok(Self { status: body.status(), headers, host: host.to_owned(), body, limits: limits.clone() })
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

    /// The body, piece by piece. [`Limits::idle`] and [`Limits::stream_bytes`] hold; an error is the last item.
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
        let idle: Duration = self.limits.idle;
        match timeout(idle, self.body.chunk()).await {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(error)) => Err(EgressError::in_body(&self.host, &error)),
            Err(_) => Err(EgressError::TimedOut { host: self.host.clone(), phase: Phase::Idle }),
        }
    }
}
