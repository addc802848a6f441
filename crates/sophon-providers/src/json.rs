//! JSON as model servers write it: numbers as text, texts as parts, halves of characters.

use std::borrow::Cow;

use serde_json::Value;

/// Where a lone half of a character (U+D800 to U+DFFF, which no text can hold) waits for its other half: a stretch of
/// plane 16 that nobody has a use for.
const PARKED: u32 = 0x10_f800;

/// Parses JSON. Where it is valid but for lone surrogates in escapes, these are parked for [`Joiner`].
pub(crate) fn parse(text: &str) -> serde_json::Result<Value> {
    match serde_json::from_str(text) {
        Err(error) => match park_surrogates(text) {
            Cow::Owned(mended) => serde_json::from_str(&mended),
            Cow::Borrowed(_) => Err(error),
        },
        parsed => parsed,
    }
}

fn park_surrogates(text: &str) -> Cow<'_, str> {
    if !(text.contains("\\ud") || text.contains("\\uD")) {
        return Cow::Borrowed(text);
    }
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('\\') {
        mended.push_str(&rest[..place]);
        rest = &rest[place..];
        let escape = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(half @ 0xd800..=0xdfff), _) => {
                mended.extend(parked(half));
                rest = &rest[6..];
                continue;
            }
            (Some(_), _) => 6,
            // An escape of two characters; the second may be any.
            (None, _) => rest.chars().take(2).map(char::len_utf8).sum(),
        };
        mended.push_str(&rest[..escape]);
        rest = &rest[escape..];
    }
    mended.push_str(rest);
    Cow::Owned(mended)
}

/// The code unit of an escape that `text` begins with.
fn unit(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

fn parked(half: u32) -> Option<char> {
    char::from_u32(PARKED + (half - 0xd800))
}

/// Joins halves of characters that come in different pieces. A half without another becomes U+FFFD.
#[derive(Default)]
pub(crate) struct Joiner {
    high: Option<u32>,
}

impl Joiner {
    /// What `piece` adds to the text. A first half at its end is held back.
    pub(crate) fn join<'a>(&mut self, piece: &'a str) -> Cow<'a, str> {
        if piece.is_empty() || (self.high.is_none() && !piece.contains(|c| u32::from(c) >= PARKED)) {
            return Cow::Borrowed(piece);
        }
        let mut joined = String::with_capacity(piece.len());
        for c in piece.chars() {
            let half = u32::from(c).checked_sub(PARKED).map(|offset| 0xd800 + offset);
            match (self.high.take(), half) {
                (Some(high), Some(low @ 0xdc00..)) => {
                    let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    joined.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                (alone, half) => {
                    joined.extend(alone.map(|_| char::REPLACEMENT_CHARACTER));
                    match half {
                        Some(high @ ..0xdc00) => self.high = Some(high),
                        Some(_) => joined.push(char::REPLACEMENT_CHARACTER),
                        None => joined.push(c),
                    }
                }
            }
        }
        Cow::Owned(joined)
    }

    /// What is left when nothing more comes.
    pub(crate) fn finish(&mut self) -> Option<char> {
        self.high.take().map(|_| char::REPLACEMENT_CHARACTER)
    }
}

/// `text` with all halves joined.
pub(crate) fn joined(text: &str) -> String {
    let mut joiner = Joiner::default();
    let mut joined = joiner.join(text).into_owned();
    joined.extend(joiner.finish());
    joined
}

/// The text of a value: a string, a number, an object with a `text`, or a list of these. Parts of other types say nothing
/// here.
pub(crate) fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Array(parts) => Cow::Owned(parts.iter().map(text_of).collect()),
        Value::Object(part) => part.get("text").map_or(Cow::Borrowed(""), text_of),
        _ => Cow::Borrowed(""),
    }
}

/// The largest number that is taken: sums of such numbers do not overflow.
const LARGEST: i64 = 1_000_000_000_000_000;

/// The whole number that a value is, also as a float or as text.
pub(crate) fn number(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.map(|number| number.clamp(-LARGEST, LARGEST))
}

/// The name of a tool, to the letter: what is not quite the name of a tool is none.
pub(crate) fn tool_name(value: &Value) -> Option<&str> {
    value.as_str().filter(|name| !name.is_empty())
}

/// A string that says something.
pub(crate) fn word(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_characters_are_joined_across_texts_and_lone_ones_replaced() {
        let pieces = [r#""a\ud83d""#, r#""\ude00b\\ud83d""#, r#""\ude00\ud83d""#, r#""x\ud83d\ude00""#];
        let mut joiner = Joiner::default();
        let mut text = String::new();
        for piece in pieces {
            text.push_str(&joiner.join(parse(piece).unwrap().as_str().unwrap()));
        }
        assert_eq!(text, "a😀b\\ud83d\u{fffd}\u{fffd}x😀");
        assert_eq!(joined(parse(r#""\ud83d""#).unwrap().as_str().unwrap()), "\u{fffd}");
    }

    #[test]
    fn what_is_no_json_stays_an_error() {
        for text in [r#""\ud83d"#, r#""\u12""#, r"\ud83", "{", "", r#""\"#] {
            parse(text).unwrap_err();
        }
    }
}
