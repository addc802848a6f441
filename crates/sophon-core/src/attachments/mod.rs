//! Files that go with messages: taken in, given, and forgotten with their session.
//!
//! An attachment is a row that refers to a content. It belongs to who uploaded it until a message is sent with it; from
//! then on it belongs to the session. Contents are kept by their digest, in [`Blobs`], and are deleted by a job once
//! nothing refers to them.

mod collecting;
mod naming;
mod sending;
mod slots;
mod uploading;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use sophon_model::ports::{Blobs, ByteStream, Tx};
use sophon_model::{AttachmentId, AuditAction, Caller, Error, Kind, Result, Session, StoredAttachment};

use crate::database::Database;
use crate::gateway::Shared;
use crate::policy::{Granted, Read, Write, grant};
use crate::registry::Registry;
use crate::sessions::View;

pub(crate) use naming::is_text_type;
pub(crate) use sending::{claim_in, copy_all_in};
pub use uploading::{NewAttachment, Upload};

use collecting::Collector;
use slots::Slots;
use uploading::Room;

/// How long an attachment waits for its message.
pub const UNSENT_KEPT: Duration = Duration::from_hours(24);

/// How much people may attach.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// Bytes of one attachment.
    pub file: u64,
    /// Bytes of all attachments of a tenant.
    pub tenant: u64,
    /// Bytes of all attachments of a user.
    pub user: u64,
}

impl Default for Quotas {
    /// 25 MiB, 20 GiB and 2 GiB.
    fn default() -> Self {
        Self { file: 25 << 20, tenant: 20 << 30, user: 2 << 30 }
    }
}

/// What a user may attach, and how much of that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of one attachment at most.
    pub file: u64,
    /// Bytes of all attachments of the user at most.
    pub quota: u64,
    /// Bytes of all attachments of the user.
    pub used: u64,
}

/// The service.
#[derive(Clone)]
pub struct Attachments {
    db: Database,
    blobs: Arc<dyn Blobs>,
    quotas: Quotas,
    slots: Slots,
}

impl Attachments {
    pub(crate) fn open(shared: &Shared, registry: &mut Registry, blobs: Arc<dyn Blobs>) -> Self {
        registry.keep::<StoredAttachment>(UNSENT_KEPT);
        registry.handler(Collector { blobs: blobs.clone() });
        let (db, quotas) = (shared.db.clone(), shared.settings.quotas);
        Self { db, blobs, quotas, slots: Slots::default() }
    }

    /// What the caller may attach.
    pub async fn usage(&self, caller: &Caller) -> Result<Usage> {
        let (caller, quotas) = (caller.clone(), self.quotas);
        let used = self.db.read(move |tx| tx.attached_bytes(&caller.tenant, Some(&caller.user))).await?;
        Ok(Usage { file: quotas.file, quota: quotas.user, used })
    }

    /// What is known of an attachment. `caller` is nobody for those who look at a public session without signing in.
    pub async fn get(&self, caller: Option<&Caller>, id: &AttachmentId) -> Result<StoredAttachment> {
        let (caller, id) = (caller.cloned(), id.clone());
        self.db
            .read(move |tx| {
                let (caller, found) = (caller.as_ref(), tx.get(&id)?);
                let Some(session) = found.as_ref().and_then(|found| found.session_id.clone()) else {
                    return grant::<StoredAttachment, Read>(tx, caller, found).map(Granted::into_inner);
                };
                let session = grant::<Session, Read>(tx, caller, tx.get(&session)?).map_err(hide_session)?;
                let is_shown = View::of(&session, caller) == View::Participant
                    || is_of_shown_message(tx, found.as_ref())?;
                found.filter(|_| is_shown).ok_or_else(|| Error::not_found("attachment"))
            })
            .await
    }

    /// The bytes in `range` of an attachment that [`get`](Self::get) has given.
    pub async fn read(&self, attachment: &StoredAttachment, range: Range<u64>) -> Result<ByteStream> {
        self.blobs.read(&attachment.content(), range).await
    }

    /// Deletes an attachment that was not sent yet.
    pub async fn delete(&self, caller: &Caller, id: &AttachmentId) -> Result<()> {
        let (by, caller, wanted) = (caller, caller.clone(), id.clone());
        self.db
            .write_as(by, AuditAction::AttachmentDelete, move |unit| {
                let found = grant::<StoredAttachment, Write>(unit.tx, &caller, unit.tx.get(&wanted)?)?;
                unit.about(&*found);
                if found.unsent_since.is_none() {
                    let text = "The attachment was sent with a message. It is deleted with its session.";
                    return Err(Error::conflict(text));
                }
                unit.tx.delete(&wanted).map(drop)
            })
            .await
    }
}

/// To a caller who may not see the session, the attachment does not exist.
fn hide_session(error: Error) -> Error {
    match error.kind() {
        Kind::NotFound => Error::not_found("attachment"),
        _ => error,
    }
}

/// Whether the message that it was sent with is one that the session shows.
fn is_of_shown_message(tx: &dyn Tx, attachment: Option<&StoredAttachment>) -> Result<bool> {
    let Some(message) = attachment.and_then(|found| found.message_id.as_ref()) else { return Ok(false) };
    Ok(tx.get(message)?.is_some_and(|message| !message.is_hidden))
}
