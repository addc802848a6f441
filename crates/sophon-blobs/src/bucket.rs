//! Contents in a bucket of an S3 service. Every request goes through the door of the egress to the service's address.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use http_body_util::{BodyExt, StreamBody};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::buffered::BufWriter;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig};
use sophon_egress::{Egress, EgressError, Limits, OperatorDoor};
use sophon_model::ports::{Blobs, ByteStream, Content, Staged};
use sophon_model::{BlobName, Error, Result, Timestamp};
use sync_wrapper::SyncStream;
use tokio::io::AsyncWriteExt;

use crate::staging::{StagedFile, Staging};
use crate::unavailable;
use crate::verified::verified;

/// Bytes of a content that are in memory while it is sent. S3 takes no smaller parts than 5 MiB.
const PART: usize = 5 * 1024 * 1024;
/// Parts of a content at most, as S3 has it: no content is larger than so many.
const MOST_PARTS: usize = 10_000;
/// Parts of a content that are sent at a time.
const PARTS_AT_ONCE: usize = 2;
/// How often a request is tried again.
const RETRIES: usize = 3;
/// How long it is tried again.
const RETRIED_FOR: Duration = Duration::from_mins(1);

/// Which bucket, and how to get in.
#[derive(Clone)]
pub struct Bucket {
    /// The address of the service, without the bucket: `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: String,
    /// The bucket's name. It goes into the path of requests.
    pub name: String,
    /// The region that requests are signed for.
    pub region: String,
    /// The prefix of the names of all objects; may be empty.
    pub prefix: String,
    /// The id of the access key.
    pub access_key_id: String,
    /// The access key.
    pub secret_access_key: String,
}

/// Contents as objects of a bucket.
pub struct BucketBlobs {
    store: Arc<AmazonS3>,
    prefix: String,
    staging: Staging,
}

impl BucketBlobs {
    /// Makes ready to reach the bucket; nothing is sent yet. Contents on their way in are in the folder `staging`,
    /// which is [swept](Blobs::sweep) as of `now`. Blocks.
    pub fn open(bucket: Bucket, egress: &Egress, staging: PathBuf, now: Timestamp) -> Result<Self> {
        let door = egress.for_operator(&bucket.endpoint)?;
        let limits = Limits { stream_bytes: PART * MOST_PARTS, ..door.limits().clone() };
        let store = AmazonS3Builder::new()
            .with_endpoint(&bucket.endpoint)
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_access_key_id(&bucket.access_key_id)
            .with_secret_access_key(&bucket.secret_access_key)
            .with_virtual_hosted_style_request(false)
            .with_allow_http(true)
            .with_retry(RetryConfig {
                max_retries: RETRIES,
                retry_timeout: RETRIED_FOR,
                ..RetryConfig::default()
            })
            .with_http_connector(Connector(door.with_limits(limits)))
            .build()
            .map_err(|error| Error::validation("blobs", error.to_string()))?;
        let staging = Staging::open(staging, now).map_err(unavailable)?;
        Ok(Self { store: Arc::new(store), prefix: bucket.prefix, staging })
    }
}

fn place(prefix: &str, name: &BlobName) -> Path {
    let (folder, file) = (&name.digest.as_str()[..2], name.to_string());
    Path::from(format!("{prefix}/{folder}/{file}"))
}

#[async_trait]
impl Blobs for BucketBlobs {
    async fn stage(&self, content: ByteStream, most: u64) -> Result<Box<dyn Staged>> {
        let staged = self.staging.stage(content, most).await?;
        Ok(Box::new(StagedForBucket { store: self.store.clone(), prefix: self.prefix.clone(), staged }))
    }

    async fn read(&self, name: &BlobName, range: Range<u64>) -> Result<ByteStream> {
        let found = self.store.get(&place(&self.prefix, name)).await.map_err(unavailable)?;
        let source = found.into_stream().map_err(unavailable).boxed();
        Ok(verified(source, name.digest.clone(), range))
    }

    async fn sweep(&self, now: Timestamp) -> Result<()> {
        self.staging.sweep(now).await
    }

    async fn delete(&self, name: &BlobName) -> Result<()> {
        match self.store.delete(&place(&self.prefix, name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }
}

struct StagedForBucket {
    store: Arc<AmazonS3>,
    prefix: String,
    staged: StagedFile,
}

#[async_trait]
impl Staged for StagedForBucket {
    fn content(&self) -> &Content {
        &self.staged.content
    }

    async fn publish(self: Box<Self>, put_at: Timestamp) -> Result<()> {
        let name = BlobName { digest: self.staged.content.digest.clone(), put_at };
        let store: Arc<dyn ObjectStore> = self.store.clone();
        let mut source = tokio::fs::File::open(self.staged.file.path()).await.map_err(unavailable)?;
        let mut target = BufWriter::with_capacity(store, place(&self.prefix, &name), PART)
            .with_max_concurrency(PARTS_AT_ONCE);
        if let Err(error) = tokio::io::copy(&mut source, &mut target).await {
            // Or the parts that were sent would stay, unseen and paid for. A shutdown that fails removes them itself.
            if let Err(error) = target.abort().await {
                tracing::warn!(%error, "the parts of an upload to the bucket could not be removed");
            }
            return Err(unavailable(error));
        }
        target.shutdown().await.map_err(unavailable)
    }
}

/// Connects object_store to the way out.
struct Connector(OperatorDoor);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connector").field(&self.0.host()).finish()
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Connector(self.0.clone())))
    }
}

#[async_trait]
impl HttpService for Connector {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body: Bytes = body.collect().await?.to_bytes();
        let reply = self.0.send(http::Request::from_parts(parts, body)).await.map_err(http_error)?;
        let mut head = http::Response::builder().status(reply.status);
        if let Some(headers) = head.headers_mut() {
            *headers = reply.headers.clone();
        }
        let pieces = reply.into_stream().map_ok(http_body::Frame::data).map_err(http_error);
        let body = HttpResponseBody::new(StreamBody::new(SyncStream::new(pieces)));
        head.body(body).map_err(|error| HttpError::new(HttpErrorKind::Decode, error))
    }
}

/// The kind says what may be tried again.
fn http_error(error: EgressError) -> HttpError {
    let kind = match &error {
        EgressError::NoAddress { .. } | EgressError::Unreachable { .. } => HttpErrorKind::Connect,
        EgressError::TimedOut { .. } => HttpErrorKind::Timeout,
        EgressError::BrokenOff { .. } => HttpErrorKind::Interrupted,
        EgressError::Setup(_)
        | EgressError::BadUrl(_)
        | EgressError::TooLong { .. }
        | EgressError::NotText(_) => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error)
}
