//! The sizes that the core accepts, in one place.

use sophon_model::text::{is_invisible, without_overrides};
use sophon_model::{Error, Kind, Result};

/// A name or title, in characters.
pub const LONGEST_NAME: usize = 200;
/// A description, in characters.
pub const LONGEST_DESCRIPTION: usize = 2_000;
/// What an announcement says, in characters.
pub const LONGEST_ANNOUNCEMENT: usize = 4_000;
/// SOUL.md and its like, in characters.
pub const LONGEST_AGENT_FILE: usize = 100_000;
/// Entries of a tool allowlist.
pub const MOST_TOOL_PATTERNS: usize = 200;
/// A message's text, in bytes.
pub const LONGEST_MESSAGE: usize = 100_000;
/// Attachments of a message.
pub const MOST_ATTACHMENTS: usize = 10;
/// An idempotency key or local id, in bytes.
pub const LONGEST_KEY: usize = 255;
/// What a memory entry says, in characters.
pub const LONGEST_MEMORY: usize = 4_000;
/// Runs of discussions that may wait or run for a person; one more is refused.
pub const MOST_OPEN_DISCUSSIONS: u64 = 10;
/// Tasks that may wait; more are refused.
pub const MOST_QUEUED_TASKS: u64 = 10_000;
/// Tasks of one user that may wait; more are refused.
pub const MOST_QUEUED_TASKS_OF_USER: u64 = 2_500;

/// Refuses a text that is shorter or longer than allowed, in characters.
pub(crate) fn bounded(field: &str, text: &str, least: usize, most: usize) -> Result<()> {
    // Bytes first: counting the characters of a huge text is work.
    let length = if text.len() > most * 4 { text.len() } else { text.trim().chars().count() };
    if least > 0 && is_invisible(text) {
        return Err(Error::validation(field, format!("{} must not be empty or invisible.", named(field))));
    }
    if (least..=most).contains(&length) {
        return Ok(());
    }
    let range = if least == 0 { format!("at most {most}") } else { format!("{least} to {most}") };
    Err(Error::validation(field, format!("{} must have {range} characters.", named(field))))
}

/// A field as a sentence begins with it: a person may see many fields, and this text alone.
fn named(field: &str) -> String {
    format!("The {}", field.replace('_', " "))
}

/// A title as it is stored: refused if it is too long, empty if nobody would see it, and without what changes how the
/// text around it is seen.
pub(crate) fn title(text: &str) -> Result<String> {
    bounded("title", text, 0, LONGEST_NAME)?;
    let text = if is_invisible(text) { "" } else { text };
    Ok(without_overrides(text).into_owned())
}

/// A name as it is stored, shown beside other texts: refused if it is too long or nobody would see it, and without what
/// changes how the text around it is seen.
pub(crate) fn name(field: &str, text: &str) -> Result<String> {
    bounded(field, text, 1, LONGEST_NAME)?;
    Ok(without_overrides(text.trim()).into_owned())
}

/// Refuses a message that is empty or too long.
pub(crate) fn message_text(content: &str) -> Result<()> {
    if is_invisible(content) {
        return Err(Error::validation("content", "content must not be empty or invisible"));
    }
    if content.len() > LONGEST_MESSAGE {
        let text =
            format!("A message has at most {LONGEST_MESSAGE} bytes of text. Send the rest as another.");
        return Err(Error::new(Kind::PayloadTooLarge, text).with_field("content"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_turn_the_text_beside_it_shows_what_it_does() {
        assert_eq!(name("name", " Ada \u{202e}nimda ").unwrap(), "Ada \\u{202e}nimda");
        assert_eq!(name("name", "Ünal 👩‍💻").unwrap(), "Ünal 👩‍💻");
        for (refused, told) in [
            ("", "The name must not be empty or invisible."),
            (" \u{200b}", "The name must not be empty or invisible."),
            (&"x".repeat(LONGEST_NAME + 1), "The name must have 1 to 200 characters."),
        ] {
            let error = name("name", refused).unwrap_err();
            assert_eq!((error.field(), error.message()), (Some("name"), told));
        }
    }
}
