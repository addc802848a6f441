//! Attachments go with messages.

use sophon_model::{
    Attachment, AttachmentId, Caller, Error, Message, MessageId, Result, Session, SessionId, StoredAttachment,
};

use super::uploading::hold_in;
use super::{Quotas, Room};
use crate::database::Unit;
use crate::policy::{Allowed, Create, Granted, Write, grant};

/// Binds these attachments of the caller to a message. Returns what the message says of them.
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
        let stored = grant::<StoredAttachment, Write>(unit.tx, caller, unit.tx.get(id)?).map_err(missing)?;
        let mut stored = stored.into_inner();
        if stored.unsent_since.is_none() {
            let text = format!("The attachment {id} was sent with another message. Upload the file again.");
            return Err(Error::validation("attachments", text));
        }
        stored.session_id = Some(session.id.clone());
        stored.message_id = Some(message.clone());
        stored.unsent_since = None;
        unit.tx.update(&stored)?;
        claimed.push(shown(&stored));
    }
    Ok(claimed)
}

/// Gives the copies of messages attachments of their own, with the same contents, so that they stay when the session goes
/// that it was copied from. Attachments that are gone stay named.
pub(crate) fn copy_all_in(
    unit: &mut Unit<'_>,
    allowed: &Allowed<Session, Create>,
    quotas: Quotas,
    copies: &mut [Message],
) -> Result<()> {
    if copies.iter().all(|copy| copy.attachments.is_empty()) {
        return Ok(());
    }
    let room = Room::of(unit.tx, allowed.tenant(), allowed.user(), quotas)?;
    let mut size = 0;
    for copy in copies {
        let (session, message) = (copy.session_id.clone(), copy.id.clone());
        for attachment in &mut copy.attachments {
            if let Some(stored) = unit.tx.get(&AttachmentId::from(attachment.key.as_str()))? {
                size += stored.size.unsigned_abs();
                room.require(size)?;
                *attachment = copy_in(unit, allowed, stored, &session, &message)?;
            }
        }
    }
    Ok(())
}

fn copy_in(
    unit: &mut Unit<'_>,
    allowed: &Allowed<Session, Create>,
    stored: StoredAttachment,
    session: &SessionId,
    message: &MessageId,
) -> Result<Attachment> {
    if hold_in(unit, &stored.digest, stored.size)?.is_none() {
        return Err(Error::internal("a content that is referred to is being deleted"));
    }
    let copied = StoredAttachment {
        id: unit.new_id(),
        tenant_id: allowed.tenant().clone(),
        owner_id: allowed.user().clone(),
        session_id: Some(session.clone()),
        message_id: Some(message.clone()),
        created_at: unit.now(),
        unsent_since: None,
        ..stored
    };
    unit.tx.insert(&copied)?;
    Ok(shown(&copied))
}

fn shown(stored: &StoredAttachment) -> Attachment {
    Attachment {
        key: stored.id.to_string(),
        mime: stored.mime.clone(),
        size: stored.size,
        name: Some(stored.name.clone()),
    }
}
