//! Giving contents with their digest checked.

use std::ops::Range;

use bytes::Bytes;
use futures_util::StreamExt;
use sha2::{Digest as _, Sha256};
use sophon_model::ports::ByteStream;
use sophon_model::{Digest, Error};

/// The bytes of `source` that are in `range`. The last piece of them is held back until all of `source` was read and its
/// digest is right.
pub(crate) fn verified(mut source: ByteStream, digest: Digest, range: Range<u64>) -> ByteStream {
    Box::pin(async_stream::try_stream! {
        let (mut hash, mut at, mut last) = (Sha256::new(), 0, None);
        while let Some(piece) = source.next().await {
            let piece = piece?;
            hash.update(&piece);
            let wanted = within(&piece, at, &range);
            at += piece.len() as u64;
            if !wanted.is_empty() && let Some(before) = last.replace(wanted) {
                yield before;
            }
        }
        if Digest::new(hash.finalize().into()) != digest {
            tracing::error!(%digest, "a stored content was damaged");
            Err(Error::internal(format!("the content {digest} was damaged")))?;
        }
        if let Some(last) = last {
            yield last;
        }
    })
}

/// The part of a piece, which begins at `at`, that is in `range`.
fn within(piece: &Bytes, at: u64, range: &Range<u64>) -> Bytes {
    let clamp = |place: u64| usize::try_from(place.saturating_sub(at)).unwrap_or(usize::MAX).min(piece.len());
    piece.slice(clamp(range.start)..clamp(range.end.max(range.start)))
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;
    use sophon_model::Result;

    use super::*;

    const TEXT: &[u8] = b"abcdefghij";

    async fn read(content: &'static [u8], range: Range<u64>) -> (Vec<u8>, Result<()>) {
        let pieces = content.chunks(3).map(|piece| Ok(Bytes::from_static(piece)));
        let source = futures_util::stream::iter(pieces.collect::<Vec<_>>()).boxed();
        let digest = Digest::new(Sha256::digest(TEXT).into());
        let mut given = Vec::new();
        let mut stream = verified(source, digest, range);
        loop {
            match stream.try_next().await {
                Ok(Some(piece)) => given.extend_from_slice(&piece),
                Ok(None) => return (given, Ok(())),
                Err(error) => return (given, Err(error)),
            }
        }
    }

    #[tokio::test]
    async fn every_range_is_given_as_it_was_asked_for() {
        for start in 0..=TEXT.len() {
            for end in start..=TEXT.len() {
                let (given, outcome) = read(TEXT, start as u64..end as u64).await;
                assert!(outcome.is_ok());
                assert_eq!(given, &TEXT[start..end]);
            }
        }
    }

    #[tokio::test]
    async fn damage_anywhere_is_an_error_and_the_range_is_never_given_whole() {
        for damaged in [&b"abcdefghiJ"[..], b"abcdefghi", b"abcdefghijk", b"Abcdefghij", b""] {
            for range in [0..10, 0..3, 4..6] {
                let (given, outcome) = read(damaged, range.clone()).await;
                assert!(outcome.is_err());
                assert!((given.len() as u64) < range.end - range.start);
            }
        }
    }
}
