//! What serde says of a value that it cannot read, in plain words.
//!
//! serde says it in a text of its own, with the names of Rust's types in it. The shapes of that text are few and old;
//! what has another shape is a text of a type's own `Deserialize`.

/// How many characters of the given text a complaint repeats.
const REPEATED: usize = 80;

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint<'t> {
    /// A field with this name is required and not there.
    Missing(&'t str),
    /// The field with this name appears twice.
    Twice(&'t str),
    /// There is no such field; this is serde's list of those that there are.
    Unknown(&'t str),
    /// It must be one of the words in serde's list, and is another.
    NotAmong {
        /// What it is.
        given: &'t str,
        /// serde's list of what it may be.
        known: &'t str,
    },
    /// It is something else than it must be.
    Mismatch {
        /// What it must be, in serde's words.
        expected: &'t str,
        /// What it is, in serde's words.
        found: &'t str,
    },
    /// It is a text that stands for no number or truth value; what it must stand for.
    Text(&'static str),
    /// What the value's own type says of it.
    Own(&'t str),
}

/// What a format calls its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Objects and arrays.
    Json,
    /// Tables and arrays.
    Toml,
}

impl<'t> Complaint<'t> {
    /// Reads what serde says.
    pub fn read(text: &'t str) -> Self {
        if let Some(missing) = quoted(text, "missing field ") {
            return Complaint::Missing(missing);
        }
        if let Some(twice) = quoted(text, "duplicate field ") {
            return Complaint::Twice(twice);
        }
        if let Some(rest) = text.strip_prefix("unknown field ") {
            return Complaint::Unknown(rest.rsplit_once(", expected ").map_or("", |(_, known)| known));
        }
        let variant = text.strip_prefix("unknown variant ");
        if let Some((given, known)) = variant.and_then(|rest| rest.rsplit_once(", expected ")) {
            return Complaint::NotAmong { given: given.trim_matches('`'), known };
        }
        let mismatch = text.strip_prefix("invalid type: ").or_else(|| text.strip_prefix("invalid value: "));
        if let Some((found, expected)) = mismatch.and_then(|rest| rest.rsplit_once(", expected ")) {
            return Complaint::Mismatch { expected, found };
        }
        of_a_text(text).map_or(Complaint::Own(text), Complaint::Text)
    }

    /// The complaint as a sentence without its subject, which is the value: `must be a string, not an array.`
    pub fn predicate(self, format: Format) -> String {
        match self {
            Complaint::Missing(_) => "is required.".to_owned(),
            Complaint::Twice(_) => "appears twice.".to_owned(),
            Complaint::Unknown(known) => match words(known) {
                words if words.is_empty() => "is not a known field. No fields are accepted here.".to_owned(),
                words => format!("is not a known field. Known fields: {words}."),
            },
            Complaint::NotAmong { given, known } => {
                format!("must be one of: {}. It is \"{}\".", words(known), shortened(given))
            }
            Complaint::Mismatch { expected, found } => {
                format!("must be {}, not {}.", expectation(expected, format), finding(found, format))
            }
            Complaint::Text(expected) => format!("must be {expected}."),
            Complaint::Own(text) => format!("{}.", shortened(text).trim_end_matches('.')),
        }
    }
}

/// What was given, cut to a length that is fit to be repeated.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The name in backticks after `before`.
fn quoted<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    text.strip_prefix(before)?.strip_prefix('`')?.split('`').next()
}

/// The words between backticks, with commas between them.
fn words(text: &str) -> String {
    let words: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    words.join(", ")
}

const fn object(format: Format) -> &'static str {
    match format {
        Format::Json => "an object",
        Format::Toml => "a table",
    }
}

/// What serde expects, by the names that its types give themselves.
fn expectation(expected: &str, format: Format) -> &str {
    match expected {
        "a string" | "string" | "a borrowed string" | "path string" | "string or map" => "a string",
        "a sequence" => "an array",
        "a map" => object(format),
        "a boolean" => "true or false",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "a nonzero u8" | "a nonzero u16" | "a nonzero u32" | "a nonzero u64" | "a nonzero usize" => {
            "a whole number above 0"
        }
        "f32" | "f64" => "a number",
        "option" => "a value or null",
        "socket address" => "an address and a port, like 127.0.0.1:8080",
        _ if expected.starts_with("struct ") || expected.starts_with("internally tagged enum ") => {
            object(format)
        }
        _ if expected.starts_with("tuple ") || expected.starts_with("an array ") => "an array",
        _ if expected.starts_with("enum ") || expected.starts_with("variant ") => "one of the known words",
        own => own,
    }
}

/// What serde found.
fn finding(found: &str, format: Format) -> &str {
    match found {
        "sequence" => "an array",
        "map" => object(format),
        "null" | "unit value" | "Option value" => "null",
        _ if found.starts_with("string ") || found.starts_with("character ") => "a string",
        _ if found.starts_with("boolean ") => "true or false",
        _ => found.split('`').nth(1).unwrap_or("this"),
    }
}

/// What a text was to be, by the words with which Rust refuses one that is no number or no truth value.
fn of_a_text(text: &str) -> Option<&'static str> {
    match text {
        "invalid digit found in string" | "cannot parse integer from empty string" => Some("a whole number"),
        "number too large to fit in target type" => Some("a smaller number"),
        "number too small to fit in target type" => Some("a larger number"),
        "provided string was not `true` or `false`" => Some("true or false"),
        "invalid socket address syntax" => Some("an address and a port, like 127.0.0.1:8080"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "lowercase")]
    enum Word {
        One,
        Two,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "what cannot be read is looked at")]
    struct Thing {
        number: u16,
        word: Option<Word>,
        map: Option<BTreeMap<String, bool>>,
        listen: Option<std::net::SocketAddr>,
    }

    fn told(json: &str) -> String {
        let text = serde_json::from_str::<Thing>(json).expect_err("it is wrong").to_string();
        // JSON says where, too.
        let text = text.split(" at line ").next().expect("a text");
        Complaint::read(text).predicate(Format::Toml)
    }

    #[test]
    fn no_word_of_rust_is_left() {
        assert_eq!(told("{}"), "is required.");
        assert_eq!(told("5"), "must be a table, not 5.");
        assert_eq!(told(r#"{"number": {}}"#), "must be a whole number that is not negative, not a table.");
        assert_eq!(told(r#"{"numbr": 1}"#), "is not a known field. Known fields: number, word, map, listen.");
        assert_eq!(told(r#"{"number": 1, "word": "six"}"#), "must be one of: one, two. It is \"six\".");
        assert_eq!(told(r#"{"number": 1, "map": [1]}"#), "must be a table, not an array.");
        assert_eq!(told(r#"{"number": 1, "map": {"a": null}}"#), "must be true or false, not null.");
        assert_eq!(
            told(r#"{"number": 1, "listen": "here"}"#),
            "must be an address and a port, like 127.0.0.1:8080."
        );
    }
}
