//! Texts of others, shown to people who decide by them.

use std::borrow::Cow;

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
    fn what_cannot_be_seen_is_written_out() {
        let text = "ls\u{1b}[2K\r\t\u{7f}\u{9b}\u{202e}gpj\u{2066}\u{200b}\u{feff}\u{e0041}\u{2028}end";
        assert_eq!(
            visible(text),
            "ls\\u{1b}[2K\\u{d}\\u{9}\\u{7f}\\u{9b}\\u{202e}gpj\\u{2066}\\u{200b}\\u{feff}\\u{e0041}\\u{2028}end"
        );
    }

    #[test]
    fn what_can_be_seen_is_left_as_it_is() {
        let text = "Öl & שלום,\n日本語 – 🦊 \\u{202e}";
        assert!(matches!(visible(text), Cow::Borrowed(same) if same == text));
    }
}
