//! Attachments go with messages.

use sophon_model::{
    Attachment, AttachmentId, Caller, Error, Message, MessageId, Result, Session, StoredAttachment,
};

use super::uploading::hold_in;
use crate::database::Unit;
use crate::policy::{Granted, Write, grant};

/// Lets these attachments of the caller's go with a message, which names them as they are stored.
pub(crate) fn claim_in(
    unit: &mut Unit<'_>,
    caller: &Caller,
    ids: &[AttachmentId],
    session: &Granted<Session, Write>,
    message: &MessageId,
) -> Result<Vec<Attachment>> {
    let mut claimed = Vec::new();
    for id in ids {
        let missing = |_| {
            let text = format!("There is no attachment {id}, or it is not yours. Upload the file first.");
            Error::validation("attachments", text)
        };
        let stored = grant::<StoredAttachment, Write>(caller, unit.tx.attachment(id)?).map_err(missing)?;
        let mut stored = stored.into_inner();
        if stored.message_id.is_some() {
            let text = format!("The attachment {id} was sent with another message. Upload the file again.");
            return Err(Error::validation("attachments", text));
        }
        stored.session_id = Some(session.id.clone());
        stored.message_id = Some(message.clone());
        unit.tx.update_attachment(&stored)?;
        claimed.push(shown(&stored));
    }
    Ok(claimed)
}

/// Gives the copy of a message attachments of its own, with the same contents, so that they stay when the session goes
/// that it was copied from. Attachments that are gone stay named.
pub(crate) fn copy_in(unit: &mut Unit<'_>, caller: &Caller, copy: &mut Message) -> Result<()> {
    for attachment in &mut copy.attachments {
        let Some(stored) = unit.tx.attachment(&AttachmentId::from(attachment.key.as_str()))? else {
            continue;
        };
        if hold_in(unit, &stored.digest, stored.size)?.is_none() {
            return Err(Error::internal("a content that is referred to is being deleted"));
        }
        let copied = StoredAttachment {
            id: unit.new_id(),
            tenant_id: copy.tenant_id.clone(),
            owner_id: caller.user.clone(),
            session_id: Some(copy.session_id.clone()),
            message_id: Some(copy.id.clone()),
            created_at: unit.now(),
            ..stored
        };
        unit.tx.insert_attachment(&copied)?;
        *attachment = shown(&copied);
    }
    Ok(())
}

fn shown(stored: &StoredAttachment) -> Attachment {
    Attachment {
        key: stored.id.to_string(),
        mime: stored.mime.clone(),
        size: stored.size,
        name: Some(stored.name.clone()),
    }
}
