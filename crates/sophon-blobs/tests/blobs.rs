//! The rules of the port, for a folder and for a bucket of a real small S3 server.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use sophon_blobs::{Bucket, BucketBlobs, FolderBlobs};
use sophon_egress::{Egress, EgressOptions, install_crypto};
use sophon_model::ports::{Blobs, ByteStream, Staged};
use sophon_model::{BlobName, Error, Result, Timestamp};
use tempfile::TempDir;
use tokio::net::TcpListener;

const MOST: u64 = 64 * 1024 * 1024;
const NOW: Timestamp = Timestamp::from_millis(0);

/// Contents somewhere, and the folders that show what became of them.
struct Place {
    name: &'static str,
    blobs: Box<dyn Blobs>,
    kept: PathBuf,
    staging: PathBuf,
    _folder: TempDir,
}

async fn places() -> [Place; 2] {
    [in_folder(), in_bucket("secret").await]
}

fn in_folder() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("blobs");
    let blobs = Box::new(FolderBlobs::open(kept.clone(), NOW).unwrap());
    Place { name: "folder", blobs, staging: kept.join("incoming"), kept, _folder: folder }
}

async fn in_bucket(secret: &str) -> Place {
    install_crypto();
    let folder = tempfile::tempdir().unwrap();
    let (served, staging) = (folder.path().join("s3"), folder.path().join("incoming"));
    fs::create_dir_all(served.join("files")).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(&served).unwrap());
    service.set_auth(SimpleAuth::from_single("key", "secret"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await
            });
        }
    });
    let bucket = Bucket {
        endpoint,
        name: "files".into(),
        region: "us-east-1".into(),
        prefix: "sophon".into(),
        access_key_id: "key".into(),
        secret_access_key: secret.into(),
    };
    let egress = Egress::new(EgressOptions::default()).unwrap();
    let blobs = Box::new(BucketBlobs::open(bucket, &egress, staging.clone(), NOW).unwrap());
    Place { name: "bucket", blobs, kept: served.join("files/sophon"), staging, _folder: folder }
}

impl Place {
    async fn stage(&self, content: &[u8]) -> Box<dyn Staged> {
        self.blobs.stage(pieces(content), MOST).await.unwrap()
    }

    async fn put(&self, content: &[u8]) -> BlobName {
        self.put_at(content, 1).await
    }

    async fn put_at(&self, content: &[u8], millis: i64) -> BlobName {
        let (staged, put_at) = (self.stage(content).await, Timestamp::from_millis(millis));
        let name = BlobName { digest: staged.content().digest.clone(), put_at };
        staged.publish(put_at).await.unwrap();
        name
    }

    async fn get(&self, name: &BlobName, size: usize) -> Result<Vec<u8>> {
        let stream = self.blobs.read(name, 0..size as u64).await?;
        let pieces: Vec<Bytes> = stream.try_collect().await?;
        Ok(pieces.concat())
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for folder in [&self.kept, &self.staging] {
            walk(folder, &mut files);
        }
        files.retain(|path| path.extension().is_none());
        files
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

fn pieces(content: &[u8]) -> ByteStream {
    let pieces: Vec<_> = content.chunks(60_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n * n / 7) as u8).collect()
}

#[tokio::test]
async fn what_was_put_comes_back_by_its_digest() {
    for place in places().await {
        // The last one is sent to a bucket in parts, and is larger than an answer of a model or a page may be.
        for size in [0, 1, 70_000, 34_000_000] {
            let content = content(size);
            let name = place.put(&content).await;
            assert!(place.get(&name, size).await.unwrap() == content, "{} {size}", place.name);
        }
        let name = place.put(b"abc").await;
        assert_eq!(
            name.digest.as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "the digest of FIPS 180"
        );
    }
}

#[tokio::test]
async fn a_range_is_given_alone() {
    for place in places().await {
        let content = content(200_000);
        let name = place.put(&content).await;
        let stream = place.blobs.read(&name, 70_000..70_010).await.unwrap();
        let given: Vec<Bytes> = stream.try_collect().await.unwrap();
        assert_eq!(given.concat(), &content[70_000..70_010], "{}", place.name);
    }
}

#[tokio::test]
async fn the_same_content_is_kept_once() {
    for place in places().await {
        for _ in 0..3 {
            place.put(b"the same").await;
        }
        assert_eq!(place.files().len(), 1, "{}: {:?}", place.name, place.files());
    }
}

#[tokio::test]
async fn what_is_too_large_breaks_off_or_is_not_published_leaves_nothing() {
    for place in places().await {
        let refused = place.blobs.stage(pieces(&content(1_000)), 999).await;
        assert_eq!(refused.err().map(|error| error.code()), Some("payload_too_large"));
        let half = [Ok(Bytes::from_static(b"half")), Err(Error::invalid("it broke off"))];
        let broken = place.blobs.stage(stream::iter(half).boxed(), MOST).await;
        assert_eq!(broken.err().map(|error| error.code()), Some("invalid_request"));
        drop(place.stage(b"never published").await);
        assert_eq!(place.files(), Vec::<PathBuf>::new(), "{}", place.name);
    }
}

#[tokio::test]
async fn a_deleted_content_is_gone_and_can_be_put_again() {
    for place in places().await {
        let name = place.put(b"to be deleted").await;
        for _ in 0..2 {
            place.blobs.delete(&name).await.unwrap();
        }
        assert_eq!(place.files(), Vec::<PathBuf>::new(), "{}", place.name);
        let error = place.get(&name, 13).await.unwrap_err();
        assert_eq!(error.code(), "files_unavailable");
        let again = place.put_at(b"to be deleted", 2).await;
        place.blobs.delete(&name).await.unwrap();
        let found = place.get(&again, 13).await.unwrap();
        assert_eq!(found, b"to be deleted", "who deletes late deletes what is gone");
    }
}

#[tokio::test]
async fn a_flipped_bit_is_never_given_as_the_content() {
    for place in places().await {
        let content = content(150_000);
        let name = place.put(&content).await;
        let file = place.files().into_iter().find(|path| path.ends_with(name.to_string())).unwrap();
        for bit in [0, 400_001, 150_000 * 8 - 1] {
            let mut damaged = content.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            fs::write(&file, damaged).unwrap();
            let error = place.get(&name, content.len()).await.unwrap_err();
            assert_eq!(error.code(), "internal_error", "{} bit {bit}", place.name);
        }
        place.put(&content).await;
        assert!(place.get(&name, content.len()).await.unwrap() == content, "putting it again mends it");
    }
}

#[tokio::test]
async fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = in_folder();
    place.put(b"private").await;
    for file in place.files() {
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::metadata(&place.kept).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn what_a_crash_left_is_removed_after_hours_without_a_write() {
    for place in places().await {
        let left = place.staging.join("incoming-x");
        fs::write(&left, "half").unwrap();
        let written = fs::metadata(&left).unwrap().modified().unwrap();
        let written = written.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
        for (minutes, is_there) in [(119, true), (121, false), (122, false)] {
            let now = Timestamp::from_millis(written + minutes * 60_000);
            place.blobs.sweep(now).await.unwrap();
            assert_eq!(left.exists(), is_there, "{} after {minutes} min", place.name);
        }
    }
}

#[tokio::test]
async fn opening_a_folder_sweeps_it() {
    let folder = tempfile::tempdir().unwrap();
    drop(FolderBlobs::open(folder.path().to_owned(), NOW).unwrap());
    let left = folder.path().join("incoming/incoming-x");
    fs::write(&left, "half").unwrap();
    drop(FolderBlobs::open(folder.path().to_owned(), Timestamp::from_millis(i64::MAX)).unwrap());
    assert!(!left.exists());
}

#[tokio::test]
async fn a_bucket_that_refuses_the_key_is_an_error_and_keeps_nothing() {
    let place = in_bucket("wrong").await;
    // In one piece, and in parts.
    for size in [7, 6_000_000] {
        let error = place.stage(&content(size)).await.publish(NOW).await.unwrap_err();
        assert_eq!(error.code(), "files_unavailable");
    }
    assert_eq!(place.files(), Vec::<PathBuf>::new());
}
