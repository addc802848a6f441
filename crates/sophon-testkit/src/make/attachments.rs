//! Attachments and their contents.

use sophon_model::{AttachmentId, Blob, Digest, StoredAttachment, Timestamp};

use super::{NOW, TENANT, USER};

/// A text of 3 bytes that was uploaded and not sent.
pub fn attachment(id: impl Into<AttachmentId>) -> StoredAttachment {
    StoredAttachment {
        id: id.into(),
        tenant_id: TENANT.into(),
        owner_id: USER.into(),
        session_id: None,
        message_id: None,
        digest: Digest::new([7; 32]),
        put_at: NOW,
        size: 3,
        mime: "text/plain".into(),
        name: "a.txt".into(),
        created_at: NOW,
        unsent_since: Some(NOW),
    }
}

/// The content of an attachment.
pub fn blob_of(attachment: &StoredAttachment, held_until: Timestamp) -> Blob {
    Blob {
        digest: attachment.digest.clone(),
        size: attachment.size,
        held_until,
        is_deleting: false,
        put_at: attachment.put_at,
    }
}
