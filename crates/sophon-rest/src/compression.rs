//! Smaller answers for clients that take gzip or brotli.
//!
//! Only what reads is compressed, as a whole: no stream, and no answer that has a secret beside text that somebody
//! chose, whose length would reveal the secret. No `GET` gives a secret away.

use axum::Router;
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate, SizeAbove};

/// The smallest body that is compressed, in bytes.
const SMALLEST: u64 = 1024;

/// The mark of an answer that may be compressed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compressible;

#[derive(Clone, Copy, Debug)]
struct Marked;

impl Predicate for Marked {
    fn should_compress<B: http_body::Body>(&self, response: &http::Response<B>) -> bool {
        response.extensions().get::<Compressible>().is_some()
    }
}

/// Marks an answer.
pub(crate) fn mark(response: &mut Response) {
    response.extensions_mut().insert(Compressible);
}

/// Compresses the answers of `app` that are marked.
pub(crate) fn layer<S: Clone + Send + Sync + 'static>(app: Router<S>) -> Router<S> {
    let predicate: And<SizeAbove, Marked> = SizeAbove::new(SMALLEST).and(Marked);
    app.layer(CompressionLayer::new().gzip(true).br(true).compress_when(predicate))
}
