//! Texts of others: made fit for storage where they enter, and shown to people who decide by them.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

/// A text from outside in a form that every storage takes: NUL, which PostgreSQL refuses, becomes U+FFFD. To be called
/// wherever such text enters: answers and errors of models, results of tools, what machines report.
pub fn clean(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// The same for all texts in a value.
pub fn clean_json(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = clean(std::mem::take(text)),
        Value::Array(items) => items.iter_mut().for_each(clean_json),
        Value::Object(fields) => {
            if fields.keys().any(|name| name.contains('\0')) {
                *fields =
                    std::mem::take(fields).into_iter().map(|(name, value)| (clean(name), value)).collect();
            }
            fields.values_mut().for_each(clean_json);
        }
        _ => {}
    }
}

/// How deep a value from outside may be nested. Where it is stored and told it stands within other values, and readers of
/// JSON give up at 128 levels.
pub const DEEPEST: usize = 64;

/// Whether a value is nested deeper than [`DEEPEST`].
pub fn is_too_deep(value: &Value) -> bool {
    fn exceeds(value: &Value, levels: usize) -> bool {
        match value {
            Value::Array(items) => levels == 0 || items.iter().any(|item| exceeds(item, levels - 1)),
            Value::Object(fields) => levels == 0 || fields.values().any(|value| exceeds(value, levels - 1)),
            _ => false,
        }
    }
    exceeds(value, DEEPEST)
}

/// `text` with everything written out that a person would not see, or that would change how the rest is seen: control
/// characters, marks of direction, what has no width. Line breaks stay.
///
/// `"a\u{202e}b"` becomes `"a\\u{202e}b"`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// `text` with the marks written out that turn the direction of what follows, and with controls: in a title or a name they
/// change how the text around it is seen. Joiners and variants stay, of which emoji are made.
pub fn without_overrides(text: &str) -> Cow<'_, str> {
    let is_override =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(is_override) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_override(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Whether a text is one line of which each character can be seen, and none changes how the others are.
pub fn is_plainly_visible(text: &str) -> bool {
    !text.contains(|c| c == '\n' || is_hidden(c))
}

/// Whether nobody would see anything of a text.
pub fn is_invisible(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_hidden(c))
}

/// Where the words of a text are: runs of letters and digits. What is searched for and what is marked in a hit are cut by
/// this one rule.
pub fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(char::is_alphanumeric)?;
        let length = text[start..].find(|c: char| !c.is_alphanumeric());
        rest = length.map_or(text.len(), |length| start + length);
        Some(start..rest)
    })
}

/// The controls, and what Unicode lets programs leave out when they draw a text (`Default_Ignorable_Code_Point`) or
/// calls a separator of lines, an annotation or a tag.
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_replaced_in_texts_and_in_all_of_a_value() {
        assert_eq!(clean("a\0b".into()), "a\u{fffd}b");
        let mut value = serde_json::json!({ "k\0": ["a\0", { "b": "c\0" }, 1, null], "x": "y" });
        clean_json(&mut value);
        assert_eq!(
            value,
            serde_json::json!({ "k\u{fffd}": ["a\u{fffd}", { "b": "c\u{fffd}" }, 1, null], "x": "y" })
        );
    }

    #[test]
    fn a_value_is_too_deep_beyond_the_limit() {
        let nested =
            |levels: usize| (1..levels).fold(serde_json::json!({}), |inner, _| serde_json::json!([inner]));
        assert!(!is_too_deep(&nested(DEEPEST)) && is_too_deep(&nested(DEEPEST + 1)));
        assert!(!is_too_deep(&serde_json::json!([1, "x", null])));
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        let text = "ls\u{1b}[2K\r\t\u{7f}\u{9b}\u{202e}gpj\u{2066}\u{200b}\u{feff}\u{e0041}\u{2028}end";
        assert_eq!(
            visible(text),
            "ls\\u{1b}[2K\\u{d}\\u{9}\\u{7f}\\u{9b}\\u{202e}gpj\\u{2066}\\u{200b}\\u{feff}\\u{e0041}\\u{2028}end"
        );
    }

    #[test]
    fn overrides_are_written_out_where_emoji_stay_whole() {
        assert_eq!(without_overrides("a\u{202e}b\u{1b}"), "a\\u{202e}b\\u{1b}");
        assert!(matches!(without_overrides("👩\u{200d}🚀 ❤\u{fe0f}"), Cow::Borrowed(_)));
        assert!(is_invisible(" \u{200b}\u{2060}\n") && is_invisible("") && !is_invisible("\u{200b}a"));
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let cut = |text: &str| words(text).map(|at| text[at].to_owned()).collect::<Vec<_>>();
        assert_eq!(cut("Öl, 2 whale's"), ["Öl", "2", "whale", "s"]);
        assert_eq!(cut(" - "), Vec::<String>::new());
    }

    #[test]
    fn what_can_be_seen_is_left_as_it_is() {
        let text = "Öl & שלום,\n日本語 – 🦊 \\u{202e}";
        assert!(matches!(visible(text), Cow::Borrowed(same) if same == text));
    }
}
