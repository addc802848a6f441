//! A form with one file, which is read as it is sent.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

/// The form's field that holds the file.
const FIELD: &str = "file";

/// A form with one file.
pub(crate) struct FileForm {
    path: PathBuf,
    size: u64,
    head: String,
    tail: String,
    boundary: String,
}

impl FileForm {
    /// For the file at `path`, of which `size` bytes are sent under a name. The file must not contain the boundary.
    pub(crate) fn new(path: &Path, size: u64, name: &str, boundary: &str) -> Self {
        // As browsers do it.
        let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        Self {
            path: path.to_owned(),
            size,
            head: format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{FIELD}\"; filename=\"{name}\"\r\n\r\n"
            ),
            tail: format!("\r\n--{boundary}--\r\n"),
            boundary: boundary.to_owned(),
        }
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The form's media type.
    pub(crate) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The form's size in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.size + (self.head.len() + self.tail.len()) as u64
    }

    /// The form from its beginning. Memory does not grow with the file.
    pub(crate) async fn open(&self) -> std::io::Result<reqwest::Body> {
        let file = tokio::fs::File::open(&self.path).await?.take(self.size);
        let edge = |text: &str| stream::iter([Ok(Bytes::from(text.to_owned()))]);
        Ok(reqwest::Body::wrap_stream(
            edge(&self.head).chain(ReaderStream::new(file)).chain(edge(&self.tail)),
        ))
    }
}
