//! Bodies that come compressed although nobody asked for it.

use std::io;

use async_compression::tokio::bufread::{GzipDecoder, ZlibDecoder};
use bytes::{Bytes, BytesMut};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use http::HeaderMap;
use sophon_egress::EgressError;
use tokio::io::AsyncRead;
use tokio_util::io::{ReaderStream, StreamReader};

type Pieces = BoxStream<'static, Result<Bytes, EgressError>>;

/// The body as it was before it was compressed, at most `most_bytes` of it; the encoding's name if it is none that is
/// understood.
pub(crate) fn plain(
    headers: &HeaderMap,
    body: impl Stream<Item = Result<Bytes, EgressError>> + Send + 'static,
    host: &str,
    most_bytes: usize,
) -> Result<Pieces, String> {
    let encoding = headers.get(http::header::CONTENT_ENCODING).and_then(|name| name.to_str().ok());
    let reader = |body| StreamReader::new(body);
    let body = body.map_err(io::Error::other);
    let decoded: std::pin::Pin<Box<dyn AsyncRead + Send>> = match encoding.unwrap_or("identity").trim() {
        "identity" | "" => return Ok(body.map_err(|error| unwrapped(error, "")).boxed()),
        "gzip" | "x-gzip" => {
            let mut decoder = GzipDecoder::new(reader(body));
            // Some servers flush by ending one member and beginning another.
            decoder.multiple_members(true);
            Box::pin(decoder)
        }
        "deflate" => Box::pin(ZlibDecoder::new(reader(body))),
        other => return Err(other.to_owned()),
    };
    let host = host.to_owned();
    let mut seen = 0;
    let pieces = ReaderStream::new(decoded).map(move |piece| {
        let piece = piece.map_err(|error| unwrapped(error, &host))?;
        seen += piece.len();
        if seen > most_bytes {
            return Err(EgressError::TooLong { host: host.clone(), limit: most_bytes });
        }
        Ok(piece)
    });
    Ok(pieces.boxed())
}

/// A body that has been read, as it was before it was compressed, as far as that is known.
pub(crate) async fn whole(headers: &HeaderMap, body: Bytes, most_bytes: usize) -> Bytes {
    let Ok(mut pieces) = plain(headers, stream::iter([Ok(body.clone())]), "", most_bytes) else {
        return body;
    };
    let mut read = BytesMut::new();
    while let Some(Ok(piece)) = pieces.next().await {
        read.extend_from_slice(&piece);
    }
    read.freeze()
}

/// The error that went through the decoder, or the decoder's own.
fn unwrapped(error: io::Error, host: &str) -> EgressError {
    let reason = error.to_string();
    match error.into_inner().map(<dyn std::error::Error + Send + Sync>::downcast::<EgressError>) {
        Some(Ok(error)) => *error,
        _ => EgressError::BrokenOff { host: host.to_owned(), reason },
    }
}
