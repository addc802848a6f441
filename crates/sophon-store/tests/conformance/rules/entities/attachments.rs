//! Examples of attachments.

use sophon_model::ports::Tx;
use sophon_model::{AttachmentId, Result, StoredAttachment};

use super::specimens::{did, id, named, plain};
use super::{Ending, Placed, Specimen};
use crate::fixtures::at;
use crate::rules::attachments::{attachment, blob, digest};

/// Adds the contents of all examples.
pub(super) fn move_contents_in(tx: &mut dyn Tx) -> Result<()> {
    [1, 2].iter().try_for_each(|byte| tx.hold_blob(&blob(*byte, 1, 10)).map(drop))
}

impl Specimen for StoredAttachment {
    plain!();
    named!(AttachmentId);

    fn nth(n: i64) -> Self {
        StoredAttachment { created_at: at(n / 2), unsent_since: None, ..attachment(&id(n), 1) }
    }

    fn changed(self) -> Self {
        StoredAttachment {
            owner_id: "bob".into(),
            session_id: Some("s".into()),
            message_id: Some("m".into()),
            digest: digest(2),
            put_at: at(69),
            size: 7,
            mime: "image/png".into(),
            name: "b.png".into(),
            created_at: at(70),
            unsent_since: Some(at(71)),
            ..self
        }
    }
}

impl Placed for StoredAttachment {
    fn home() -> Self::Scope {
        "home".into()
    }

    fn elsewhere() -> Self::Scope {
        "other".into()
    }
}

impl Ending for StoredAttachment {
    fn ended(self, millis: i64) -> Self {
        StoredAttachment { unsent_since: Some(at(millis)), ..self }
    }
}
