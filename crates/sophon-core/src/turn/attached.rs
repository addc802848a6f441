//! Attached files in the prompt: each is named, and text is shown as far as there is room. What is not shown is named with
//! the reason.

use std::collections::HashMap;
use std::fmt::Write;

use futures_util::TryStreamExt;
use sophon_model::ports::Tx;
use sophon_model::{Attachment, AttachmentId, Message, Result, StoredAttachment};

use super::Turn;
use crate::attachments::{Attachments, is_text_type};
use crate::models::FILES_HEADING;
use crate::untrusted::fence;

/// Bytes of one file that are shown to a model.
const MOST_OF_A_FILE: usize = 32 * 1024;
/// Bytes of all files of a session that are shown to a model, the newest first.
const MOST_OF_ALL: usize = 96 * 1024;
/// The part of what the model can read that files may fill: the rest is for what people say, and for its answer.
const PART_FOR_FILES: usize = 4;
/// The largest file whose beginning is shown, in bytes: all of a file is read to check its digest.
const LARGEST_SHOWN: i64 = 32 * 1024 * 1024;

/// The stored attachments of the messages, as far as they are still there.
pub(super) fn stored(tx: &dyn Tx, messages: &[Message]) -> Result<HashMap<AttachmentId, StoredAttachment>> {
    let mut files = HashMap::new();
    for attachment in messages.iter().flat_map(|message| &message.attachments) {
        if let Some(stored) = tx.get(&id(attachment))? {
            files.insert(stored.id.clone(), stored);
        }
    }
    Ok(files)
}

fn id(attachment: &Attachment) -> AttachmentId {
    AttachmentId::from(attachment.key.as_str())
}

/// Adds a description of its files to the text of each message.
pub(super) async fn describe(
    turn: &Turn,
    messages: &mut [Message],
    files: &HashMap<AttachmentId, StoredAttachment>,
) {
    let readable = turn.with.models.current().readable_bytes(turn.preferred_model());
    let mut room = MOST_OF_ALL.min(readable / PART_FOR_FILES);
    for message in messages.iter_mut().rev().filter(|message| !message.attachments.is_empty()) {
        let mut text = format!("\n\n{FILES_HEADING}");
        for attachment in &message.attachments {
            let name = attachment.name.as_deref().unwrap_or("file").replace('"', "'");
            let _written = write!(text, "\n- \"{name}\" ({}, {} bytes): ", attachment.mime, attachment.size);
            text.push_str(&content(turn, files.get(&id(attachment)), &mut room).await);
        }
        message.content.push_str(&text);
    }
}

/// Describes the content of a file, which takes its part of the room.
async fn content(turn: &Turn, stored: Option<&StoredAttachment>, room: &mut usize) -> String {
    let Some(stored) = stored else { return "its content is no longer available.".to_owned() };
    if !is_text_type(&stored.mime) {
        return "its content is not text, and you cannot see it. Say so if it matters.".to_owned();
    }
    if stored.size > LARGEST_SHOWN {
        return "it is too large to be shown to you. Say so if it matters.".to_owned();
    }
    let most = MOST_OF_A_FILE.min(*room);
    if most == 0 {
        return "its content is left out, because too much text is attached to this session.".to_owned();
    }
    let text = match beginning(&turn.with.attachments, stored, most).await {
        Ok(text) => text,
        Err(error) => {
            tracing::error!(%error, attachment = %stored.id, "an attachment could not be read for a model");
            return "its content could not be read. Say so.".to_owned();
        }
    };
    *room -= text.len().min(*room);
    let cut = if (text.len() as i64) < stored.size {
        format!("its first {} bytes are shown; the rest is left out.", text.len())
    } else {
        "its content is:".to_owned()
    };
    format!("{cut}\n{}", fence("attachment", &text, turn.held.random()))
}

/// The first bytes of a file as text, cut at a character.
async fn beginning(attachments: &Attachments, stored: &StoredAttachment, most: usize) -> Result<String> {
    let end = stored.size.unsigned_abs().min(most as u64);
    let pieces: Vec<bytes::Bytes> = attachments.read(stored, 0..end).await?.try_collect().await?;
    let bytes = pieces.concat();
    let whole = match std::str::from_utf8(&bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => &bytes[..],
    };
    Ok(sophon_model::text::clean(String::from_utf8_lossy(whole).into_owned()))
}
