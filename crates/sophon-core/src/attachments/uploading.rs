//! Taking files in.
//!
//! The content is held before it is published, and held again in the transaction that comes to refer to it. So the job
//! that collects what nothing refers to never deletes it in between.

use std::time::Duration;

use sophon_model::ports::{ByteStream, Staged, Tx};
use sophon_model::{
    Blob, Caller, Digest, Error, Kind, Result, StoredAttachment, TenantId, Timestamp, UserId,
};
use tokio::sync::OwnedSemaphorePermit;

use super::naming::{media_type, safe_name};
use super::{Attachments, Quotas};
use crate::database::Unit;
use crate::limits::LARGEST_ATTACHMENT;
use crate::policy::{Allowed, Create, allow};

/// How long an upload may take.
const PATIENCE: Duration = Duration::from_mins(10);
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

/// Leave to upload one file. Given before anything of the file is read.
pub struct Upload {
    attachments: Attachments,
    allowed: Allowed<StoredAttachment, Create>,
    _slot: OwnedSemaphorePermit,
}

impl Attachments {
    /// Gives leave to upload a file, if there is room for one.
    pub async fn begin_upload(&self, caller: &Caller) -> Result<Upload> {
        let allowed = allow::<StoredAttachment, Create>(caller)?;
        let slot = self.slots.clone().try_acquire_owned().map_err(|_| too_many())?;
        let (tenant, user, quotas) = (allowed.tenant().clone(), allowed.user().clone(), self.quotas);
        self.db.read(move |tx| require_room(tx, &tenant, &user, quotas, 1)).await?;
        Ok(Upload { attachments: self.clone(), allowed, _slot: slot })
    }

    /// Holds a content and keeps it; returns when it was put. One that is being deleted is put again when it is gone.
    async fn publish(&self, staged: Box<dyn Staged>, size: i64) -> Result<Timestamp> {
        let digest = staged.digest().clone();
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
        let Self { attachments, allowed, _slot } = self;
        let staging = attachments.blobs.stage(content, LARGEST_ATTACHMENT.unsigned_abs());
        let staged = tokio::time::timeout(PATIENCE, staging).await.map_err(|_| too_slow())??;
        let mime = media_type(staged.head(), new.mime.as_deref());
        let name = safe_name(new.name.as_deref());
        let (digest, size) =
            (staged.digest().clone(), i64::try_from(staged.size()).map_err(Error::internal)?);
        let put_at = attachments.publish(staged, size).await?;
        let quotas = attachments.quotas;
        attachments
            .db
            .write(move |unit| {
                require_room(unit.tx, allowed.tenant(), allowed.user(), quotas, size.unsigned_abs())?;
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
                };
                unit.tx.insert_attachment(&attachment)?;
                Ok(attachment)
            })
            .await
    }
}

/// Holds a content; returns when it was put. `None` if it is being deleted.
pub(super) fn hold_in(unit: &mut Unit<'_>, digest: &Digest, size: i64) -> Result<Option<Timestamp>> {
    let (digest, now) = (digest.clone(), unit.now());
    unit.tx.hold_blob(&Blob { digest, size, held_until: now.plus(HOLD), is_deleting: false, put_at: now })
}

/// Refuses what does not fit.
fn require_room(tx: &dyn Tx, tenant: &TenantId, user: &UserId, quotas: Quotas, size: u64) -> Result<()> {
    let (all, own) = (tx.attached_bytes(tenant, None)?, tx.attached_bytes(tenant, Some(user))?);
    let (whose, quota) = if own + size > quotas.user {
        ("your", quotas.user)
    } else if all + size > quotas.tenant {
        ("your tenant's", quotas.tenant)
    } else {
        return Ok(());
    };
    let text = format!(
        "There is no room left for {whose} attachments (at most {} MiB). Delete sessions that you no longer need.",
        quota >> 20
    );
    Err(Error::new(Kind::PayloadTooLarge, text).with_code("quota_exceeded"))
}

fn too_many() -> Error {
    Error::new(Kind::ServiceUnavailable, "Too many files are being uploaded. Try again in a moment.")
        .with_retry_after(Duration::from_secs(2))
}

fn too_slow() -> Error {
    Error::invalid("The file did not arrive in time.")
}
