//! Sending messages.

use std::path::Path;
use std::time::Duration;

use sophon_api::{Accepted, Attachment, AttachmentLimits, SendMessage};

use crate::file_form::FileForm;
use crate::{Client, ClientError};

/// A file of this machine that is to be uploaded.
#[derive(Clone, Copy, Debug)]
pub struct NewFile<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// Its size in bytes.
    pub size: u64,
    /// What it is called.
    pub name: &'a str,
    /// A text of at most 70 letters and digits that is not in it: a random one.
    pub boundary: &'a str,
}

/// How long an upload may take.
const UPLOAD_TIMEOUT: Duration = Duration::from_hours(1);

impl Client {
    /// `POST /api/attachments`.
    pub async fn upload(&self, file: NewFile<'_>) -> Result<Attachment, ClientError> {
        let form = FileForm::new(file.path, file.size, file.name, file.boundary);
        let request = self.post(&["api", "attachments"])?.file(form);
        self.fetch(request.within(UPLOAD_TIMEOUT)).await
    }

    /// `GET /api/attachments/limits`.
    pub async fn attachment_limits(&self) -> Result<AttachmentLimits, ClientError> {
        self.fetch(self.get(&["api", "attachments", "limits"])?).await
    }

    /// `POST /api/chat`. With the same `key` the message is applied once, however often it is sent.
    pub async fn send_message(&self, message: &SendMessage, key: &str) -> Result<Accepted, ClientError> {
        self.fetch(self.post(&["api", "chat"])?.json(message).once(key)).await
    }
}
