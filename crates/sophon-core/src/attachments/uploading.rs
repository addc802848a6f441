//! Taking files in.
//!
//! The content is held before it is published, and held again in the transaction that comes to refer to it. So the job
//! that collects what nothing refers to never deletes it in between.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use sophon_model::ports::{ByteStream, Content, Staged, Tx};
use sophon_model::{
    AuditAction, Blob, Caller, Digest, Error, Kind, Result, StoredAttachment, TenantId, Timestamp, UserId,
};

use super::collecting::schedule_in;
use super::naming::{media_type, safe_name};
use super::slots::Slot;
use super::{Attachments, Quotas};
use crate::database::Unit;
use crate::policy::{Allowed, Create, allow};

/// How long the next piece of a file may take to come.
const PIECE_WITHIN: Duration = Duration::from_secs(30);
/// How long a file may take to come.
const FILE_WITHIN: Duration = Duration::from_hours(1);
/// How long a content is held without being referred to. Longer than publishing it takes.
const HOLD: Duration = Duration::from_hours(1);
/// How long publishing may take: less than [`HOLD`].
const PUBLISH_WITHIN: Duration = Duration::from_mins(30);
/// How often it is looked whether the same content has been deleted, so that it can be put again.
const DELETION_POLL: Duration = Duration::from_millis(100);
/// How many times.
const DELETION_POLLS: u32 = 50;

/// A file to be attached.
#[derive(Clone, Debug, Default)]
pub struct NewAttachment {
    /// What its sender calls it.
    pub name: Option<String>,
    /// What its sender says it is.
    pub mime: Option<String>,
}

/// Permission to upload one file, granted before anything of the file is read.
pub struct Upload {
    attachments: Attachments,
    caller: Caller,
    allowed: Allowed<StoredAttachment, Create>,
    room: Room,
    _slot: Slot,
}

impl Attachments {
    /// Grants an upload, if there is room for one.
    pub async fn begin_upload(&self, caller: &Caller) -> Result<Upload> {
        let allowed = allow::<StoredAttachment, Create>(caller)?;
        let slot = self.slots.take(allowed.user()).ok_or_else(too_many)?;
        let (tenant, user, quotas) = (allowed.tenant().clone(), allowed.user().clone(), self.quotas);
        let room = self.db.read(move |tx| Room::of(tx, &tenant, &user, quotas)).await?;
        room.require(1)?;
        let caller = caller.clone();
        Ok(Upload { attachments: self.clone(), caller, allowed, room, _slot: slot })
    }

    /// Holds a content and keeps it; returns when it was put. One that is being deleted is put again when it is gone.
    async fn publish(&self, staged: Box<dyn Staged>, size: i64) -> Result<Timestamp> {
        // In a transaction of its own: the job holds its row while it takes those of contents.
        self.db.write(schedule_in).await?;
        let digest = staged.content().digest.clone();
        for _ in 0..DELETION_POLLS {
            let digest = digest.clone();
            if let Some(put_at) = self.db.write(move |unit| hold_in(unit, &digest, size)).await? {
                let publishing = tokio::time::timeout(PUBLISH_WITHIN, staged.publish(put_at));
                publishing.await.map_err(|_| too_slow())??;
                return Ok(put_at);
            }
            tokio::time::sleep(DELETION_POLL).await;
        }
        Err(too_many())
    }
}

impl Upload {
    /// Takes the file in. It waits for its message for [`UNSENT_KEPT`](super::UNSENT_KEPT).
    pub async fn take(self, new: NewAttachment, content: ByteStream) -> Result<StoredAttachment> {
        let staged = self.stage(content).await?;
        let Self { attachments, mut caller, allowed, .. } = self;
        let Content { digest, size, head } = staged.content().clone();
        let mime = media_type(&head, new.mime.as_deref());
        let name = safe_name(new.name.as_deref());
        let size = i64::try_from(size).map_err(Error::internal)?;
        let put_at = attachments.publish(staged, size).await?;
        let quotas = attachments.quotas;
        // The wire does not look at the file, and forms of the same file differ.
        let detail = format!("{digest} {mime} {name}");
        caller.request_key = caller.request_key.map(|key| key.with_detail(&detail));
        attachments
            .db
            .write_once(&caller, AuditAction::AttachmentUpload, move |unit| {
                // Others have uploaded meanwhile.
                let room = Room::of(unit.tx, allowed.tenant(), allowed.user(), quotas)?;
                room.require(size.unsigned_abs())?;
                let held = hold_in(unit, &digest, size)?;
                let put_at = held.filter(|held| *held == put_at).ok_or_else(too_slow)?;
                let attachment = StoredAttachment {
                    id: unit.new_id(),
                    tenant_id: allowed.tenant().clone(),
                    owner_id: allowed.user().clone(),
                    session_id: None,
                    message_id: None,
                    digest,
                    put_at,
                    size,
                    mime,
                    name,
                    created_at: unit.now(),
                    unsent_since: Some(unit.now()),
                };
                unit.tx.insert(&attachment)?;
                unit.about(&attachment);
                Ok(attachment)
            })
            .await
    }

    /// Takes in as much as there is room for.
    async fn stage(&self, content: ByteStream) -> Result<Box<dyn Staged>> {
        let most = self.attachments.quotas.file.min(self.room.bytes);
        let staging = self.attachments.blobs.stage(without_stalls(content), most);
        let staged = tokio::time::timeout(FILE_WITHIN, staging).await.map_err(|_| too_slow())?;
        staged.map_err(|error| match error.kind() {
            Kind::PayloadTooLarge if most < self.attachments.quotas.file => self.room.exceeded(),
            _ => error,
        })
    }
}

/// The same pieces; an error if the next one takes too long to come.
fn without_stalls(content: ByteStream) -> ByteStream {
    let next = async |mut content: ByteStream| {
        let piece = tokio::time::timeout(PIECE_WITHIN, content.try_next()).await;
        Ok(piece.map_err(|_| too_slow())??.map(|piece| (piece, content)))
    };
    stream::try_unfold(content, next).boxed()
}

/// Holds a content; returns when it was put. `None` if it is being deleted.
pub(super) fn hold_in(unit: &mut Unit<'_>, digest: &Digest, size: i64) -> Result<Option<Timestamp>> {
    let (digest, now) = (digest.clone(), unit.now());
    unit.tx.hold_blob(&Blob { digest, size, held_until: now.plus(HOLD), is_deleting: false, put_at: now })
}

/// How much fits.
#[derive(Clone, Copy)]
pub(super) struct Room {
    bytes: u64,
    whose: &'static str,
    quota: u64,
}

impl Room {
    /// For more attachments of a user.
    pub(super) fn of(tx: &dyn Tx, tenant: &TenantId, user: &UserId, quotas: Quotas) -> Result<Self> {
        let of = |whose, quota: u64, used| Room { bytes: quota.saturating_sub(used), whose, quota };
        let own = of("your", quotas.user, tx.attached_bytes(tenant, Some(user))?);
        let all = of("your tenant's", quotas.tenant, tx.attached_bytes(tenant, None)?);
        Ok(if all.bytes < own.bytes { all } else { own })
    }

    /// Refuses what does not fit.
    pub(super) fn require(&self, size: u64) -> Result<()> {
        if size <= self.bytes { Ok(()) } else { Err(self.exceeded()) }
    }

    fn exceeded(&self) -> Error {
        let (whose, quota) = (self.whose, self.quota >> 20);
        let text = format!(
            "There is no room left for {whose} attachments (at most {quota} MiB). Delete sessions that you no longer need."
        );
        Error::new(Kind::PayloadTooLarge, text).with_code("quota_exceeded")
    }
}

fn too_many() -> Error {
    Error::new(Kind::ServiceUnavailable, "Too many files are being uploaded. Try again in a moment.")
        .with_retry_after(Duration::from_secs(2))
}

fn too_slow() -> Error {
    Error::invalid("The file did not arrive in time.")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_file_whose_pieces_come_slowly_arrives_and_one_that_stalls_breaks_off() {
        let after = |seconds: u64| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok(Bytes::from_static(b"ab"))
        };
        let slow = without_stalls(stream::iter([29; 10]).then(after).boxed());
        let arrived: Vec<Bytes> = slow.try_collect().await.unwrap();
        assert_eq!(arrived.len(), 10);
        let stalled = without_stalls(stream::iter([1, 31, 1]).then(after).boxed());
        let outcome: Result<Vec<Bytes>> = stalled.try_collect().await;
        assert_eq!(outcome.err().map(|error| error.code()), Some("invalid_request"));
    }
}
