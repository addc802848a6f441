//! What ids and words say of themselves in an OpenAPI document.

use serde_json::json;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// The schema of an enum of words: `words` has each with its comment.
pub(crate) fn of_words(doc: &[&str], words: &[(&str, &[&str])]) -> RefOr<Schema> {
    let about = words.iter().map(|(word, about)| format!("- `{word}`: {}", one_line(about)));
    let lines: Vec<String> = std::iter::once(one_line(doc)).chain(about).collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().map(|(word, _)| *word)))
        .description(Some(lines.join("\n")))
        .into()
}

/// The schema of an id, which is opaque to clients.
pub(crate) fn of_id(doc: &[&str], prefix: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(format!("The id of a thing of this kind: {}", one_line(doc))))
        .examples([json!(format!("{prefix}0197c6c0a4d37b2e9f6a3c5d7e8f9a0b"))])
        .into()
}

/// The lines of a comment, as one.
fn one_line(doc: &[&str]) -> String {
    doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
