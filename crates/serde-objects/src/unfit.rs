//! What is wrong with a request, in plain words: which field, and what it must be.
//!
//! serde says it in a text of its own, with the names of Rust's types in it. The shapes of that text are few and old;
//! what has another shape is a text of ours, from a type's own `Deserialize`.

/// How many characters of the request's own text an error repeats.
const REPEATED: usize = 80;

/// Why a request cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The field, for example `attachments[0].size`; empty for the whole.
    pub field: String,
    /// What is wrong with it: a sentence for people.
    pub reason: String,
}

impl Unfit {
    /// What serde says (`text`) of what stands at `path`. `whole` is what the whole is called in a sentence.
    pub fn new(path: &serde_path_to_error::Path, text: &str, whole: &str) -> Self {
        let path = shortened(&path.to_string());
        let path = if path == "." { "" } else { &path };
        if let Some(missing) = quoted(text, "missing field ") {
            let field = if path.is_empty() { missing.to_owned() } else { format!("{path}.{missing}") };
            return Self { reason: format!("`{field}` is required."), field };
        }
        let field = match quoted(text, "duplicate field ") {
            Some(twice) if path.is_empty() => twice.to_owned(),
            // serde notices it between two values, at the object that they stand in.
            Some(twice) if !path.ends_with(&format!(".{twice}")) && path != twice => {
                format!("{path}.{twice}")
            }
            _ => path.to_owned(),
        };
        let reason = reason(&field, whole, text);
        Self { field, reason }
    }

    /// A field that is none of the `known` ones.
    pub fn unknown(field: &str, known: &[String]) -> Self {
        let field = shortened(field);
        let reason = if known.is_empty() {
            format!("`{field}` is not a known field. No fields are accepted here.")
        } else {
            format!("`{field}` is not a known field. Known fields: {}.", known.join(", "))
        };
        Self { field, reason }
    }
}

fn reason(field: &str, whole: &str, text: &str) -> String {
    let what = if field.is_empty() { whole.to_owned() } else { format!("`{field}`") };
    if text.starts_with("duplicate field ") {
        return format!("{what} appears twice.");
    }
    if let Some((_, known)) =
        text.strip_prefix("unknown field ").and_then(|rest| rest.rsplit_once(", expected "))
    {
        return format!("{what} is not a known field. Known fields: {}.", words(known));
    }
    if text.starts_with("unknown field ") {
        return format!("{what} is not a known field. No fields are accepted here.");
    }
    if let Some((given, known)) =
        text.strip_prefix("unknown variant ").and_then(|rest| rest.rsplit_once(", expected "))
    {
        let given = shortened(given.trim_matches('`'));
        return format!("{what} must be one of: {}. It is \"{given}\".", words(known));
    }
    let mismatch = text.strip_prefix("invalid type: ").or_else(|| text.strip_prefix("invalid value: "));
    if let Some((given, expected)) = mismatch.and_then(|rest| rest.rsplit_once(", expected ")) {
        return format!("{what} must be {}, not {}.", expectation(expected), found(given));
    }
    if let Some(expected) = of_a_number(text) {
        return format!("{what} must be {expected}.");
    }
    format!("{what}: {}.", shortened(text).trim_end_matches('.'))
}

/// What the request says itself, cut to a length that is fit to be repeated.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", &text[..end]),
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

/// What serde expects, by the names that its types give themselves.
fn expectation(expected: &str) -> &str {
    match expected {
        "a string" | "string" | "a borrowed string" => "a string",
        "a sequence" => "an array",
        "a map" => "an object",
        "a boolean" => "true or false",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "f32" | "f64" => "a number",
        "option" => "a value or null",
        _ if expected.starts_with("struct ") => "an object",
        _ if expected.starts_with("tuple ") || expected.starts_with("an array ") => "an array",
        own => own,
    }
}

/// What serde found.
fn found(given: &str) -> &str {
    match given {
        "sequence" => "an array",
        "map" => "an object",
        "null" | "unit value" | "Option value" => "null",
        _ if given.starts_with("string ") || given.starts_with("character ") => "a string",
        _ if given.starts_with("boolean ") => "true or false",
        _ => given.split('`').nth(1).unwrap_or("this"),
    }
}

/// What the text of a query was to be, by the words with which Rust refuses one that is no number or no truth value.
fn of_a_number(text: &str) -> Option<&'static str> {
    match text {
        "invalid digit found in string" | "cannot parse integer from empty string" => Some("a whole number"),
        "number too large to fit in target type" => Some("a smaller number"),
        "number too small to fit in target type" => Some("a larger number"),
        "provided string was not `true` or `false`" => Some("true or false"),
        _ => None,
    }
}
