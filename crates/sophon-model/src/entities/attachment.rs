//! Files that were uploaded for messages, and their content.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Ends, Entity, Insert, Key, Scoped, Table, ToValue, Update, Value};
use crate::{AttachmentId, MessageId, SessionId, TenantId, Timestamp, UserId};

/// The SHA-256 of a content, in lower-case hex: the name by which the content is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Of the bytes of a hash.
    pub fn new(hash: [u8; 32]) -> Self {
        use fmt::Write;
        let mut hex = String::with_capacity(64);
        for byte in hash {
            let _written = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    /// The hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ToValue for Digest {
    fn to_value(&self) -> Value<'_> {
        Value::Text(&self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name under which a content is kept: its digest, and when it was put. A content that is put again after it was
/// deleted has another name, so that who deletes it late deletes what is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobName {
    /// The digest.
    pub digest: Digest,
    /// When it was put.
    pub put_at: Timestamp,
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.digest, self.put_at.as_millis())
    }
}

/// A content that is kept. It stays while something refers to it, and until it is no longer held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: i64,
    /// Until then it stays although nothing refers to it: somebody is about to.
    pub held_until: Timestamp,
    /// Whether its content is being deleted. Nobody may refer to it any more.
    pub is_deleting: bool,
    /// When it was put.
    pub put_at: Timestamp,
}

impl Blob {
    /// The name under which it is kept.
    pub fn name(&self) -> BlobName {
        BlobName { digest: self.digest.clone(), put_at: self.put_at }
    }
}

impl Entity for Blob {
    const TABLE: &'static Table = &Table::new("blobs", "content").key(&["digest"]);
}

/// A file that was uploaded, to go with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAttachment {
    /// Its id, which is the key that messages name it by.
    pub id: AttachmentId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The user who uploaded it.
    pub owner_id: UserId,
    /// The session of the message that it goes with; none before that is sent.
    pub session_id: Option<SessionId>,
    /// The message that it goes with.
    pub message_id: Option<MessageId>,
    /// Its content.
    pub digest: Digest,
    /// When its content was put.
    pub put_at: Timestamp,
    /// Its size in bytes.
    pub size: i64,
    /// Its media type, as found in its content.
    pub mime: String,
    /// What its sender called it.
    pub name: String,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// Since when it waits for its message; absent once that was sent.
    pub unsent_since: Option<Timestamp>,
}

impl Entity for StoredAttachment {
    const TABLE: &'static Table = &Table::new("attachments", "attachment").locked();
}

impl Insert for StoredAttachment {}
impl Update for StoredAttachment {}
impl Delete for StoredAttachment {}

impl Key for AttachmentId {
    type Of = StoredAttachment;
}

impl Scoped for StoredAttachment {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}

impl Ends for StoredAttachment {
    const ENDED: &'static str = "unsent_since";
}

impl StoredAttachment {
    /// The name under which its content is kept.
    pub fn content(&self) -> BlobName {
        BlobName { digest: self.digest.clone(), put_at: self.put_at }
    }
}
