//! Files that go with messages: taken in, given, and forgotten with their session.
//!
//! An attachment is a row that refers to a content. It belongs to who uploaded it until a message is sent with it; from
//! then on it belongs to the session. Contents are kept by their digest, in [`Blobs`], and are deleted by a job once
//! nothing refers to them.

mod collecting;
mod naming;
mod sending;
mod uploading;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use sophon_model::ports::{Blobs, ByteStream};
use sophon_model::{AttachmentId, Caller, Error, Kind, Result, Session, StoredAttachment};
use tokio::sync::Semaphore;

use crate::database::Database;
use crate::policy::{Granted, Read, Write, check, grant};

pub(crate) use collecting::{Collector, schedule_in};
pub(crate) use naming::is_text_type;
pub(crate) use sending::{claim_in, copy_in};
pub use uploading::{NewAttachment, Upload};

/// Uploads that one process takes in at a time; more are refused, to be tried again.
const UPLOADS_AT_ONCE: usize = 16;
/// How long an attachment waits for its message.
pub const UNSENT_KEPT: Duration = Duration::from_hours(24);

/// How much people may attach.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// Bytes of all attachments of a tenant.
    pub tenant: u64,
    /// Bytes of all attachments of a user.
    pub user: u64,
}

impl Default for Quotas {
    /// 20 GiB and 2 GiB.
    fn default() -> Self {
        Self { tenant: 20 << 30, user: 2 << 30 }
    }
}

/// The service.
#[derive(Clone)]
pub struct Attachments {
    db: Database,
    blobs: Arc<dyn Blobs>,
    quotas: Quotas,
    slots: Arc<Semaphore>,
}

impl Attachments {
    pub(crate) fn new(db: Database, blobs: Arc<dyn Blobs>, quotas: Quotas) -> Self {
        Self { db, blobs, quotas, slots: Arc::new(Semaphore::new(UPLOADS_AT_ONCE)) }
    }

    /// What is known of an attachment. `caller` is nobody for those who look at a public session without signing in.
    pub async fn get(&self, caller: Option<&Caller>, id: &AttachmentId) -> Result<StoredAttachment> {
        let wanted = id.clone();
        let found = self.db.read(move |tx| {
            let Some(attachment) = tx.attachment(&wanted)? else { return Ok(None) };
            let session = match &attachment.session_id {
                Some(id) => tx.session(id)?,
                None => None,
            };
            Ok(Some((attachment, session)))
        });
        match found.await? {
            Some((attachment, Some(session))) => {
                check::<Session, Read>(caller, &session).map_err(hide_session)?;
                Ok(attachment)
            }
            found => {
                let unsent = found.map(|(attachment, _)| attachment);
                grant::<StoredAttachment, Read>(caller, unsent).map(Granted::into_inner)
            }
        }
    }

    /// The bytes in `range` of an attachment that [`get`](Self::get) has given.
    pub async fn read(&self, attachment: &StoredAttachment, range: Range<u64>) -> Result<ByteStream> {
        self.blobs.read(&attachment.content(), range).await
    }

    /// Deletes an attachment that was not sent yet.
    pub async fn delete(&self, caller: &Caller, id: &AttachmentId) -> Result<()> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db
            .write(move |unit| {
                let found = unit.tx.attachment(&wanted)?;
                grant::<StoredAttachment, Write>(&caller, found)?;
                if unit.tx.delete_unsent_attachment(&wanted)? {
                    return Ok(());
                }
                let text = "The attachment was sent with a message. It is deleted with its session.";
                Err(Error::conflict(text))
            })
            .await
    }
}

/// Who may not see the session learns no more of the attachment than that there is none.
fn hide_session(error: Error) -> Error {
    match error.kind() {
        Kind::NotFound => Error::not_found("attachment"),
        _ => error,
    }
}
